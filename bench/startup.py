#!/usr/bin/env python3
"""Times short runs of several builds of the program in turn.

usage: startup.py [--runs N] PROGRAM... -- ARGUMENT...

Prints the medians of CPU time and of the time from start to end, in milliseconds, and
their ratios to those of the first program. Copy the programs beside each other first: a
file that a linker has just written is in smaller pieces in the page cache than a copy,
and starts more slowly.
"""

import argparse
import os
import random
import statistics
import sys
import time


def run(program, arguments, streams):
    """The seconds of CPU and of the clock that one run takes."""
    begun = time.perf_counter()
    process = os.posix_spawn(program, [program, *arguments], os.environ, file_actions=streams)
    _, _, usage = os.wait4(process, 0)
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun


def main():
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    options = parser.parse_args(sys.argv[1:split])
    arguments = sys.argv[split + 1 :]

    nowhere = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, nowhere, stream) for stream in (0, 1)]
    times = {program: [] for program in options.programs}
    for nth in range(options.runs + 3):
        turns = random.sample(options.programs, len(options.programs))
        for program in turns:
            took = run(program, arguments, streams)
            # The first rounds only bring the files into memory.
            times[program] += [took] if nth >= 3 else []

    medians = {
        program: [statistics.median(column) * 1000 for column in zip(*taken)]
        for program, taken in times.items()
    }
    first = medians[options.programs[0]]
    for program, (cpu, clock) in medians.items():
        print(f"{cpu:7.3f} ms CPU ({cpu / first[0]:.3f}) {clock:7.3f} ms ({clock / first[1]:.3f})  {program}")


if __name__ == "__main__":
    main()
