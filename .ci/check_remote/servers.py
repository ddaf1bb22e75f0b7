"""Servers that are started for a check, and ended after it."""

import contextlib
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

HOST = "127.0.0.1"


class Servers:
    """Processes that end with the check, each with a log in the folder."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, command, **environment):
        log = self.folder / f"server-{len(self.processes)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [str(word) for word in command], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=file, stderr=file, env={**os.environ, **environment},
            )  # fmt: skip
        process.log = log
        self.processes.append(process)
        return process


def free_ports(number):
    """Ports that were free a moment ago, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]


def wait_until(is_ready, process, seconds=60):
    end = time.monotonic() + seconds
    while not is_ready():
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"{process.args[0]} does not run:\n{process.log.read_text()}")
        time.sleep(0.05)


def answers(url):
    """Whether a server answers at all, be it with a refusal."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class Listener:
    """Serves each connection on a thread of its own."""

    def __init__(self):
        self.listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()


class Relay(Listener):
    """Passes connections on, and once so many bytes have come back, does something first."""

    def __init__(self, port, after_bytes, action):
        super().__init__()
        self.port, self.left, self.action = port, after_bytes, action
        self.lock = threading.Lock()

    def serve(self, client):
        join(client, socket.create_connection((HOST, self.port)), self.count)

    def count(self, piece):
        # All connections stop while it is done.
        with self.lock:
            self.left -= len(piece)
            if self.left < 0 and self.action:
                action, self.action = self.action, None
                action()


def join(client, server, seen=None):
    """Copies between two connections; `seen` is called with what the server sends."""
    threading.Thread(target=pass_on, args=(client, server, None), daemon=True).start()
    pass_on(server, client, seen)


def pass_on(source, target, seen):
    """Copies from one connection to another until it ends."""
    with contextlib.suppress(OSError):
        while piece := source.recv(1 << 16):
            if seen:
                seen(piece)
            target.sendall(piece)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Tunnel(Listener):
    """A proxy that is asked to connect to a host, and counts how often."""

    def __init__(self):
        super().__init__()
        self.connected = []

    def serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        _, target, _ = head.split(b" ", 2)
        self.connected.append(target.decode())
        # Whatever host it names, the server is here.
        server = socket.create_connection((HOST, int(target.rpartition(b":")[2])))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        join(client, server)
