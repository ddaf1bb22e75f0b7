"""What must hold of every object store."""

from concurrent.futures import ThreadPoolExecutor

import objects
from objects import prose
from program import count, total
from servers import Relay

LARGE_BYTES = 20_000_000


def check(store, program):
    program.environment = store.environment()
    for subject in (keys, pages, packed, large, parts, refusals, change):
        subject(store, program)


def put_all(store, texts):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda item: store.put(*item), texts.items()))


def received(program, answer, texts):
    """What came is what is there, once."""
    program.check("bytes received", answer.network()[1:], (0, sum(map(len, texts))))


def keys(store, program):
    """Odd keys, one by one, by their prefix and by a glob; markers of folders are left out."""
    kept = [key for key in objects.ODD_KEYS if not any(part in key for part in store.refuses)]
    texts = {key: prose(nth, 5000 + nth) for nth, key in enumerate(kept)}
    put_all(store, texts | {"odd/empty.txt": b"", "odd/folder/": b"", "oddly.txt": b"love"})
    for key, text in texts.items():
        program.complete(f"object {key}", count(text), store.address(key))
    for address in ("odd/", "odd/*.txt", "odd/**"):
        answer = program.complete(
            address, sum_of(texts, address), "--stats", store.address(address)
        )
        received(program, answer, chosen(texts, address).values())
    answer = program.run("--by", "file", "--format", "jsonl", store.address("odd/"))
    nothing = {store.address("odd/empty.txt"): count(b"")}
    expected = {store.address(key): count(text) for key, text in texts.items()} | nothing
    program.check("by file", (answer.by_file(), answer.status), (expected, 0))
    program.complete("-g", count(texts["odd/plain.txt"]), "-g", "plain.*", store.address("odd/"))
    answer = program.run("--explain", store.address("odd/"))
    sizes = sum(map(len, texts.values()))
    line = f"{store.address('odd/')}: {len(texts) + 1} objects, {sizes:,} bytes"
    program.check("--explain", (line in answer.out.splitlines(), answer.status), (True, 0))
    unspeakable(store, program)


def chosen(texts, address):
    """A glob with one star stays between two slashes."""
    if address.endswith("*.txt"):
        keys = [key for key in texts if "/" not in key[4:] and key.endswith(".txt")]
        return {key: texts[key] for key in keys}
    return texts


def sum_of(texts, address):
    return total(chosen(texts, address).values())


def unspeakable(store, program):
    """A key that no address can say is named, and the others count."""
    if "/../" in store.refuses:
        return
    put_all(store, dict.fromkeys(objects.UNSPEAKABLE_KEYS, b"love") | {"up/c.txt": b"love"})
    answer = program.run("--hidden", store.address("up/"))
    program.check("a key with ..", (answer.counts()["love"], answer.status), (1, 2))
    for key in objects.UNSPEAKABLE_KEYS:
        line = f"cogrep: {store.address(key)}: this is no address: "
        program.check(key, line in answer.err, True)


def pages(store, program):
    """A listing of several pages, in the order of the keys."""
    texts = {f"many/{nth:04}": prose(nth, 100) for nth in range(store.many)}
    put_all(store, texts)
    answer = program.complete("many objects", total(texts.values()), "--stats",
                              store.address("many/"))  # fmt: skip
    received(program, answer, texts.values())
    listed = -(-store.many // store.page)
    program.check("requests", answer.network()[0], store.many + listed)
    answer = program.run("--by", "file", "--format", "jsonl", store.address("many/"))
    program.check("order", list(answer.by_file()), [store.address(key) for key in texts])


def packed(store, program):
    """Compressed objects and archives are opened where they are."""
    bodies = {key: body for key, (body, _) in objects.packed().items()}
    put_all(store, bodies)
    texts = {key: texts for key, (_, texts) in objects.packed().items()}
    for key in bodies:
        answer = program.complete(key, total(texts[key]), "--stats", store.address(key))
        received(program, answer, [bodies[key]])
    everything = [text for each in texts.values() for text in each]
    program.complete("all that is packed", total(everything), store.address("packed/"))


def large(store, program):
    """An object of many ranges: each byte comes once."""
    text = prose(7, LARGE_BYTES)
    store.put("large.txt", text)
    for range_bytes in ("", "1000000"):
        answer = program.complete("a large object", count(text), "--stats",
                                  store.address("large.txt"), COGREP_RANGE=range_bytes)  # fmt: skip
        received(program, answer, [text])
        least = LARGE_BYTES // int(range_bytes or 8 << 20)
        program.check("many requests", answer.network()[0] >= least, True)


def parts(store, program):
    """Parts of a prefix are disjoint, and make the whole together."""
    saved = [f"part-{nth}" for nth in (1, 2, 3)]
    counts = []
    for nth, file in enumerate(saved, 1):
        part = ("--part", f"{nth}/3", "--save", file)
        answer = program.run(*part, store.address("odd/"), store.address("many/"))
        program.check("a part", answer.status, 0)
        counts.append(answer.counts())
    whole = program.run(store.address("odd/"), store.address("many/")).counts()
    merged = program.run("--merge", *saved, patterns=())
    program.check("parts together", (merged.counts(), merged.status), (whole, 0))
    sums = {name: sum(part[name] for part in counts) for name in whole}
    program.check("sums of parts", sums, whole)
    program.check("no part is all", max(part["love"] for part in counts) < whole["love"], True)


def refusals(store, program):
    """What is not there, or not allowed, is named, without the secrets that were used."""
    answer = program.run(store.address("none.txt"), store.address("odd/plain.txt"))
    line = f"cogrep: {store.address('none.txt')}: the server answers 404: "
    program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))
    program.check("the others count", answer.counts(), count(prose(0, 5000)))
    if store.scheme != "gs":
        # The emulator of Google answers 500.
        wrong = store.address().replace("bucket", "nosuchbucket")
        answer = program.run(wrong)
        line = f"cogrep: {wrong}: the server answers 404: "
        program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))
    if store.is_strict:
        address = store.address("odd/plain.txt")
        for environment, flags in ((store.with_wrong_secret(), ()), ({}, ("--no-sign-request",))):
            answer = program.run(*flags, address, **environment)
            line = f"cogrep: {address}: the server answers 40"
            program.check(answer.err, (answer.err.startswith(line), answer.status), (True, 2))


def change(store, program):
    """An object that is replaced while it is read is partial: a beginning of what it was."""
    if not store.has_if_match:
        return
    text = prose(7, LARGE_BYTES)
    store.put("changing.txt", text)
    replace = lambda: store.put("changing.txt", text[::-1])  # noqa: E731
    with Relay(store.port, 4_000_000, replace) as relay:
        moved = {name: value.replace(store.url, relay.url)
                 for name, value in store.environment().items()}  # fmt: skip
        answer = program.run(store.address("changing.txt"), COGREP_RANGE="200000", **moved)
    program.check(answer.err, ("it changed while it was read" in answer.err, answer.status),
                  (True, 2))  # fmt: skip
    read = answer.partial_bytes()
    program.check("not all of it", 0 < read < len(text), True)
    program.check("a beginning", answer.counts(), count(text[:read]))
