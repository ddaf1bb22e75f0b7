"""grep [-i] PATTERN FILE: the chain cat -> grep -> count, as Python coroutines.

Written for the tests, to the behaviour that the chapter describes.
"""

import argparse
import functools


def primed(function):
    """Runs a new coroutine up to its first pause, so that it can be sent to."""

    @functools.wraps(function)
    def start(*args):
        made = function(*args)
        next(made)
        return made

    return start


def cat(text, ignore_case, child):
    for line in text:
        child.send(line.lower() if ignore_case else line)


@primed
def grep(pattern, ignore_case, child):
    wanted = pattern.lower() if ignore_case else pattern
    while True:
        line = yield
        child.send(line.count(wanted))


@primed
def count(pattern):
    total = 0
    try:
        while True:
            total += yield
    except GeneratorExit:
        print(pattern, total)


def run(pattern, ignore_case, text):
    cat(text, ignore_case, grep(pattern, ignore_case, count(pattern)))


def main():
    parser = argparse.ArgumentParser(prog="grep")
    parser.add_argument("-i", action="store_true", dest="ignore_case")
    parser.add_argument("pattern")
    parser.add_argument("file", type=argparse.FileType("r"))
    arguments = parser.parse_args()
    run(arguments.pattern, arguments.ignore_case, arguments.file)


if __name__ == "__main__":
    main()
