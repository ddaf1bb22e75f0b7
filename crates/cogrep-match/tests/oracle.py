"""Answers many cases with the reference counter, in one process.

usage: oracle.py COUNT.PY < cases > counts

A case is a line of JSON: the text as hexadecimal digits, or the name of a file, the
patterns as hexadecimal digits, and the options by the names that the reference has
for them. Its answer is a line: the counts, with spaces between them.
"""

import argparse
import importlib.util
import json
import sys


def load(path):
    spec = importlib.util.spec_from_file_location("count", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(count, case):
    args = argparse.Namespace(**case["options"])
    change = count.fold if args.i else bytes
    if "file" in case:
        with open(case["file"], "rb") as file:
            text = count.decoded(file.read())
    else:
        text = bytes.fromhex(case["text"])
    text = change(text)
    patterns = [change(bytes.fromhex(pattern)) for pattern in case["patterns"]]
    return [count.occurrences(text, pattern, args) for pattern in patterns]


def main():
    count = load(sys.argv[1])
    for line in sys.stdin:
        print(*answer(count, json.loads(line)))


main()
