#!/usr/bin/env python3
"""Mutation testing of cogrep-match: which changes of its code does no test notice?

The mutants are those of cargo-mutants, but nearly all are compiled at once, each behind
a switch (`cargo xtask weave`). A mutant then costs its tests, and not a build of ten
seconds. What does not compile that way, such as the value of a constant, is built by
itself. The quickest tests run first, and the first failure ends the run. A mutant has
timed out when it has used up its time of CPU, so other load does not matter.

usage: run.py [--jobs N] [--only REGEX] [--quick] [--again] RESULTS.json

RESULTS.json holds the result of each mutant by its name. Mutants that it names are not
run again, except those that were missed if `--again` is given. `--quick` leaves out the
tests that take seconds; run what it missed again without it. The work is done on a copy
of HEAD in the folder that MUTANTS names, or in a new temporary folder.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import random
import re
import resource
import subprocess
import tempfile
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CRATE = Path("crates/cogrep-match")
UNIT, WHOLE = "unit", "whole"
# The tests by how soon they fail: a program, what its tests' names begin with, and how
# many random cases they have at most.
STAGES = [
    (UNIT, [], None),
    (WHOLE, ["cases::", "plan::", "scanner::"], None),
    (WHOLE, ["properties::", "regex::counts", "hits::", "ranges::a_", "ranges::chains"], 100),
    (WHOLE, ["properties::", "regex::", "hits::", "ranges::", "tables::"], None),
    (WHOLE, ["long::"], None),
]
SLOW = STAGES[3:]
SECONDS_OF_CPU = {UNIT: 8, WHOLE: 25}
MEMORY_BYTES = 4 << 30


def cargo(folder, *arguments):
    """Runs cargo, and gives its messages and whether it succeeded."""
    command = ["cargo", *arguments, "--profile", "mutants", "--message-format", "json"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()], run.returncode == 0


def programs(folder):
    """Builds the tests, and gives the two programs; none where they do not compile."""
    selection = ["-p", "cogrep-match", "--lib", "--test", "it", "--no-run"]
    messages, is_built = cargo(folder, "test", *selection)
    if not is_built:
        return None
    made = [m for m in messages if m["reason"] == "compiler-artifact" and m["executable"]]
    kinds = {"lib": UNIT, "test": WHOLE}
    return {kinds[m["target"]["kind"][0]]: m["executable"] for m in made}


def limit(seconds):
    # Everything else that the machine has to do comes first.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def outcome(folder, tests, number=None, stages=STAGES):
    """Runs the tests on a mutant, the one of this number behind the switches."""
    # Only the sources count: tests of real texts are skipped.
    left_out = {"COGREP_CORPUS", "COGREP_NO_SKIP"}
    environment = {k: v for k, v in os.environ.items() if k not in left_out}
    environment["COGREP_THOROUGH"] = "1"
    environment.update(COGREP_SEED="1", PROPTEST_RNG_SEED="1", PROPTEST_MAX_SHRINK_ITERS="0")
    if number is not None:
        environment["MUTANT"] = str(number)
    for program, names, cases in stages:
        if cases is not None:
            environment["PROPTEST_CASES"] = str(cases)
        run = subprocess.run(
            [tests[program], "-q", "--test-threads=1", "--no-capture", *names],
            cwd=folder / CRATE,
            env=environment,
            capture_output=True,
            preexec_fn=lambda: limit(SECONDS_OF_CPU[program]),
        )
        environment.pop("PROPTEST_CASES", None)
        if run.returncode in (-9, -24):
            return "timed out"
        if run.returncode != 0:
            return "caught"
    return "missed"


def restore(folder):
    subprocess.run(["git", "checkout", "-q", "--", CRATE / "src"], cwd=folder, check=True)


def weave(folder, listed, mutants, alone):
    """Puts all mutants behind switches except those that must be built alone, and gives
    their numbers. Mutants that do not compile that way are added to `alone`."""
    tool = ROOT / "target/debug/xtask"
    while True:
        restore(folder)
        numbers = [str(number) for number in sorted(alone)]
        run = subprocess.run([tool, "weave", listed, folder, *numbers], capture_output=True, text=True)
        run.check_returncode()
        source = folder / CRATE / "src"
        (source / "mutant.rs").write_text((HERE / "switch.rs").read_text())
        lib = (source / "lib.rs").read_text()
        (source / "lib.rs").write_text(lib.replace("\nmod ", "\nmod mutant;\nmod ", 1))
        messages, is_built = cargo(folder, "check", "-p", "cogrep-match")
        if is_built:
            return [int(number) for number in run.stdout.split()]
        spans = [
            span
            for message in messages
            if message["reason"] == "compiler-message" and message["message"]["level"] == "error"
            for span in message["message"]["spans"]
            if span["is_primary"]
        ]
        before = [(folder / s["file_name"]).read_bytes()[: s["byte_end"]] for s in spans]
        switches = [re.findall(rb"mutant::on\((\d+)\)", text) for text in before]
        wrong = {int(numbers[-1]) for numbers in switches if numbers}
        assert wrong - alone, "errors that no mutant explains"
        alone |= wrong


def apply(folder, mutant):
    """Puts in one mutant by itself."""
    path = folder / mutant["file"]
    lines = path.read_text().splitlines(keepends=True)
    start, end = mutant["span"]["start"], mutant["span"]["end"]
    at = lambda place: sum(map(len, lines[: place["line"] - 1])) + place["column"] - 1
    text = "".join(lines)
    path.write_text(text[: at(start)] + mutant["replacement"] + text[at(end) :])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("results", type=Path)
    options = parser.parse_args()

    folder = Path(os.environ.get("MUTANTS") or tempfile.mkdtemp())
    if not (folder / ".git").exists():
        subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    build = ["cargo", "build", "-q", "-p", "xtask", "--target-dir", "target"]
    subprocess.run(build, cwd=ROOT, check=True)
    restore(folder)
    command = ["cargo", "mutants", "--list", "--json", "-p", "cogrep-match"]
    listed = folder / "mutants.json"
    listed.write_bytes(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)
    mutants = json.loads(listed.read_text())
    results = json.loads(options.results.read_text()) if options.results.exists() else {}

    def is_wanted(mutant):
        known = results.get(mutant["name"])
        is_known = known is not None and not (options.again and known == "missed")
        return re.search(options.only, mutant["name"]) and not is_known

    lock = threading.Lock()

    def take(number, result):
        with lock:
            results[mutants[number]["name"]] = result
            options.results.write_text(json.dumps(results, indent=1))
            if result == "missed":
                print(result, mutants[number]["name"], flush=True)

    stages = [stage for stage in STAGES if stage not in SLOW] if options.quick else STAGES
    alone = set()
    woven = weave(folder, listed, mutants, alone)
    tests = programs(folder)
    # No mutant has this number: a test that expects a panic would show here.
    assert outcome(folder, tests, len(mutants)) == "missed", "the tests fail without a mutant"
    wanted = [number for number in woven if is_wanted(mutants[number])]
    # In random order, so that a run that is ended early is a sample.
    random.Random(1).shuffle(wanted)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as jobs:
        run = lambda number: take(number, outcome(folder, tests, number, stages))
        list(jobs.map(run, wanted))

    rest = sorted(set(range(len(mutants))) - set(woven))
    for number in filter(lambda number: is_wanted(mutants[number]), rest):
        restore(folder)
        apply(folder, mutants[number])
        is_viable = cargo(folder, "check", "-p", "cogrep-match")[1]
        tests = programs(folder) if is_viable else None
        take(number, outcome(folder, tests, stages=stages) if tests else "unviable")
    restore(folder)
    listed = {mutant["name"] for mutant in mutants}
    print(collections.Counter(result for name, result in results.items() if name in listed))


main()
