"""mgrep [-i] PATTERN... FILE: cat -> fanout -> [grep -> count, ...], as Python
coroutines. The stages are those of grep.py, unchanged.

Written for the tests, to the behaviour that the chapter describes.
"""

import argparse

from grep import cat, count, grep, primed


@primed
def fanout(children):
    while True:
        item = yield
        for child in children:
            child.send(item)


def run(patterns, ignore_case, text):
    searches = [grep(pattern, ignore_case, count(pattern)) for pattern in patterns]
    cat(text, ignore_case, fanout(searches))


def main():
    parser = argparse.ArgumentParser(prog="mgrep")
    parser.add_argument("-i", action="store_true", dest="ignore_case")
    parser.add_argument("patterns", nargs="+", metavar="pattern")
    parser.add_argument("file", type=argparse.FileType("r"))
    arguments = parser.parse_args()
    run(arguments.patterns, arguments.ignore_case, arguments.file)


if __name__ == "__main__":
    main()
