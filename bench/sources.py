#!/usr/bin/env python3
"""Measures what reading costs: many small files, and a large one, warm and cold.

usage: sources.py prepare [--folder FOLDER] [--files N] [--mib N] [--seed N]
       sources.py tree [--cold] [--patterns N] [--rounds N] [--only WORD]
       sources.py file [--cold] [--patterns N] [--rounds N] [--only WORD]
       sources.py pipe [--rounds N]
       sources.py timeline [--cold] [--patterns N] [--rounds N]
       sources.py memory [--cold] [--patterns N]

prepare makes a tree of small files, 0.5 to 12 kB of prose each, most of them small, some
20 in a folder, folders up to six deep; and a large file; and writes down what is to be
found. The prose is that of prepare.py.

Every tool must give the right total before it is timed; one that does not is named and
left out. In each round the tools take turns, in another order each time, and the first
round is discarded. Given are medians of seconds, also as a ratio to the first tool, of CPU
seconds and of context switches. With --cold the system forgets what
it has read before each run, which needs root; what the disk itself can do is measured by
fio, where it is installed: beside a tree, and for a file as one of those that take turns,
since a disk that others use, too, does not give the same at all times.

timeline compares what a picture of a run says of the same pieces one after the other with
a real such run. memory gives the most memory that a run had, as the system tells while it
runs.
"""

import argparse
import json
import math
import os
import random
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
WORDS = ("love", "hate", "hope")
SMALLEST, LARGEST = 512, 12 * 1024
FILES_A_FOLDER = 20


def prepare(options):
    chance = random.Random(options.seed)
    prose = texts.prose()
    tree = options.folder / "tree"
    if tree.exists():
        shutil.rmtree(tree)
    found = {word: 0 for word in WORDS} | {"files": 0, "bytes": 0, "lines": 0}
    folders = [tree]
    while len(folders) * FILES_A_FOLDER < options.files:
        parent = chance.choice(folders)
        if len(parent.parts) - len(tree.parts) < 6:
            folders.append(parent / f"chapter-{len(folders)}")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for number in range(options.files):
        size = int(math.exp(chance.uniform(math.log(SMALLEST), math.log(LARGEST))))
        start = chance.randrange(len(prose) - size)
        text = prose[start : start + size]
        (chance.choice(folders) / f"page-{number}.txt").write_bytes(text)
        lower = text.lower()
        for word in WORDS:
            found[word] += lower.count(word.encode())
        found["lines"] += sum(b"love" in line for line in lower.split(b"\n"))
        found["files"] += 1
        found["bytes"] += size
    repeated = max(1, (options.mib << 20) // len(prose))
    lower = prose.lower()
    found["large"] = {word: lower.count(word.encode()) * repeated for word in WORDS}
    with open(options.folder / "large.txt", "wb") as large:
        for _ in range(repeated):
            large.write(prose)
    (options.folder / "sources.json").write_text(json.dumps(found, indent=1))
    print(f"{found['files']} files in {len(folders)} folders, {found['bytes']} bytes")


class Tool:
    """A command, and what it gives where it is right."""

    def __init__(self, name, command, total, read=None):
        self.name, self.command, self.total = name, [str(part) for part in command], total
        self.read = read or numbers
        self.seconds, self.cpu, self.switches = [], [], []

    def is_right(self, stdin):
        if not shutil.which(self.command[0]):
            print(f"{self.name}: not installed, left out", file=sys.stderr)
            return False
        done = subprocess.run(
            self.command, stdin=open(stdin) if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
        total = self.total if self.total is None else self.read(done.stdout)
        if total != self.total:
            print(f"{self.name}: {total} and not {self.total}, left out", file=sys.stderr)
        return total == self.total

    def run(self, stdin, is_kept):
        # Into a file: grep stops at the first match where nobody sees the output.
        with tempfile.TemporaryFile() as out, open(stdin or os.devnull) as source:
            began = time.perf_counter()
            process = subprocess.Popen(self.command, stdin=source, stdout=out)
            _, _, used = os.wait4(process.pid, 0)
            took = time.perf_counter() - began
            process.returncode = 0
        if is_kept:
            self.seconds.append(took)
            self.cpu.append(used.ru_utime + used.ru_stime)
            self.switches.append(used.ru_nvcsw + used.ru_nivcsw)


class Disk:
    """fio reads the file once, around the page cache, so many pieces at a time."""

    def __init__(self, file, block, depth):
        self.name = f"fio, {depth} times {block}"
        self.command = [
            "fio", "--name=disk", f"--filename={file}", "--readonly", "--direct=1", "--rw=read",
            "--ioengine=libaio", f"--bs={block}", f"--iodepth={depth}", "--output-format=json",
        ]  # fmt: skip
        self.seconds, self.cpu, self.switches = [], [], []

    def is_right(self, _):
        return shutil.which("fio") is not None

    def run(self, _, is_kept):
        out = subprocess.run(self.command, stdout=subprocess.PIPE, check=True).stdout
        job = json.loads(out)["jobs"][0]
        if is_kept:
            # What fio itself needs to start is not the disk's.
            self.seconds.append(job["read"]["runtime"] / 1000)
            self.cpu.append((job["usr_cpu"] + job["sys_cpu"]) / 100 * self.seconds[-1])
            self.switches.append(job["ctx"])


def numbers(out):
    """The sum of the numbers at the ends of the lines."""
    ends = (line.replace(b":", b" ").split() for line in out.splitlines())
    return sum(int(end[-1]) for end in ends if end and end[-1].isdigit())


def forget():
    subprocess.run(["sync"], check=True)
    Path("/proc/sys/vm/drop_caches").write_text("3")


def race(tools, options, stdin=None):
    tools = [tool for tool in tools if tool.is_right(stdin)]
    for round_ in range(options.rounds + 1):
        for tool in random.sample(tools, len(tools)):
            if options.cold:
                forget()
            tool.run(stdin, is_kept=round_ > 0)
    if not tools:
        sys.exit("no tool is left")
    show(tools)
    return {tool.name: statistics.median(tool.seconds) for tool in tools}


def show(tools):
    first = statistics.median(tools[0].seconds)
    print("| Tool | Seconds | Least | To the first | CPU seconds | Switches |")
    print("|---|---|---|---|---|---|")
    for tool in tools:
        seconds = statistics.median(tool.seconds)
        print(
            f"| {tool.name} | {seconds:.3f} | {min(tool.seconds):.3f} | {seconds / first:.2f} "
            f"| {statistics.median(tool.cpu):.3f} "
            f"| {statistics.median(tool.switches):.0f} |"
        )


def chosen(tools, options):
    return [tool for tool in tools if options.only in tool.name]


def tree(options):
    folder = options.folder / "tree"
    found = json.loads((options.folder / "sources.json").read_text())
    words = WORDS[: options.patterns]
    total = sum(found[word] for word in words)
    listed = [part for word in words for part in ("-e", word)]
    tools = [Tool("cogrep", [COGREP, "-i", *words, "--in", folder], total)]
    tools += [
        Tool(f"cogrep {flag}", [COGREP, flag, "-i", *words, "--in", folder], total)
        for flag in options.flag
    ]
    tools += [Tool(also, [also, "-i", *words, "--in", folder], total) for also in options.also]
    for jobs in ("", "-j16", "-j32", "-j64"):
        # Ripgrep gives a number a file, and one for all patterns.
        command = ["rg", *filter(None, [jobs]), "-i", "--count-matches", *listed, folder]
        tools.append(Tool(f"rg {jobs}".strip(), command, total))
    if not options.cold or options.only:
        lines = found["lines"] if options.patterns == 1 else None
        tools.append(Tool("grep -ric", ["grep", "-ric", *listed, folder], lines))
    race(chosen(tools, options), options)
    if options.cold and not options.only:
        for depth in (1, 32, 64, 128):
            fio(options, "--rw=randread", "--bs=4k", f"--iodepth={depth}")


def file(options):
    large = options.folder / "large.txt"
    found = json.loads((options.folder / "sources.json").read_text())["large"]
    words = WORDS[: options.patterns]
    total = sum(found[word] for word in words)
    listed = [part for word in words for part in ("-e", word)]
    rg = ["rg", "-i", "--count-matches", *listed, large]
    tools = [
        Tool("cogrep", [COGREP, "-i", *words, "--in", large], total),
        *(
            Tool(f"cogrep {flag}", [COGREP, *flag.split(), "-i", *words, "--in", large], total)
            for flag in options.flag
        ),
        *(Tool(also, [also, "-i", *words, "--in", large], total) for also in options.also),
        Tool("rg", rg, total),
        Tool("rg --no-mmap", [*rg, "--no-mmap"], total),
        Tool("cat", ["cat", large], None),
    ]
    if options.cold:
        tools += [Disk(large, *pieces) for pieces in (("128k", 32), ("1m", 4), ("1m", 16))]
    took = race(chosen(tools, options), options)
    disk = [took[name] for name in took if name.startswith("fio")]
    peers = {"cat": took.get("cat"), "rg": took.get("rg"), "fio at its best": min(disk, default=None)}
    for peer, seconds in peers.items():
        if seconds and "cogrep" in took:
            print(f"cogrep / {peer}: {took['cogrep'] / seconds:.2f}")


def pipe(options):
    large = options.folder / "large.txt"
    found = json.loads((options.folder / "sources.json").read_text())["large"]
    word = WORDS[0]
    tools = [
        Tool("cat | cogrep", ["sh", "-c", f"cat {large} | {COGREP} -i {word} -"], found[word]),
        *(Tool("cat | " + also, ["sh", "-c", f"cat {large} | {also} -i {word} -"], found[word]) for also in options.also),
        Tool("cat | rg", ["sh", "-c", f"cat {large} | rg -i --count-matches {word}"], found[word]),
    ]
    race(chosen(tools, options), options)


def timeline(options):
    """What the picture says of one source after the other, and how long that really takes."""
    words = WORDS[: options.patterns]
    picture = options.folder / "timeline.json"
    kinds = ("the picture", "really", "ratio")
    print("| Of | " + " | ".join(kinds) + " |\n|---|---|---|---|")
    for name in filter(lambda name: options.only in name, ("tree", "large.txt")):
        job = ["-i", *words, "--in", str(options.folder / name)]
        said, took = [], []
        for round_ in range(options.rounds + 1):
            for run in random.sample((said, took), 2):
                if options.cold:
                    forget()
                began = time.perf_counter()
                if run is said:
                    subprocess.run([COGREP, "--timeline", picture, *job], check=True,
                                   stdout=subprocess.DEVNULL)  # fmt: skip
                    sums = json.loads(picture.read_text())["otherData"]
                    seconds = sums["serial_us"] / 1e6
                else:
                    subprocess.run([COGREP, *job], check=True, stdout=subprocess.DEVNULL,
                                   env=os.environ | {"COGREP_IO": "serial"})  # fmt: skip
                    seconds = time.perf_counter() - began
                if round_ > 0:
                    run.append(seconds)
        said, took = statistics.median(said), statistics.median(took)
        print(f"| {name} | {said:.3f} | {took:.3f} | {said / took:.2f} |")


def memory(options):
    words = WORDS[: options.patterns]
    for name in ("tree", "large.txt"):
        if options.cold:
            forget()
        command = [COGREP, "-i", *words, "--in", str(options.folder / name)]
        print(f"{name}: {peak_kib(command) / 1024:.1f} MiB at most")


def fio(options, *flags):
    """What the disk gives, whoever asks."""
    if not shutil.which("fio"):
        return
    forget()
    command = ["fio", "--name=disk", f"--filename={options.folder / 'large.txt'}", "--readonly",
               "--direct=1", "--ioengine=libaio", "--runtime=3", "--time_based",
               "--output-format=json", *flags]  # fmt: skip
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    read = json.loads(out)["jobs"][0]["read"]
    print(f"fio {' '.join(flags)}: {read['iops']:.0f} a second, {read['bw_bytes'] / 1e6:.0f} MB/s")


WORKS = {
    "prepare": prepare,
    "tree": tree,
    "file": file,
    "pipe": pipe,
    "timeline": timeline,
    "memory": memory,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("work", choices=list(WORKS))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "cogrep-sources")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--mib", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--patterns", type=int, default=1, choices=[1, 2, 3])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    parser.add_argument("--flag", action="append", default=[], help="cogrep with this flag, too")
    parser.add_argument("--also", action="append", default=[], help="another build of cogrep")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    WORKS[options.work](options)


if __name__ == "__main__":
    main()
