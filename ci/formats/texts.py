"""Random texts, and what is counted in them."""

PATTERNS = [b"love", b"hate", b"ab", "é".encode()]


def text(chance):
    """A text that is not taken for anything else."""
    kind = chance.random()
    if kind < 0.03:
        return b""
    words = [b"love", b"hate", b"ab", "é".encode(), b" ", b"\n", b"aba", b"\0", b"x" * 50]
    first = chance.choice([b"love ", b"text\n", b"ab"])
    if kind < 0.6:
        return first + b"".join(chance.choices(words, k=chance.randrange(200)))
    if kind < 0.85:
        return first + b"".join(chance.choices(words, k=50)) * chance.randrange(1, 2000)
    # Stored rather than packed, for it cannot be made smaller.
    return first + chance.randbytes(chance.randrange(1, 400_000)) + b"love"


def counts(data):
    return [data.count(pattern) for pattern in PATTERNS]
