"""Holds the counts in packed files and archives against the tools that pack them.

Each tool packs random texts. They are counted as they are, cut off at a random byte, and with a
random bit flipped; packed files also one after the other in one file. The tool itself says what
is in what is damaged.

usage: python3 ci/formats [--files N] [--seed N] [--program COGREP] [TOOL...]

Exact is a count of all that the tool unpacks. Where the tool fails, the count of a packed file
has to be said to be incomplete, and to be that of a beginning of the text; that of an archive
has to be right, or something has to be said. What is left is printed, and the script fails:

  wrong    another count, or one that is called complete where the tool fails
  stricter incomplete, and says so, where the tool is content: printed, and no failure

Tools that are not installed are named.
"""

import argparse
import shutil
import sys
from pathlib import Path

import archives
import packed

TOOLS = {tool: module for module in (packed, archives) for tool in module.TOOLS}


def main():
    parser = argparse.ArgumentParser(description="Counts in packed files, beside the tools.")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=shutil.which("cogrep"))
    parser.add_argument("--keep", type=Path, help="a folder for the files that differ")
    parser.add_argument("tools", nargs="*", metavar="TOOL", default=list(TOOLS))
    options = parser.parse_args()
    if not options.program:
        parser.error("there is no cogrep; name one with --program")
    is_wrong = False
    for tool in options.tools:
        module = TOOLS[tool]
        missing = [it for it in module.commands(tool) if not shutil.which(it)]
        if missing:
            print(f"{tool}: there is no {missing[0]}")
            continue
        tried, different = module.hold(tool, options)
        wrong = sum(why.startswith("wrong") for _, _, why, _ in different)
        is_wrong |= wrong > 0
        print(f"{tool}: {tried} files, {wrong} wrong, {len(different) - wrong} stricter", flush=True)
        reasons = {}
        for name, number, why, data in different:
            reasons.setdefault((name, why), []).append(number)
            if options.keep and why.startswith("wrong"):
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{tool}-{name}-{number}").write_bytes(data)
        for (name, why), numbers in reasons.items():
            print(f"  {name}: {why}: {len(numbers)} files, as {numbers[:5]}")
    sys.exit(is_wrong)


if __name__ == "__main__":
    main()
