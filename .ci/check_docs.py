#!/usr/bin/env python3
"""Checks the documents against the project.

- Every `console` block is run: a line that begins with `$ ` is a command, run by
  the shell in the project's folder; the lines up to the next command are what it
  must print, on standard output and standard error together, exactly. Of
  `cargo run` only the standard output counts: the rest is cargo's.
- A command that names `pg2600.txt` is run on the copy in COGREP_CORPUS, or left
  out, with a note, where there is none.
- Every relative link leads to a file.
- A document in two languages has the same code blocks in both.

usage: check_docs.py [DOCUMENT...]

Without a document it checks all of the project, except the crates' own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOVEL = "pg2600.txt"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
# Text in a code block that is prose for the reader: comments may be translated.
COMMENT = re.compile(r"\s*# .*$", re.MULTILINE)


def blocks(text):
    """The code blocks of a document: language, body, number of the first line."""
    for fence in FENCE.finditer(text):
        yield fence[1], fence[2], text.count("\n", 0, fence.start()) + 1


def dialogue(body):
    """The commands of a console block, each with what it must print."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed


def novel():
    """The shell word for the novel, or None where there is no copy of it."""
    path = Path(os.environ.get("COGREP_CORPUS", "")) / "corpora" / NOVEL
    return f"'{path}'" if path.is_absolute() and path.is_file() else None


def run(command):
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if command.startswith("cargo run") else subprocess.STDOUT,
    )
    return done.stdout.decode("utf-8", "backslashreplace")


def check_commands(document, text):
    """Runs the console blocks; gives how many commands ran and the complaints."""
    ran, complaints = 0, []
    for language, body, line in blocks(text):
        if language != "console":
            continue
        if not body.startswith("$ "):
            complaints.append(f"{document}:{line}: a console block begins with `$ `")
        for command, expected in dialogue(body):
            if NOVEL in command and novel() is None:
                print(f"{document}: left out, there is no {NOVEL}: {command}")
                continue
            printed = run(command.replace(NOVEL, novel() or NOVEL))
            ran += 1
            if printed != expected:
                complaints.append(
                    f"{document}:{line}: $ {command}\n"
                    f"--- the document\n{expected}--- the command\n{printed}---"
                )
    return ran, complaints


def check_links(document, text):
    targets = (link[1] for link in LINK.finditer(text))
    return [
        f"{document}: a link leads nowhere: {target}"
        for target in targets
        if ":" not in target and not (ROOT / document).parent.joinpath(target).exists()
    ]


def check_twin(document, text):
    """Compares with the document in the other language, if this is the translation."""
    original, language, _ = document.rpartition(".zh-CN.md")
    if not language:
        return []

    def code(text):
        return [(name, COMMENT.sub("", body)) for name, body, _ in blocks(text)]

    if code(text) == code((ROOT / f"{original}.md").read_text(encoding="utf-8")):
        return []
    return [f"{document}: its code blocks are not those of {original}.md"]


def documents():
    """The documents that are asked for, or all of them, by their path from the root."""
    patterns = ("*.md", "sample/*.md", "docs/**/*.md", ".github/**/*.md", "bench/*.md")
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)))
    return sys.argv[1:] or [str(path.relative_to(ROOT)) for path in found]


def main():
    complaints = []
    for document in documents():
        text = (ROOT / document).read_text(encoding="utf-8")
        is_twin = document.endswith(".zh-CN.md")
        # The commands of a translation are those of the original, so they ran.
        ran, found = (0, []) if is_twin else check_commands(document, text)
        found += check_links(document, text) + check_twin(document, text)
        print(f"{document}: {ran} commands, {len(found)} complaints")
        complaints += found
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
