#!/usr/bin/env python3
"""Holds the counts in packed files against the tools that pack them.

Each tool packs random texts. They are counted as they are, one after the other in one file, cut
off at a random byte, and with a random bit flipped; the tool itself says what is in the last two.

usage: ci/formats [--files N] [--seed N] [--program COGREP] [TOOL...]

Exact is a count of all that the tool unpacks. Where the tool fails, the count has to be said to
be incomplete, and to be that of a beginning of the text. What is left is printed, and the script
fails:

  wrong    another count, or one that is called complete where the tool fails
  stricter incomplete, and says so, where the tool is content: printed, and no failure

Tools that are not installed are named.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PATTERNS = [b"love", b"hate", b"ab", "é".encode()]

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
    commands = [pack.format(level=chance.randrange(1, levels + 1)) for _ in texts]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        packed = [data for data, _ in threads.map(pipe, commands, texts)]
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


def main():
    parser = argparse.ArgumentParser(description="Counts in packed files, beside the tools.")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=shutil.which("cogrep"))
    parser.add_argument("--keep", type=Path, help="a folder for the files that differ")
    parser.add_argument("tools", nargs="*", metavar="TOOL", default=list(TOOLS))
    options = parser.parse_args()
    if not options.program:
        parser.error("there is no cogrep; name one with --program")
    is_wrong = False
    for tool in options.tools:
        missing = [command.split()[0] for command in TOOLS[tool] if not shutil.which(command.split()[0])]
        if missing:
            print(f"{tool}: there is no {missing[0]}")
            continue
        tried, different = hold(tool, options)
        wrong = sum(why.startswith("wrong") for _, _, why, _ in different)
        is_wrong |= wrong > 0
        print(f"{tool}: {tried} files, {wrong} wrong, {len(different) - wrong} stricter", flush=True)
        reasons = {}
        for name, number, why, data in different:
            reasons.setdefault((name, why), []).append(number)
            if options.keep and why.startswith("wrong"):
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{tool}-{name}-{number}").write_bytes(data)
        for (name, why), numbers in reasons.items():
            print(f"  {name}: {why}: {len(numbers)} files, as {numbers[:5]}")
    sys.exit(is_wrong)


if __name__ == "__main__":
    main()
