#!/usr/bin/env python3
"""Measures the reading of objects that are far away: many small ones, and a large one.

usage: remote.py many [--delay MS] [--rounds N] [--only WORD]
       remote.py large [--delay MS] [--rate MB] [--rounds N] [--only WORD]
       remote.py patterns [--delay MS]

slow_server.py serves from memory on the same machine: it waits before each answer, and
gives each connection so much a second. Every tool must give the right total, by Python's
own count, before it is timed. In each round the tools take turns, in another order each
time. Given are medians of seconds, also as a ratio to cogrep, with the CPU seconds of the
tool and of the server.

many reads 500 objects of 1 MB, beside the same one after the other. What a tool fetches
into a folder is counted there by cogrep, which is part of its time; curl that throws away
what comes shows what the server can do. large reads one object of 1 GB, beside 16 curls
that take a range each. patterns counts 1,000 patterns in 1 GB of objects, and compares the
bytes that came with those that are there. The most memory that cogrep had is given for each.

Peers that are installed are used: rclone and aws from PATH, and DuckDB by the Python that
COGREP_DUCKDB names, with the packages duckdb, duckdb-ext and duckdb-ext-httpfs.
"""

import argparse
import os
import random
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import prepare as texts
from peak import peak_kib

ROOT = Path(__file__).resolve().parent.parent
RELEASE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
COGREP = os.environ.get("COGREP", str(RELEASE / "cogrep"))
OBJECTS, OBJECT_BYTES, LARGE_BYTES = 500, 1_000_000, 1_000_000_000
CURLS = 16
WORD = "love"
DUCKDB = """
import duckdb, duckdb_ext
connection = duckdb.connect()
duckdb_ext.init(connection)
connection.load_extension("httpfs")
connection.execute("SET threads = {threads}")
connection.execute(
    "CREATE SECRET (TYPE s3, KEY_ID 'key', SECRET 'secret', ENDPOINT '{host}', "
    "URL_STYLE 'path', USE_SSL false, REGION 'us-east-1')"
)
print(int(connection.execute(
    "SELECT sum((length(content) - length(replace(content, '{word}', ''))) / {length}) "
    "FROM read_text('s3://bucket/many/*')"
).fetchone()[0]))
"""


class Server:
    def __init__(self, **options):
        flags = [f"--{name}={value}" for name, value in options.items()]
        command = [sys.executable, Path(__file__).parent / "slow_server.py", *flags]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.host = f"127.0.0.1:{int(self.process.stdout.readline())}"
        self.url = f"http://{self.host}/bucket"
        os.environ.update(
            AWS_ENDPOINT_URL=f"http://{self.host}", AWS_ACCESS_KEY_ID="key",
            AWS_SECRET_ACCESS_KEY="secret", AWS_REGION="us-east-1",
        )  # fmt: skip
        # rclone fails with it, even where there is no TLS.
        os.environ.pop("AWS_CA_BUNDLE", None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tool:
    """A command of the shell, and the total that it gives where it is right."""

    def __init__(self, name, command, total, needs=None, folder=None):
        self.name, self.command, self.total, self.folder = name, command, total, folder
        self.needs = needs
        self.seconds, self.cpu, self.server_cpu = [], [], []

    def run(self, server, is_kept=True):
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            Path(self.folder).mkdir()
        before, begun = server.cpu_seconds(), time.perf_counter()
        process = subprocess.Popen(["sh", "-c", self.command], stdout=subprocess.PIPE)
        out = process.stdout.read()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        if is_kept:
            self.seconds.append(time.perf_counter() - begun)
            self.cpu.append(used.ru_utime + used.ru_stime)
            self.server_cpu.append(server.cpu_seconds() - before)
        numbers = re.findall(rb"\d+", out)
        return int(numbers[-1]) if numbers else None

    def is_right(self, server):
        if self.needs and not shutil.which(self.needs):
            print(f"{self.name}: there is no {self.needs}, left out", file=sys.stderr)
            return False
        found = self.run(server, is_kept=False)
        if found != self.total:
            print(f"{self.name}: {found} and not {self.total}, left out", file=sys.stderr)
        return found == self.total


def race(tools, server, options, once=()):
    tools = [tool for tool in tools if options.only in tool.name and tool.is_right(server)]
    for _ in range(options.rounds):
        for tool in random.sample(tools, len(tools)):
            tool.run(server)
    for tool in once:
        tool.run(server)
        tools.append(tool)
    medians = [statistics.median(tool.seconds) for tool in tools]
    print("| Tool | Seconds | Least | To the first | CPU seconds | of the server |")
    print("|---|---|---|---|---|---|")
    for tool, seconds in zip(tools, medians):
        cpu, of_server = statistics.median(tool.cpu), statistics.median(tool.server_cpu)
        print(f"| {tool.name} | {seconds:.2f} | {min(tool.seconds):.2f} "
              f"| {seconds / medians[0]:.2f} | {cpu:.2f} | {of_server:.2f} |")  # fmt: skip


def count(start, size):
    """What is to be found in these bytes of the text that the server has."""
    prose = texts.prose()
    text = (prose * -(-(start + size) // len(prose)))[start : start + size]
    return text.count(WORD.encode())


def many(options):
    total = sum(count(nth * 1000, OBJECT_BYTES) for nth in range(OBJECTS))
    with Server(objects=OBJECTS, bytes=OBJECT_BYTES, delay=options.delay) as server, \
            tempfile.TemporaryDirectory() as folder:  # fmt: skip
        into = f"{folder}/into"
        then = f"{COGREP} {WORD} {into}"
        urls = f"'{server.url}/many/[00000-{OBJECTS - 1:05}]'"
        rclone = "rclone --config /dev/null --s3-provider Other --s3-env-auth --s3-endpoint " + (
            f"http://{server.host}"
        )
        python = os.environ.get("COGREP_DUCKDB", "")

        def duckdb(threads):
            script = DUCKDB.format(host=server.host, threads=threads, word=WORD, length=len(WORD))
            return f"{python} -c {shlex.quote(script)}"

        # It draws how far it is, however often it is told to be silent.
        thrown = f"-o /dev/null {urls} 2>/dev/null && echo {total}"
        tools = [
            Tool("cogrep", f"{COGREP} {WORD} s3://bucket/many/", total),
            *(
                Tool(f"curl, {n} at once, thrown away", f"curl -sZ --parallel-max {n} {thrown}",
                     total, "curl")
                for n in (16, 64)
            ),
            *(
                Tool(f"curl, {n} at once, then cogrep",
                     f"curl -sZ --parallel-max {n} -o '{into}/#1' {urls} 2>/dev/null && {then}", total, "curl",
                     into)
                for n in (16, 64)
            ),
            Tool("rclone copy, 64 at once, then cogrep",
                 f"{rclone} copy --transfers 64 :s3:bucket/many {into} && {then}", total, "rclone",
                 into),
            Tool("rclone cat, then cogrep", f"{rclone} cat :s3:bucket/many | {COGREP} {WORD} -",
                 total, "rclone"),
            Tool("aws s3 cp, then cogrep",
                 f"aws s3 cp --quiet --recursive s3://bucket/many {into} && {then}", total, "aws",
                 into),
            *(Tool(f"DuckDB, {n} threads", duckdb(n), total, python or "COGREP_DUCKDB")
              for n in (2, 64)),
        ]  # fmt: skip
        one = Tool("curl, one after the other, thrown away", f"curl -s {thrown}", total)
        race(tools, server, options, [one])
        memory([COGREP, WORD, "s3://bucket/many/"])


def large(options):
    total = count(0, LARGE_BYTES)
    with Server(objects=0, large=LARGE_BYTES, delay=options.delay, rate=options.rate) as server:
        each = -(-LARGE_BYTES // CURLS)
        curls = " ".join(
            f"curl -s -o /dev/null -r {at}-{at + each - 1} {server.url}/large &"
            for at in range(0, LARGE_BYTES, each)
        )
        tools = [
            Tool("cogrep", f"{COGREP} {WORD} s3://bucket/large", total),
            Tool("cogrep, by http", f"{COGREP} {WORD} {server.url}/large", total),
            Tool(f"{CURLS} curls with ranges, thrown away", f"{curls} wait; echo {total}", total),
            Tool("one curl, then cogrep", f"curl -s {server.url}/large | {COGREP} {WORD} -", total),
        ]
        race(tools, server, options)
        memory([COGREP, WORD, "s3://bucket/large"])


def patterns(options):
    """1,000 patterns over 1 GB: as many objects, and one."""
    words = sorted(set(re.findall(rb"[a-z]{5,}", texts.prose())))
    chosen = random.Random(1).sample(words, 1000)
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\n".join(chosen) + b"\n")
        file.flush()
        shapes = {"1,000 objects of 1 MB": (1000, 0), "one object of 1 GB": (0, LARGE_BYTES)}
        for name, (objects, size) in shapes.items():
            with Server(objects=objects, large=size, delay=options.delay) as server:
                address = "s3://bucket/" + ("large" if size else "many/")
                command = [COGREP, "-f", file.name, "--in", address]
                begun = time.perf_counter()
                done = subprocess.run([*command, "--stats"], capture_output=True, check=True)
                seconds = time.perf_counter() - begun
                line = re.search(rb"^network.*$", done.stderr, re.MULTILINE)[0].decode()
                print(f"{name}: {seconds:.2f} s; {line}")
                memory(command)


def memory(command):
    print(f"{peak_kib(command) / 1024:.0f} MiB at most")


def main():
    works = {"many": many, "large": large, "patterns": patterns}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("work", choices=list(works))
    parser.add_argument("--delay", type=float, default=50)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    works[options.work](options)


if __name__ == "__main__":
    main()
