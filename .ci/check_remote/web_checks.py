"""What must hold of a web server."""

import gzip
from urllib.parse import quote

import objects
from objects import prose
from program import count, total
from servers import Relay, Tunnel
from web import PASSWORD, USER, Nginx

TEXT = prose(1, 100_000)
LARGE = prose(2, 20_000_000)


def check(servers, program):
    server = Nginx(servers)
    (server.site / "text.txt").write_bytes(TEXT)
    (server.site / "large.txt").write_bytes(LARGE)
    (server.site / "empty.txt").write_bytes(b"")
    program.environment = {"SSL_CERT_FILE": str(server.folder / "ca.pem")}
    for subject in (ways, names, packed, redirects, credentials, trust, proxies, troubles, change):
        subject(server, program)


def ways(server, program):
    """In ranges, all at once, without a length; each byte once."""
    # Where a server has HTTP/2, too, several connections of HTTP/1.1 are faster.
    for base in (server.plain, server.tls, server.http2):
        for place in ("", "whole/", "chunked/"):
            for name, text in (("text", TEXT), ("large", LARGE), ("empty", b"")):
                address = f"{base}/{place}{name}.txt"
                expected = (count(text), 0) if text else (count(b""), 1)
                answer = program.run("--stats", address)
                program.check(address, (answer.counts(), answer.status), expected)
                program.check(address, answer.network()[1:], (0, len(text)))
    answer = program.complete("ranges", count(LARGE), "--stats", f"{server.tls}/large.txt",
                              COGREP_RANGE="1000000")  # fmt: skip
    program.check("requests", answer.network(), (20, 0, len(LARGE)))


def names(server, program):
    for nth, name in enumerate(("a b.txt", "p%20q%.txt", "q?x=1.txt", "h#f.txt", "ü 文.txt")):
        text = prose(nth, 5000)
        (server.site / name).write_bytes(text)
        program.complete(name, count(text), f"{server.tls}/{quote(name)}")
    # What is not encoded is, on the way.
    program.complete("a space", count(prose(0, 5000)), f"{server.tls}/a b.txt")
    program.complete("a fragment", count(TEXT), f"{server.tls}/text.txt#here")


def packed(server, program):
    for key, (body, texts) in objects.packed().items():
        name = key.replace("/", "-")
        (server.site / name).write_bytes(body)
        for place in ("", "whole/", "chunked/"):
            address = f"{server.plain}/{place}{name}"
            answer = program.complete(address, total(texts), "--stats", address)
            program.check(address, answer.network()[1:], (0, len(body)))
    (server.site / "page").write_bytes(gzip.compress(TEXT))
    program.complete("content encoding", count(TEXT), f"{server.tls}/packed/page")


def redirects(server, program):
    for base in (server.tls, server.plain):
        program.complete("moved", count(LARGE), f"{base}/moved/large.txt")
        program.complete("moved away", count(TEXT), f"{base}/moved-away/")
    for place, said in (
        ("moved-back/", "the server refers to other addresses without an end"),
        ("moved-nowhere/", "this is no address: the server refers to no address"),
    ):
        answer = program.run(f"{server.plain}/{place}")
        line = f"cogrep: {server.plain}/{place}: {said}\n"
        program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))


def credentials(server, program):
    locked = f"{server.tls}/locked/text.txt"
    named = locked.replace("//", f"//{USER}:{quote(PASSWORD)}@")
    program.complete("a password", count(TEXT), named)
    wrong = locked.replace("//", f"//{USER}:SECRET@")
    for address in (locked, wrong):
        answer = program.run(address)
        line = "/locked/text.txt: the server answers 401: unauthorized\n"
        program.check(answer.err, (line in answer.err, answer.status), (True, 2))
    signed = f"{server.tls}/signed/text.txt?token=SECRET+a%2Fb&x=%20"
    program.complete("a query", count(TEXT), signed)
    answer = program.run("--by", "file", signed)
    line = f"{server.tls}/signed/text.txt?token=...&x=...:love"
    program.check(answer.out, answer.out.startswith(line), True)
    answer = program.run(signed.replace("a%2Fb", "a/b"))
    program.check(answer.err, ("answers 403" in answer.err, answer.status), (True, 2))


def trust(server, program):
    address = f"{server.tls}/text.txt"
    program.complete("--ca-cert", count(TEXT), "--ca-cert", server.folder / "ca.pem", address,
                     SSL_CERT_FILE="")  # fmt: skip
    answer = program.run(address, SSL_CERT_FILE="")
    line = f"cogrep: {address}: the server is not trusted: "
    program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))


def proxies(server, program):
    port = server.tls.rpartition(":")[2]
    with Tunnel() as tunnel:
        program.complete("a proxy", count(LARGE), f"https://localhost:{port}/large.txt",
                         HTTPS_PROXY=tunnel.url)  # fmt: skip
        program.check("asked", set(tunnel.connected), {f"localhost:{port}"})
        tunnel.connected.clear()
        program.complete("no proxy", count(TEXT), f"{server.tls}/text.txt",
                         HTTPS_PROXY=tunnel.url, NO_PROXY="127.0.0.1")  # fmt: skip
        program.check("asked", tunnel.connected, [])


def troubles(server, program):
    addresses = [f"{server.tls}/{name}" for name in ("none.txt", "text.txt")]
    answer = program.run(*addresses)
    line = f"cogrep: {addresses[0]}: the server answers 404: not found\n"
    program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))
    program.check("the others count", answer.counts(), count(TEXT))


def change(server, program):
    """A file that is replaced while it is read is partial: a beginning of what it was."""
    path = server.site / "large.txt"

    def replace():
        new = path.with_suffix(".new")
        new.write_bytes(LARGE[::-1])
        new.rename(path)

    with Relay(server.plain_port, 4_000_000, replace) as relay:
        answer = program.run(f"{relay.url}/large.txt", COGREP_RANGE="100000")
    program.check(answer.err, ("it changed while it was read" in answer.err, answer.status),
                  (True, 2))  # fmt: skip
    read = answer.partial_bytes()
    program.check("not all of it", 0 < read < len(LARGE), True)
    program.check("a beginning", answer.counts(), count(LARGE[:read]))
