"""Runs the two programs on many cases in one process.

Each line of standard input is a case: `i` or `-` for case, then the text and the
patterns, as hexadecimal. Each line of standard output is the answer: what `grep`
printed for the first pattern, and what `mgrep` printed for all, as hexadecimal.
"""

import contextlib
import io
import sys

import grep
import mgrep


def printed(program, wanted, ignore_case, text):
    """What one program prints; the text comes to it as an open file would."""
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="ascii")
    with contextlib.redirect_stdout(io.StringIO()) as output:
        program.run(wanted, ignore_case, lines)
    return output.getvalue().encode("ascii").hex()


def main():
    for case in sys.stdin:
        flag, *fields = case.rstrip("\n").split(" ")
        text, *patterns = (bytes.fromhex(field) for field in fields)
        patterns = [pattern.decode("ascii") for pattern in patterns]
        one = printed(grep, patterns[0], flag == "i", text)
        many = printed(mgrep, patterns, flag == "i", text)
        print(one, many)


if __name__ == "__main__":
    main()
