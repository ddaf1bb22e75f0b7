#!/usr/bin/env python3
"""Holds regular expressions against ripgrep and Hyperscan, and writes tables in Markdown.

usage: regexes.py [--mib N] [--rounds N] [--rules FILE] [--check]

One expression: `cogrep -E -j1` and `rg -j1 --count-matches`, whole processes in turn, by
their CPU time. Both must give the same total. A set: the rules of FILE, one a line, of
which cogrep counts each, and Hyperscan, by hyperscan_regexes.c, reports ends of matches
without finding their starts; it needs libhyperscan-dev. The texts are those of
COGREP_CORPUS, or the sample, repeated to N MiB (64), with lines that end in a line feed.
--check looks at totals only.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
SHAPES = [
    r"Pierre|Natasha|Andrew|Rostov|Kutuzov",
    r"(?i)pierre|natasha",
    r"\w+\s+Pierre\s+\w+",
    r"ing$",
    r"P.erre",
    r"\b\w{12,}\b",
    r"\d{4}",
    r"[A-Z]\w+ [A-Z]\w+",
    r"^The",
    r"[\p{L}\s]{60,120}",
    r"\p{Lu}\p{Ll}+",
    r"[aeiou]{4}",
    r"(?i)^chapter",
    r"the|and|of",
    r"\w+ing\b",
    r'"[^"]*"',
    r"\s+$",
    r"(?i)prince\s+\w+",
    r"[^\x00-\x7F]+",
    r"a.*z",
]


def texts():
    """The bases of the texts, by name."""
    folder = os.environ.get("COGREP_CORPUS")
    if not folder:
        return {"sample": (ROOT / "sample/ferryman.txt").read_bytes()}
    corpora = Path(folder) / "corpora"
    logs = b"".join(path.read_bytes() for path in sorted(corpora.glob("logs/*.log")))
    return {"prose": (corpora / "pg2600.txt").read_bytes(), "logs": logs}


def run(command):
    """What a command prints, and the CPU time that it took."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return out, usage.ru_utime + usage.ru_stime


def shapes(name, text, options):
    """The table of single expressions in a text."""
    print(f"\n**{name}**\n\n| Expression | ripgrep / cogrep |\n|---|---|")
    for shape in SHAPES:
        commands = {
            "cogrep": [RELEASE / "cogrep", "-E", "-j1", "--bare", "-e", shape, "--in", text],
            "rg": ["rg", "-j1", "-a", "--count-matches", "-e", shape, text],
        }
        totals = {tool: int(run(command)[0] or 0) for tool, command in commands.items()}
        if len(set(totals.values())) > 1:
            print(f"| `{shape}` | totals differ: {totals} |")
            continue
        if options.check:
            continue
        seconds = {tool: [] for tool in commands}
        for _ in range(options.rounds):
            for tool, command in commands.items():
                seconds[tool].append(run(command)[1])
        ratio = statistics.median(seconds["rg"]) / statistics.median(seconds["cogrep"])
        print(f"| `{shape.replace('|', chr(92) + '|')}` | {ratio:.2f} |")


def sets(name, text, options, hyperscan):
    """The table of the first rules, and of all, in a text."""
    rules = Path(options.rules).read_text().splitlines()
    for count in (20, len(rules)):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(rules[:count]) + "\n")
            file.flush()
            ours = [RELEASE / "cogrep", "-E", "-j1", "-f", file.name, "--in", text]
            seconds = statistics.median(run(ours)[1] for _ in range(options.rounds))
            out, _ = run([hyperscan, text, file.name])
            print(f"{name}, {count} rules: cogrep {seconds:.3f} s; {out.strip()}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rules")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hyperscan = Path(folder) / "hyperscan"
        if options.rules and shutil.which("cc"):
            source = ROOT / "bench/hyperscan_regexes.c"
            subprocess.run(["cc", "-O2", source, "-o", hyperscan, "-lhs"], check=True)
        for name, base in texts().items():
            base = base.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
            text = Path(folder) / f"{name}.txt"
            text.write_bytes(base * max(1, (options.mib << 20) // len(base)))
            shapes(name, text, options)
            if options.rules:
                sets(name, text, options, hyperscan)


if __name__ == "__main__":
    main()
