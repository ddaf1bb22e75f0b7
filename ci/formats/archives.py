"""Archives that are packed by a tool, as zip and tar do."""

import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from texts import PATTERNS, counts, text

UNZIP = "unzip -qq -o {archive} -d {folder}"
UNTAR = "tar -xf {archive} -C {folder}"
ZIP_METHODS = ["Copy", "Deflate", "Deflate64", "BZip2", "LZMA"]

# How a tool packs the files of the folder that it is started in, in ways of which one is chosen
# for each archive, and how one unpacks them.
TOOLS = {
    "zip": ("zip -q -r -y -{way} {archive} .", "0169", UNZIP),
    "zip-bzip2": ("zip -q -r -y -Z bzip2 {archive} .", "", UNZIP),
    "zip-pipe": ("zip -q -r -y - . > {archive}", "", UNZIP),
    "7z-zip": ("7z a -tzip -bd -bso0 -mm={way} {archive} .", ZIP_METHODS, UNZIP),
    "bsdtar-zip": ("bsdtar --format zip -cf {archive} .", "", UNZIP),
    "tar": ("tar --format={way} -cf {archive} .", ["v7", "oldgnu", "gnu", "ustar", "posix"], UNTAR),
    "tar-sparse": ("tar --format={way} -Scf {archive} .", ["oldgnu", "gnu", "posix"], UNTAR),
    "bsdtar": ("bsdtar --format {way} -cf {archive} .", ["ustar", "pax", "gnutar"], UNTAR),
    "cpio": ("find . -print | cpio --quiet -o -H {way} > {archive}", ["tar", "ustar"], UNTAR),
    "7z-tar": ("7z a -ttar -bd -bso0 {archive} .", "", UNTAR),
}

PARTS = ["a", "b.txt", "c d", "é", "日本", "-x", "e" * 40, "f" * 90, ".hidden", "love"]


def commands(tool):
    """The programs that a tool needs."""
    packer, _, unpacker = TOOLS[tool]
    return [packer.split()[0], unpacker.split()[0]]


def fill(folder, chance):
    """Makes files, and what is no file."""
    for _ in range(chance.randrange(1, 9)):
        path = folder.joinpath(*chance.choices(PARTS, k=chance.choice([1, 1, 1, 2, 3])))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            data = text(chance)[:100_000]
            if chance.random() < 0.1:
                data += bytes(chance.randrange(200_000)) + b"ab"
            path.write_bytes(data)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            continue
    if chance.random() < 0.2:
        (folder / "link").symlink_to("a")
    if chance.random() < 0.2:
        (folder / "nothing").mkdir()


def files(folder):
    """Each file below a folder with its counts."""
    found = collections.Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            # As JSON has it.
            name = os.fsencode(path.relative_to(folder)).decode(errors="replace").encode()
            found[name, *counts(path.read_bytes())] += 1
    return found


def pack(command, folder, archive):
    """Packs a folder; says whether the tool could: some formats take no long names."""
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True)
    return done.returncode == 0 and not done.stderr and archive.exists()


def unpack(command, archive):
    """The files that a tool unpacks, if it says nothing."""
    with tempfile.TemporaryDirectory() as folder:
        command = command.format(archive=archive, folder=folder).split()
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
        is_good = done.returncode == 0 and not done.stderr
        return files(Path(folder)) if is_good else None


def examine(program, archive):
    """What the program says of each member of an archive, whether it is all, and what it adds."""
    command = [program, "-F", *(f"-e{pattern.decode()}" for pattern in PATTERNS)]
    command += ["--by", "file", "--format", "json", "--no-ignore", "--hidden", archive]
    done = subprocess.run(command, capture_output=True)
    if done.returncode not in (0, 1, 2):
        sys.exit(f"{program} ends with {done.returncode}: {done.stderr.decode()[-2000:]}")
    said = json.loads(done.stdout)
    found = collections.Counter()
    for source in said["sources"]:
        _, is_member, name = source["source"].partition("!")
        name = os.path.normpath(name).encode() if is_member else b""
        found[name, *source.get("counts", [0] * len(PATTERNS))] += 1
    return found, said["complete"], done.stderr


def is_known(data):
    """Whether these first bytes are those of an archive: what is none is a text of its own."""
    return data.startswith(b"PK\x03\x04") or data[257:265] in (b"ustar\x0000", b"ustar  \0")


def verdict(program, archive, expected, unpacker, is_whole):
    """Why an answer is not right, if it is not."""
    found, is_complete, messages = examine(program, archive)
    if found == expected and (is_complete or not is_whole):
        return None
    if is_whole:
        return "wrong: other counts"
    if messages or not is_known(archive.read_bytes()):
        return None
    # Nothing vouches for the byte that tells a link from a file that holds its path.
    if not expected - found and all(name == b"link" for name, *_ in found - expected):
        return None
    # Damage that shows nowhere.
    return None if found == unpack(unpacker, archive) else "wrong: other counts in silence"


def variants(data, chance):
    """An archive as it is, cut off, and with bits flipped: also where it says what it has."""
    size = len(data)
    yield "whole", data
    yield "cut", data[: chance.randrange(size)]
    for first, last in ((0, size), (0, min(size, 600)), (max(0, size - 600), size)):
        place, damaged = chance.randrange(first, last), bytearray(data)
        damaged[place] ^= 1 << chance.randrange(8)
        yield "flipped", bytes(damaged)


def hold(tool, options):
    """Counts in what the tool packs; returns how many archives were read, and what differs."""
    packer, ways, unpacker = TOOLS[tool]

    def one(number):
        chance = random.Random(f"{options.seed} {tool} {number}")
        different, tried = [], 0
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            # Some tools give a name without a suffix one of theirs.
            tree, archive = folder / "tree", folder / "packed.archive"
            tree.mkdir()
            fill(tree, chance)
            way = chance.choice(ways) if ways else ""
            if not pack(packer.format(way=way, archive=archive), tree, archive):
                return 0, []
            expected = files(tree)
            shutil.rmtree(tree)
            for name, data in variants(archive.read_bytes(), chance):
                archive.write_bytes(data)
                why = verdict(options.program, archive, expected, unpacker, name == "whole")
                tried += 1
                if why:
                    different.append((name, number, why, data))
        return tried, different

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        results = list(threads.map(one, range(options.files)))
    return sum(tried for tried, _ in results), [it for _, found in results for it in found]
