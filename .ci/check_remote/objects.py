"""What checks put into stores and on servers: prose, odd keys, what is packed."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile

WORDS = b"the river and a boat went down to sea with no wind in its sails at dawn".split() * 20
WORDS += b"love lovely hate hateful to be be glove".split()


def prose(seed, size):
    """Words in lines, the same for the same seed."""
    chance = random.Random(seed)
    # A page is enough to draw from: what is larger repeats it from another place each time.
    page = b" ".join(chance.choices(WORDS, k=20_000)).replace(b"river", b"river\n")
    pieces, left = [], size
    while left > 0:
        start = chance.randrange(len(page) // 2)
        pieces.append(page[start : start + left])
        left -= len(pieces[-1])
    return b"".join(pieces)


ODD_KEYS = (
    "odd/plain.txt",
    "odd/a b  c.txt",
    "odd/p%20q%.txt",
    "odd/q?x=1&y=2.txt",
    "odd/h#f.txt",
    "odd/ü 文\u0301.txt",
    "odd/d//x.txt",
    "odd/+~'()!*,;:@=$.txt",
    "odd/a..b/c...txt",
    "odd/b[1]{2}.txt",
    "odd/back\\slash.txt",
    "odd/new\nline.txt",
    "odd/ at both ends.txt ",
)
# No address can say these.
UNSPEAKABLE_KEYS = ("up/../a.txt", "up/./b.txt")


def tar(members, kind):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{kind}") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return file.getvalue()


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return file.getvalue()


def packed():
    """Compressed objects and archives, each with the texts in it."""
    text = prose(1, 300_000)
    members = {f"app/{n}.log": prose(n, 50_000) for n in range(3)}
    texts = list(members.values())
    return {
        "packed/a.gz": (gzip.compress(text), [text]),
        # Several members in a row, as WARC files have them.
        "packed/b.warc.gz": (b"".join(map(gzip.compress, texts)), texts),
        "packed/c.bz2": (bz2.compress(text), [text]),
        "packed/d.xz": (lzma.compress(text), [text]),
        "packed/e.tar.gz": (tar(members, "gz"), texts),
        "packed/f.tar": (tar(members, ""), texts),
        "packed/g.zip": (zipped(members), texts),
    }
