#!/usr/bin/env python3
"""A server of objects that waits before each answer, and gives so much a second.

usage: slow_server.py [--objects N] [--bytes N] [--large BYTES] [--delay MS] [--rate MB]

It has a bucket with objects, all of the same text, each from another place in it, and one
large object, all in memory. It speaks the part of S3 that reads: listings in pages, ranges,
entity tags. The first line that it prints is its port; it ends with its standard input.
"""

import argparse
import asyncio
import re
import socket
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import prepare as texts

PIECE = 1 << 20
PAGE = 1000


class Bucket:
    """Objects that are places in one text."""

    def __init__(self, options):
        prose = texts.prose()
        longest = max(options.bytes, options.large)
        self.text = memoryview(prose * -(-(longest + options.objects * 1000) // len(prose)))
        self.objects = {
            f"many/{nth:05}": (nth * 1000, options.bytes) for nth in range(options.objects)
        }
        if options.large:
            self.objects["large"] = (0, options.large)

    def listing(self, query):
        prefix = query.get("prefix", [""])[0]
        after = query.get("continuation-token", query.get("marker", query.get("start-after", [""])))[0]
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        found, is_cut = keys[:PAGE], len(keys) > PAGE
        lines = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f'<ETag>"{key}"</ETag><Size>{self.objects[key][1]}</Size>'
            "<StorageClass>STANDARD</StorageClass></Contents>"
            for key in found
        )
        token = f"<NextContinuationToken>{found[-1]}</NextContinuationToken>" if is_cut else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>'
            f"<Prefix>{prefix}</Prefix><KeyCount>{len(found)}</KeyCount><MaxKeys>{PAGE}</MaxKeys>"
            f"<IsTruncated>{str(is_cut).lower()}</IsTruncated>{lines}{token}</ListBucketResult>"
        ).encode()

    def answer(self, target, header):
        """The head of an answer, and its body."""
        url = urlsplit(target)
        _, _, key = unquote(url.path).lstrip("/").partition("/")
        if not key:
            body = self.listing(parse_qs(url.query))
            return head("200 OK", len(body), "Content-Type: application/xml\r\n"), body
        if key not in self.objects:
            return head("404 Not Found", 0), b""
        start, size = self.objects[key]
        fields = (
            f'ETag: "{key}"\r\nAccept-Ranges: bytes\r\n'
            "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
        )
        asked = re.search(rb"\r\nrange: *bytes=(\d+)-(\d*)", header, re.IGNORECASE)
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2] or size) if asked else size, size - 1)
        body = self.text[start + first : start + last + 1]
        if not asked:
            return head("200 OK", len(body), fields), body
        fields += f"Content-Range: bytes {first}-{last}/{size}\r\n"
        return head("206 Partial Content", len(body), fields), body


def head(status, size, fields=""):
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{fields}\r\n".encode()


async def send(loop, client, body, rate):
    """Sends a body, no faster than the rate in bytes a second."""
    if not rate:
        await loop.sock_sendall(client, body)
        return
    begun = loop.time()
    for at in range(0, len(body), PIECE):
        # A piece is there when a line of this rate would have brought all of it.
        piece = body[at : at + PIECE]
        await asyncio.sleep(begun + (at + len(piece)) / rate - loop.time())
        await loop.sock_sendall(client, piece)


async def serve(loop, client, bucket, options):
    header = b""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            while b"\r\n\r\n" not in header:
                piece = await loop.sock_recv(client, 1 << 16)
                if not piece:
                    return
                header += piece
            one, _, header = header.partition(b"\r\n\r\n")
            method, target, _ = one.split(b" ", 2)
            await asyncio.sleep(options.delay / 1000)
            first, body = bucket.answer(target.decode(), one)
            await loop.sock_sendall(client, first)
            if method != b"HEAD":
                await send(loop, client, body, options.rate * 1e6)
    except ConnectionError:
        pass
    finally:
        client.close()


async def accept(options):
    loop = asyncio.get_running_loop()
    bucket = Bucket(options)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setblocking(False)
    print(listener.getsockname()[1], flush=True)
    ended = loop.run_in_executor(None, sys.stdin.read)
    tasks = set()
    while not ended.done():
        accepting = asyncio.ensure_future(loop.sock_accept(listener))
        await asyncio.wait({accepting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if accepting.done():
            client, _ = accepting.result()
            client.setblocking(False)
            task = asyncio.ensure_future(serve(loop, client, bucket, options))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        else:
            accepting.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--objects", type=int, default=500)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--delay", type=float, default=50)
    parser.add_argument("--rate", type=float, default=0)
    asyncio.run(accept(parser.parse_args()))


if __name__ == "__main__":
    main()
