"""`python -m cogrep` runs the program that comes with the package."""

from __future__ import annotations

import os
import sys
import sysconfig

from cogrep import _cogrep

NAME = "cogrep.exe" if os.name == "nt" else "cogrep"


def find_program() -> str:
    """Where the program is: beside Python, or where `pip install --user` puts it."""
    user = sysconfig.get_preferred_scheme("user")
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", user)]
    for folder in folders:
        program = os.path.join(folder, NAME)
        if os.path.isfile(program):
            return program
    raise FileNotFoundError(f"there is no {NAME} in {' or in '.join(folders)}")


def main() -> None:
    command = [find_program(), *sys.argv[1:]]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.run(command).returncode)
    # The program of a wheel for Linux is in the extension, wherever that is.
    os.environ["COGREP_EXTENSION"] = str(_cogrep.__file__)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
