"""The most memory that a program had."""

import subprocess
import time
from pathlib import Path


def peak_kib(command):
    """The peak of a run of a command, in KiB, as seen every other millisecond.

    A process begins with the peak of the one that starts it, so getrusage would give
    Python's own.
    """
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    name, most = Path(str(command[0])).name, 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        lines = dict(line.split(":", 1) for line in status.splitlines())
        if "Threads" in lines and lines["Name"].strip() == name[:15]:
            most = max(most, int(lines.get("VmHWM", "0 kB").split()[0]))
        time.sleep(0.002)
    return most
