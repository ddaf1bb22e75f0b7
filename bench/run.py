#!/usr/bin/env python3
"""Runs the benchmarks and writes a table in Markdown.

usage: run.py [--folder FOLDER] [--rounds N] [--only WORD] [--check]

Every tool must give the expected totals before it is timed; one that does not is named
and left out. Tools that are not installed are left out, too. In each round the tools take
turns, in another order each time, so that all see the same noise; what is given is the
ratio of medians. --check looks at the totals once and times nothing: that is what the
tests do.

In memory, one core: the crate bench/throughput and hyperscan.c (needs libhyperscan-dev),
each a process of its own that makes a pass when it is told to. Building is timed apart.
Whole processes: hyperfine, on the novel in COGREP_CORPUS or on the prepared prose.
"""

import argparse
import json
import os
import platform
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from peak import peak_kib

ROOT = Path(__file__).resolve().parent.parent
RELEASE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
COUNTERS = ("cogrep", "hyperscan", "aho-corasick", "daachorse", "memmem")
# A pass a pattern, or an automaton in the form of a table, is out of the question there.
MOST = {"memmem": 100, "aho-corasick": 10_000, "hyperscan": 100_000}


class Counter:
    """A process that makes passes over a text in memory when it is told to."""

    def __init__(self, name, text, patterns, ignore_case, hyperscan):
        program = [hyperscan] if name == "hyperscan" else [RELEASE / "throughput", engine(name)]
        flags = ["-i"] if ignore_case else []
        self.name, self.seconds = name, []
        self.process = subprocess.Popen(
            [*program, text, patterns, *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.built = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        return float(line) if line else None

    def make_pass(self):
        try:
            print(file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return None
        return self.answer()

    def totals(self):
        """Ends the process and gives what it counted in its last pass."""
        out, _ = self.process.communicate()
        return [int(line) for line in out.split()]


def engine(name):
    return "cogrep-auto" if name == "cogrep" else name


def compile_hyperscan(folder):
    """The path of the Hyperscan program, or None where it cannot be built."""
    program = folder / "hyperscan"
    command = ["cc", "-O3", ROOT / "bench/hyperscan.c", "-o", program, "-lhs"]
    built = subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    return program if built.returncode == 0 else None


def in_memory(case, options, expected, hyperscan):
    """The medians of each counter that counts right, with the complaints about others."""
    text = options.folder / f"{case['text']}.txt"
    patterns = options.folder / f"{case['list']}.list"
    ignore_case = case.get("ignore_case", False)
    size = len(expected)
    names = [name for name in COUNTERS if size <= MOST.get(name, size)]
    names = [name for name in names if name != "hyperscan" or hyperscan]
    complaints, right = [], []
    for name in names:
        counter = Counter(name, text, patterns, ignore_case, hyperscan)
        if counter.built is None or counter.make_pass() is None:
            if not (name == "memmem" and ignore_case):
                complaints.append(f"{case['name']}: {name} cannot do it")
            continue
        if counter.totals() == expected:
            right.append(name)
        else:
            complaints.append(f"{case['name']}: {name} gives other totals")
    if options.check:
        return {}, complaints

    counters = [Counter(name, text, patterns, ignore_case, hyperscan) for name in right]
    counters.append(Counter("read", text, patterns, False, hyperscan))
    for counter in counters:
        counter.make_pass()
    for _ in range(options.rounds):
        random.shuffle(counters)
        for counter in counters:
            counter.seconds.append(counter.make_pass())
    results = {c.name: (statistics.median(c.seconds), c.built) for c in counters}
    for counter in counters:
        counter.totals()
    return results, complaints


def memory_table(cases, options, expected, hyperscan):
    names = ("cogrep", "hyperscan", "aho-corasick", "daachorse", "memmem")
    lines = [
        "| Case | cogrep, of a plain read | " + " | ".join(f"{n} / cogrep" for n in names[1:])
        + " | cogrep builds in |",
        "|---|---|" + "---|" * len(names),
    ]
    everything = []
    for case in cases:
        results, complaints = in_memory(case, options, expected[case["name"]], hyperscan)
        everything += complaints
        print(f"  {case['name']}", file=sys.stderr, flush=True)
        if "cogrep" not in results:
            continue
        ours, built = results["cogrep"]
        ratio = lambda name: f"{results[name][0] / ours:.2f}" if name in results else "–"
        lines.append(
            f"| {case['name']} | {results['read'][0] / ours:.2f} | "
            + " | ".join(ratio(name) for name in names[1:])
            + f" | {built * 1000:.1f} ms |"
        )
    return lines, everything


def whole_processes(case, text, patterns):
    """The commands of the tools that people use; each gives totals, or one total."""
    i = "i" if case.get("ignore_case", False) else ""
    flag = ["-i"] if i else []
    every = [word for pattern in patterns for word in ("-e", pattern)]
    sh = lambda script: ["sh", "-c", script, "sh", *patterns, text]
    each = 'for last; do :; done; while [ $# -gt 1 ]; do {}; shift; done'
    commands = {
        "cogrep": [RELEASE / "cogrep", *flag, *every, text],
        "cat": ["cat", text],
        "rg --count-matches, a run a pattern": sh(each.format(f'rg -{i}F --count-matches -e "$1" "$last"')),
        "rg --count-matches, one total": ["rg", f"-{i}F", "--count-matches", *every, text],
        "grep -c (lines)": ["grep", f"-{i}Fc", *every, text],
        "grep -o | wc -l, a run a pattern": sh(each.format(f'grep -{i}Fo -e "$1" "$last" | wc -l')),
        "ugrep -c (lines)": ["ugrep", f"-{i}Fc", *every, text],
        "the chapter's program in Python": [
            sys.executable, ROOT / "crates/cosend/tests/chapter/mgrep.py", *flag, *patterns, text,
        ],
    }  # fmt: skip
    # What a shell runs shows in the name.
    needed = lambda name, words: name.split()[0] if words[0] == "sh" else words[0]
    found = {n: c for n, c in commands.items() if shutil.which(needed(n, c))}
    return {name: [str(word) for word in command] for name, command in found.items()}


def process_table(cases, options, expected):
    lines, complaints = [], []
    for case in (case for case in cases if case.get("whole")):
        text = options.folder / f"{case['text']}.txt"
        list_ = options.folder / f"{case['list']}.list"
        patterns = list_.read_text().splitlines()
        if len(patterns) > 10:
            continue
        commands = whole_processes(case, text, patterns)
        printed = subprocess.run(commands["cogrep"], capture_output=True, text=True, check=False)
        totals = [int(line.rsplit(" ", 1)[1]) for line in printed.stdout.splitlines()]
        if totals != expected[case["name"]]:
            complaints.append(f"{case['name']}: the program gives other totals: {totals}")
            continue
        each = "rg --count-matches, a run a pattern"
        if each in commands:
            out = subprocess.run(commands[each], capture_output=True, text=True, check=False).stdout
            if [int(line) for line in out.split()] != totals:
                complaints.append(f"{case['name']}: ripgrep gives other totals")
                del commands[each]
        if options.check or not shutil.which("hyperfine"):
            continue
        medians = hyperfine(commands, options.rounds)
        ours = medians["cogrep"]
        lines += [f"\n**{case['name']}**, {text.stat().st_size:,} bytes\n", "| Command | Time / cogrep |", "|---|---|"]
        lines += [f"| {name} | {median / ours:.2f} |" for name, median in medians.items()]
    return lines, complaints


def run_once(command):
    """The seconds of a run."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begun


def cores_table(cases, options, expected):
    """Whole processes on one core and on two, beside cat and plain reads on as many."""
    lines, complaints = [], []
    for case in (case for case in cases if case.get("cores")):
        text, list_ = options.folder / f"{case['text']}.txt", options.folder / f"{case['list']}.list"
        flags = ["-i"] if case.get("ignore_case", False) else []
        ours = [RELEASE / "cogrep", *flags, "-f", list_, text]
        commands = {"one": [*ours, "-j1"], "two": [*ours, "-j2"], "cat": ["cat", text]}
        for name in ("one", "two"):
            printed = subprocess.run(commands[name], capture_output=True, check=False).stdout
            if [int(line.rsplit(b" ", 1)[1]) for line in printed.splitlines()] != expected[case["name"]]:
                complaints.append(f"{case['name']}: the program gives other totals on {name} of the cores")
        if options.check:
            continue
        reads = [Counter(name, text, list_, False, None) for name in ("read", "read-2")]
        seconds = {name: [] for name in commands}
        # The first round only brings the text into memory.
        for nth in range(options.rounds + 1):
            turns = [*commands, *reads]
            random.shuffle(turns)
            for turn in turns:
                if isinstance(turn, Counter):
                    took = turn.make_pass()
                    turn.seconds += [took] if nth else []
                    continue
                took = run_once(commands[turn])
                seconds[turn] += [took] if nth else []
        for read in reads:
            read.totals()
        median = {name: statistics.median(times) for name, times in seconds.items()}
        peak = peak_kib(commands["two"])
        median |= {read.name: statistics.median(read.seconds) for read in reads}
        lines.append(
            f"| {case['name']} | {median['one'] / median['two']:.2f} | {median['read'] / median['one']:.2f} "
            f"| {median['two'] / median['read-2']:.2f} | {median['two'] / median['cat']:.2f} | {peak / 1024:.1f} MiB |"
        )
        print(f"  {case['name']}, on two cores", file=sys.stderr, flush=True)
    heads = ("Case", "one core / two", "one core, of a plain read", "two cores / read on two", "two cores / cat", "memory")
    return ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *lines], complaints


def hyperfine(commands, rounds):
    """The median of each command. Each round is a run of hyperfine, in turn."""
    seconds = {name: [] for name in commands}
    for _ in range(3):
        for name, command in commands.items():
            # Into a pipe: GNU grep ends at the first match when it writes to /dev/null.
            # What cat is there to show is reading alone, so it writes to nowhere.
            output = "null" if name == "cat" else "pipe"
            seconds[name] += one_hyperfine(command, output, max(3, rounds // 3))
    return {name: statistics.median(times) for name, times in seconds.items()}


def one_hyperfine(command, output, runs):
    """The seconds of so many runs of a command."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        call = ["hyperfine", "-N", "-i", "--warmup", "1", "--runs", str(runs)]
        call += ["--output", output, "--export-json", out.name, shlex.join(command)]
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.load(out)["results"][0]["times"]


def facts():
    """What the figures depend on."""
    cpu = Path("/proc/cpuinfo").read_text().splitlines()
    model = [line for line in cpu if "model name" in line]
    flags = next((line.split() for line in cpu if line.startswith("flags")), [])
    vectors = [name for name in ("avx2", "avx512vbmi") if name in flags]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [
        f"- Date: {time.strftime('%Y-%m-%d')}, commit {commit.stdout.strip()}",
        f"- Processor: {model[0].split(': ')[1] if model else platform.machine()}, "
        f"{os.cpu_count()} cores, {vectors[-1] if vectors else 'no AVX2'}; Linux {platform.release()}",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "target/bench")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    expected = json.loads((options.folder / "expected.json").read_text())
    cases = tomllib.loads((ROOT / "bench/cases.toml").read_text())["case"]
    cases = [case for case in cases if case["name"] in expected and options.only in case["name"]]
    # One after the other: built together, the program is another one.
    for package in ("cogrep", "throughput"):
        subprocess.run(["cargo", "build", "-q", "--release", "-p", package], cwd=ROOT, check=True)
    hyperscan = compile_hyperscan(options.folder)

    memory, complaints = memory_table(cases, options, expected, hyperscan)
    processes, more = process_table(cases, options, expected)
    complaints += more
    cores, more = cores_table(cases, options, expected)
    complaints += more
    if not options.check:
        print("\n".join([*facts(), "", "### In memory, one core", "", *memory]))
        print("\n".join(["", "### Whole processes, on one core and on two", "", *cores]))
        print("\n".join(["", "### Whole processes", *processes]))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    ours = [complaint for complaint in complaints if "cogrep" in complaint or "the program" in complaint]
    print(f"{len(cases)} cases, {len(complaints)} complaints, {len(ours)} about cogrep", file=sys.stderr)
    return 1 if ours else 0


if __name__ == "__main__":
    sys.exit(main())
