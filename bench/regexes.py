#!/usr/bin/env python3
"""Holds regular expressions against ripgrep and Hyperscan, and writes tables in Markdown.

usage: regexes.py [--mib N] [--rounds N] [--rules FILE] [--random N] [--passes N]
                  [--program FILE] [--text NAME] [--ignore-case] [--check]

One expression: `cogrep -E -j1` and `rg -j1 --count-matches`, whole processes in turn, by
their CPU time, and `cogrep -j2` by the clock beside `-j1`. All must give the same total. A
set: the rules of FILE, one a line, of which cogrep counts each, and Hyperscan, by
hyperscan_regexes.c, reports ends of matches without finding their starts; it needs
libhyperscan-dev. A random set: N expressions (1000) made of words of the text, classes and
repetitions, always the same; ripgrep takes a pass for each of the first of them (50), whose
totals must be equal, and is charged as many times as there are more. The texts are those of
COGREP_CORPUS, or the sample, repeated to N MiB (64), with lines that end in a line feed; the
Russian one is English prose letter by letter in other letters, and there are no sets for it
and for the Chinese one. --ignore-case gives both programs -i for single expressions, and
--check looks at totals only.
"""

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import Counter
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
RUSSIAN = [
    r"Пиерре|Натаса|Андреш",
    r"\w+\s+Пиерре\s+\w+",
    r"инг$",
    r"П.ерре",
    r"\b\w{12,}\b",
    r"[А-Я]\w+ [А-Я]\w+",
    r"^Тхе",
    r"\b[А-Я]\w+\b",
    r"[а-я]+ед\b",
    r"\w+ед\b[ ,]+\b\w+",
    r"[аеиоу]{3}",
    r"\w+лы\b",
    r"тхе",
]
CHINESE = [
    r"曹操|劉備|孫權",
    r"宝玉",
    r"[一-龥]{4}。",
    r".{3}道$",
    r"^第.*回",
    r"\p{Han}{5}",
    r"「[^」]*」",
    r"\w+\s+\w+",
    r"\b\w+\b",
    r"\b第\w+回\b",
    r"不.人",
    r"[^\p{Han}]+",
]
LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абцдефгхийклмнопярстувшхыз"


def texts():
    """The bases of the texts and the expressions for each, by name."""
    folder = os.environ.get("COGREP_CORPUS")
    if not folder:
        return {"sample": ((ROOT / "sample/ferryman.txt").read_bytes(), SHAPES)}
    corpora = Path(folder) / "corpora"
    logs = b"".join(path.read_bytes() for path in sorted(corpora.glob("logs/*.log")))
    prose = (corpora / "pg2600.txt").read_bytes()
    letters = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())
    return {
        "prose": (prose, SHAPES),
        "logs": (logs, SHAPES),
        "russian": (prose.decode().translate(letters).encode(), RUSSIAN),
        "chinese": ((corpora / "zh-four-classics.txt").read_bytes(), CHINESE),
    }


def run(command):
    """What a command prints, and the time that it took: of the CPU, and by the clock."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return out, usage.ru_utime + usage.ru_stime, time.monotonic() - begun


def medians(commands, rounds):
    """The medians of both times of some commands, in turn."""
    taken = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(run(command)[1:])
    return {name: [statistics.median(each) for each in zip(*all)] for name, all in taken.items()}


def single(name, text, expressions, options):
    """The table of single expressions in a text."""
    case = ["-i"] if options.ignore_case else []
    columns = ["Expression", "cogrep", "ripgrep / cogrep", "one core / two"]
    print(f"\n**{name}**\n\n| {' | '.join(columns)} |\n|---|---|---|---|")
    for shape in expressions:
        ours = [options.program, "-E", "--bare", *case, "-e", shape, "--in", text]
        commands = {
            "one": [*ours, "-j1"],
            "two": [*ours, "-j2"],
            "rg": ["rg", "-j1", "-a", "--count-matches", *case, "-e", shape, text],
        }
        totals = {tool: int(run(command)[0] or 0) for tool, command in commands.items()}
        if len(set(totals.values())) > 1:
            print(f"| `{shape}` | totals differ: {totals} |")
            continue
        if options.check:
            continue
        seconds = medians(commands, options.rounds)
        cells = [
            f"`{shape.replace('|', chr(92) + '|')}`",
            f"{1000 * seconds['one'][0]:.0f} ms",
            f"{seconds['rg'][0] / seconds['one'][0]:.2f}",
            f"{seconds['one'][1] / seconds['two'][1]:.2f}",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)


def sets(name, text, options, hyperscan):
    """The table of the first rules, and of all, in a text."""
    rules = Path(options.rules).read_text().splitlines()
    for count in (20, len(rules)):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(rules[:count]) + "\n")
            file.flush()
            ours = [options.program, "-E", "-j1", "-f", file.name, "--in", text]
            seconds = medians({"cogrep": ours}, options.rounds)["cogrep"][0]
            out = run([hyperscan, text, file.name])[0]
            print(f"{name}, {count} rules: cogrep {seconds:.3f} s; {out.strip()}", flush=True)


CLASSES = [r"\w", r"\d", r"\s", "[a-z]", "[A-Z]", "[aeiou]", "[a-m]", "[n-z]", r"\p{L}", "."]
REPETITIONS = ["", "", "+", "*", "?", "{2}", "{3,5}", "{2,}", "+?", "{1,8}"]


def random_expressions(base, count):
    """Expressions made of words of a text, classes and repetitions, always the same."""
    chance = random.Random(16)
    words = Counter(re.findall(r"[A-Za-z]{3,}", base.decode("utf-8", "replace")))
    words = sorted(word for word, _ in words.most_common(3000))

    def part():
        kind = chance.random()
        if kind < 0.35:
            return chance.choice(words)
        if kind < 0.45:
            return f"(?:{'|'.join(chance.sample(words, chance.randint(2, 4)))})"
        return chance.choice(CLASSES) + chance.choice(REPETITIONS)

    def expression():
        parts = [part() + chance.choice(["", "", " ", r"\s+"]) for _ in range(chance.randint(2, 5))]
        return chance.choice(["", "", "", "", r"\b"]) + "".join(parts)

    return [expression() for _ in range(count)]


def random_set(name, base, text, options):
    """A random set in a text, beside a pass each with ripgrep."""
    expressions = random_expressions(base, options.random)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(expressions) + "\n")
        file.flush()
        ours = [options.program, "-E", "--format", "tsv", "-f", file.name, "--in", text]
        commands = {"one": [*ours, "-j1"], "two": [*ours, "-j2"]}
        rows = [run(command)[0].splitlines()[-len(expressions) :] for command in commands.values()]
        if rows[0] != rows[1]:
            print(f"{name}: totals of one core and of two differ")
        taken = 0
        for expression, row in zip(expressions[: options.passes], rows[0]):
            out, seconds, _ = run(["rg", "-j1", "-a", "--count-matches", "-e", expression, text])
            taken += seconds
            if int(row.split("\t")[-1]) != int(out or 0):
                print(f"{name}, {expression}: totals differ: {row}, {out.strip()}")
        if options.check:
            return
        seconds = medians(commands, options.rounds)
        passes = taken * len(expressions) / min(options.passes, len(expressions))
        print(
            f"{name}, {len(expressions)} random expressions: cogrep {seconds['one'][0]:.3f} s, "
            f"by the clock {seconds['one'][1]:.3f} s, on two cores {seconds['two'][1]:.3f} s; "
            f"a pass each with ripgrep {passes:.0f} s, {passes / seconds['one'][0]:.0f} times",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rules")
    parser.add_argument("--random", type=int, default=1000)
    parser.add_argument("--passes", type=int, default=50)
    parser.add_argument("--program", type=Path, default=RELEASE / "cogrep")
    parser.add_argument("--text")
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hyperscan = Path(folder) / "hyperscan"
        if options.rules and shutil.which("cc"):
            source = ROOT / "bench/hyperscan_regexes.c"
            subprocess.run(["cc", "-O2", source, "-o", hyperscan, "-lhs"], check=True)
        for name, (base, expressions) in texts().items():
            if options.text not in (None, name):
                continue
            base = base.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
            text = Path(folder) / f"{name}.txt"
            text.write_bytes(base * max(1, (options.mib << 20) // len(base)))
            single(name, text, expressions, options)
            if expressions is not SHAPES:
                continue
            if options.random:
                random_set(name, base, text, options)
            if options.rules:
                sets(name, text, options, hyperscan)


if __name__ == "__main__":
    main()
