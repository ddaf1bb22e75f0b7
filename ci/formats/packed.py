"""Files that are packed by a tool, as gzip does."""

import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from texts import PATTERNS, counts, text

# How a tool packs its standard input, and unpacks it. Damage is compared where a checksum shows
# it: what zstd makes of damaged data differs between its versions 1.5.4 and 1.5.7.
TOOLS = {
    "gzip": ("gzip -c -{level}", "gzip -dc"),
    "pigz": ("pigz -c -p 2 -b 128 -{level}", "pigz -dc"),
    "bgzip": ("bgzip -c", "gzip -dc"),
    "zopfli": ("zopfli -c --i1 /dev/stdin", "gzip -dc"),
    "7z-gzip": ("7z a -tgzip -si -so dummy", "gzip -dc"),
    "bzip2": ("bzip2 -c -{level}", "bzip2 -dc"),
    "pbzip2": ("pbzip2 -c -p2 -{level}", "pbzip2 -dc"),
    "lbzip2": ("lbzip2 -c -n 2 -{level}", "lbzip2 -dc"),
    "7z-bzip2": ("7z a -tbzip2 -si -so dummy", "bzip2 -dc"),
    "xz": ("xz -c -T1 -{level}", "xz -dc"),
    "xz-blocks": ("xz -c -T2 --block-size=40000 -0", "xz -dc"),
    "xz-crc32": ("xz -c --check=crc32 -0", "xz -dc"),
    "xz-sha256": ("xz -c --check=sha256 --delta=dist=2 --lzma2=preset=0", "xz -dc"),
    "pixz": ("pixz -t -{level}", "xz -dc"),
    "7z-xz": ("7z a -txz -si -so dummy", "xz -dc"),
    "zstd": ("zstd -q -c --check -{level}", "zstd -q -dc"),
    "zstd-threads": ("zstd -q -c --check -T2 -B20000 -1", "zstd -q -dc"),
    "zstd-long": ("zstd -q -c --check --long=27 -3", "zstd -q -dc"),
    "pzstd": ("pzstd -q -c -p 2 -{level}", "zstd -q -dc"),
    "lz4": ("lz4 -q -c -BX -{level}", "lz4 -q -dc"),
    "lz4-blocks": ("lz4 -q -c -B4 -BD --no-frame-crc", "lz4 -q -dc"),
    "lz4-stored": ("lz4 -q -c -B5 --fast=9999", "lz4 -q -dc"),
    "lz4-legacy": ("lz4 -q -c -l", "lz4 -q -dc"),
}

# The bytes that tell a format: without them a file is what it is.
MAGIC_BYTES = 6


def commands(tool):
    """The programs that a tool needs."""
    return [command.split()[0] for command in TOOLS[tool]]


def pipe(command, data):
    done = subprocess.run(command.split(), input=data, capture_output=True)
    return done.stdout, done.returncode == 0


def examine(program, folder):
    """What the program says of each file in a folder."""
    command = [program, "-F", *(f"-e{pattern.decode()}" for pattern in PATTERNS)]
    command += ["--by", "file", "--format", "json", "--no-ignore", "--hidden", "--in", folder]
    done = subprocess.run(command, capture_output=True)
    if done.returncode not in (0, 1, 2):
        sys.exit(f"{program} ends with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return {Path(source["source"]).name: source for source in json.loads(done.stdout)["sources"]}


def verdict(found, raw, original, unpacked, is_good):
    """Why an answer is not what the tool says, if it is not."""
    is_complete = found["outcome"] == "complete"
    # What does not begin as packed data is a text of its own.
    if found["bytes"] == len(raw) and found.get("counts") == counts(raw) and is_complete:
        if raw[:MAGIC_BYTES] != original[:MAGIC_BYTES] or len(raw) < MAGIC_BYTES:
            return None
    if is_good:
        if is_complete:
            return None if found["counts"] == counts(unpacked) else "wrong: another count"
        return f"stricter: {found.get('reason')}"
    if is_complete:
        return "wrong: called complete"
    read = found["bytes"]
    # A flipped bit may show at the end of a block only.
    if read <= len(unpacked) and found.get("counts", [0] * len(PATTERNS)) != counts(unpacked[:read]):
        return "wrong: not the count of a beginning"
    return None


def hold(tool, options):
    """Counts what the tool packs; returns how many files were counted, and what differs."""
    pack, unpack = TOOLS[tool]
    chance = random.Random(f"{options.seed} {tool}")
    levels = {"zstd": 19, "pzstd": 15, "lz4": 12}.get(tool, 9)
    texts = [text(chance) for _ in range(options.files)]
    packers = [pack.format(level=chance.randrange(1, levels + 1)) for _ in texts]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        packed = [data for data, _ in threads.map(pipe, packers, texts)]
        whole, joined, cut, flipped = {}, {}, {}, {}
        for number, data in enumerate(packed):
            whole[number] = data, texts[number], True
            others = chance.choices(range(len(packed)), k=chance.randrange(1, 4))
            together = [packed[other] for other in [number, *others]]
            joined[number] = b"".join(together), b"".join(texts[it] for it in [number, *others]), True
            cut[number] = data[: chance.randrange(len(data) + 1)], None, None
            damaged = bytearray(data)
            if damaged:
                place = chance.randrange(8 * len(damaged))
                damaged[place // 8] ^= 1 << place % 8
            flipped[number] = bytes(damaged), None, None
        for variant in (cut, flipped):
            raw = [data for data, _, _ in variant.values()]
            told = list(threads.map(pipe, [unpack] * len(raw), raw))
            for number, (data, (unpacked, is_good)) in enumerate(zip(raw, told)):
                # Of what is cut off, a tool may keep what a checksum does not cover yet.
                is_beginning = variant is cut and not is_good
                variant[number] = data, texts[number] if is_beginning else unpacked, is_good
    different = []
    variants = {"whole": whole, "joined": joined, "cut": cut, "flipped": flipped}
    for name, variant in variants.items():
        with tempfile.TemporaryDirectory() as folder:
            for number, (data, _, _) in variant.items():
                Path(folder, str(number)).write_bytes(data)
            found = examine(options.program, folder)
        for number, (data, unpacked, is_good) in variant.items():
            why = verdict(found[str(number)], data, packed[number], unpacked, is_good)
            if why:
                different.append((name, number, why, data))
    return sum(map(len, variants.values())), different
