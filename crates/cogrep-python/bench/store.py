#!/usr/bin/env python3
"""A store that speaks the language of S3, of one bucket: many small objects and a large one.

usage: store.py NUMBER TEXT [PAUSE]

The small objects are made when they are asked for, the large one is the file TEXT. It listens on
a port of the loopback, which it prints, and ends when its input does. Before each answer it waits
for PAUSE seconds, as a store does that is far away. It knows the listing and `GET`, with ranges
and `If-Match`, takes any credentials, and says at its end what it was asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import mmap
import os
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

PAGE = 1000
LARGE = "many/text.log"
_RANGE = re.compile(rb"\r\nrange: bytes=(\d+)-(\d+)", re.IGNORECASE)
_IF_MATCH = re.compile(rb"\r\nif-match: ([^\r]+)", re.IGNORECASE)


def small(nth: int) -> bytes:
    return b"%d love and hate\n" % nth * (1 + nth % 50)


class Objects:
    def __init__(self, number: int, large: Path) -> None:
        self.keys = [f"many/{nth // 1000:03}/{nth:06}.log" for nth in range(number)] + [LARGE]
        self.size = large.stat().st_size
        with large.open("rb") as file:
            self.large = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        self.asked = {"listings": 0, "objects": 0, "ranges of the large one": 0}

    def text(self, key: str) -> bytes | mmap.mmap | None:
        if key == LARGE:
            return self.large
        found = re.fullmatch(r"many/\d{3}/(\d{6})\.log", key)
        return small(int(found[1])) if found else None

    def tag(self, key: str) -> str:
        """It does not change, so it need not depend on the text."""
        return hashlib.md5(key.encode()).hexdigest()

    def page(self, query: dict[str, list[str]]) -> bytes:
        start = int(query.get("continuation-token", ["0"])[0])
        prefix = query.get("prefix", [""])[0]
        end = start + PAGE
        is_cut = end < len(self.keys)
        contents = "".join(
            f"<Contents><Key>{key}</Key><ETag>&quot;{self.tag(key)}&quot;</ETag>"
            f"<Size>{self.size if key == LARGE else len(self.text(key) or b'')}</Size></Contents>"
            for key in self.keys[start:end]
            if key.startswith(prefix)
        )
        more = f"<NextContinuationToken>{end}</NextContinuationToken>" if is_cut else ""
        return (
            f"<ListBucketResult><IsTruncated>{str(is_cut).lower()}</IsTruncated>"
            f"{contents}{more}</ListBucketResult>"
        ).encode()


class Connection(asyncio.Protocol):
    def __init__(self, objects: Objects, pause: float) -> None:
        self.objects = objects
        self.pause = pause
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, self.held = self.held.split(b"\r\n\r\n", 1)
            if self.pause:
                asyncio.get_running_loop().call_later(self.pause, self.answer, head)
            else:
                self.answer(head)

    def answer(self, head: bytes) -> None:
        url = urlsplit(head.split(b" ", 2)[1].decode())
        query, key = parse_qs(url.query), unquote(url.path).removeprefix("/bucket/")
        if "list-type" in query:
            self.objects.asked["listings"] += 1
            return self.send("200 OK", "", self.objects.page(query))
        text, tag = self.objects.text(key), f'"{self.objects.tag(key)}"'
        if text is None:
            return self.send("404 Not Found", "", b"<Error><Code>NoSuchKey</Code></Error>")
        self.objects.asked["ranges of the large one" if key == LARGE else "objects"] += 1
        wanted = _IF_MATCH.search(head)
        if wanted and wanted[1].decode() != tag:
            return self.send("412 Precondition Failed", "", b"")
        fields = f"ETag: {tag}\r\n"
        asked = _RANGE.search(head)
        if asked is None:
            return self.send("200 OK", fields, text[:])
        start, end = int(asked[1]), min(int(asked[2]) + 1, len(text))
        fields += f"Content-Range: bytes {start}-{end - 1}/{len(text)}\r\n"
        self.send("206 Partial Content", fields, text[start:end])

    def send(self, status: str, fields: str, body: bytes) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        self.transport.writelines([head.encode(), body])


async def serve(objects: Objects, pause: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(objects, pause), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    number, large, *pause = sys.argv[1:]
    objects = Objects(int(number), Path(large))
    asyncio.run(serve(objects, float(pause[0]) if pause else 0.0))
    times = os.times()
    print(json.dumps({**objects.asked, "processors": times.user + times.system}), flush=True)


if __name__ == "__main__":
    main()
