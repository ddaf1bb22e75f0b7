"""Checks that the program reads from servers as people run them, on the loopback.

usage: python3 .ci/check_remote SERVER PROGRAM

SERVER is one of moto, seaweedfs, fake-gcs-server, azurite and nginx; its command has to be
on PATH. It is started on free ports, keeps all in a temporary folder, and is ended. Each
count of the program is compared with one of Python's own.
"""

import signal
import sys
import tempfile
import time
from pathlib import Path

import store_checks
import stores
import web_checks
from program import Program
from servers import Servers


def store(of):
    def check(servers, program):
        store_checks.check(of(servers), program)

    return check


CHECKS = {
    "moto": store(stores.Moto),
    "seaweedfs": store(stores.SeaweedFS),
    "fake-gcs-server": store(stores.Google),
    "azurite": store(stores.Azure),
    "nginx": web_checks.check,
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__.strip())
    server, path = sys.argv[1], Path(sys.argv[2]).resolve()
    # The servers end with it, however it is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(path, Path(folder))
        with Servers(Path(folder)) as servers:
            CHECKS[server](servers, program)
    took = time.monotonic() - begun
    print(f"{server}: {program.runs} runs, {program.checks} comparisons, {took:.1f} s")


if __name__ == "__main__":
    main()
