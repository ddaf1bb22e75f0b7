#!/usr/bin/env python3
"""Measures cogrep on Spark beside the program, and beside what Spark has itself.

usage: spark.py prepare FOLDER GIB    makes a text of logs from COGREP_CORPUS, and patterns
       spark.py program FOLDER N      the program on as many cores, N patterns
       spark.py sql FOLDER N MIB      Spark SQL, N patterns, in the first MIB of the text
       spark.py small FOLDER NUMBER   so many small files and the text: splits, and the driver
       spark.py store FOLDER NUMBER [PAUSE]
                                      the same as objects of a store that answers after PAUSE
                                      seconds

The jobs run on a cluster of their own: a master, two workers with a core each and a driver, all
on this machine. Of each way to count there are two jobs over an empty file and then the one
that is measured; what the second one takes is taken off, so the start of Spark is not in what is
given. Times are seconds on the clock, and seconds of processors of all processes of the cluster
together; the latter are of use where others use the machine, too. The lowest of ROUNDS (3) is
given, and the counts of all ways are compared.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import cluster
import store

ROUNDS = int(os.environ.get("ROUNDS", "3"))
PATTERNS = 1000


def prepare(folder: Path, gib: float) -> None:
    corpus = Path(os.environ["COGREP_CORPUS"]) / "corpora/logs"
    base = b"".join((corpus / name).read_bytes() for name in ("apache_logs.log", "auth.log"))
    if not base.endswith(b"\n"):
        base += b"\n"
    words = sorted(set(re.findall(rb"[A-Za-z]{4,}", base)))
    random.Random(1).shuffle(words)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "patterns").write_bytes(b"\n".join(words[:PATTERNS]) + b"\n")
    with (folder / "text.log").open("wb") as file:
        for _ in range(int(gib * (1 << 30) / len(base)) + 1):
            file.write(base)
    (folder / "empty.log").write_bytes(b"")


def patterns(folder: Path, number: int) -> list[str]:
    return (folder / "patterns").read_text().splitlines()[:number]


def processors() -> float:
    """The seconds of processors that this process and those of the cluster have used."""
    ticks = 0
    for process in [os.getpid(), *cluster.processes()]:
        try:
            stat = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            continue
        # After the name, which may have spaces: those of itself, and of children that ended.
        ticks += sum(int(field) for field in stat.rpartition(")")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def job(kinds: list[str], text: Path, wanted: Path, number: int) -> list[dict[str, Any]]:
    """Jobs on a cluster, in a process of its own so that nothing is left of another."""
    command = [sys.executable, __file__, "job", ",".join(kinds), str(text), str(wanted)]
    printed = subprocess.run([*command, str(number)], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in printed.splitlines() if line.startswith(b"{")]


def run_job(kinds: list[str], text: str, wanted: list[str], empty: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        cluster.environment(Path(place))
        made = cluster.Cluster(Path(place))
        began = time.perf_counter()
        spark = cluster.session(made.url, **{"spark.executor.memory": "800m"})
        with_cogrep(spark, empty, wanted, "cogrep")
        started = time.perf_counter() - began
        for kind in kinds:
            count = with_cogrep if kind == "cogrep" else with_sql
            # The first one is compiled by Java, and the second one is what remains.
            for _ in range(2):
                start, used = time.perf_counter(), processors()
                count(spark, empty, wanted, kind)
                empty_clock, empty_used = time.perf_counter() - start, processors() - used
            print(f"  started in {started:.1f} s; {kind}: empty {empty_clock:.2f} s,"
                  f" {empty_used:.2f} s of processors", file=sys.stderr)  # fmt: skip
            for _ in range(ROUNDS):
                start, used = time.perf_counter(), processors()
                counts = count(spark, text, wanted, kind)
                clock = time.perf_counter() - start - empty_clock
                used = processors() - used - empty_used
                print(f"  {kind}: {clock:.2f} s, {used:.2f} s of processors", file=sys.stderr)
                facts = {"kind": kind, "counts": counts, "clock": clock, "processors": used}
                print(json.dumps(facts), flush=True)
        cluster.stop(spark)
        made.close()
        assert not cluster.kill_the_rest()


def with_cogrep(spark: Any, text: str, wanted: list[str], _: str) -> dict[str, int]:
    import cogrep.spark

    return dict(cogrep.spark.count_files(spark, text, wanted).counts)


def with_sql(spark: Any, text: str, wanted: list[str], kind: str) -> dict[str, int]:
    from pyspark.sql import functions as f

    frame = spark.read.text(text)
    # The patterns are words, so they are the same as expressions.
    count = (
        (lambda word: f.regexp_count("value", f.lit(word)))
        if kind == "regexp_count"
        else (lambda word: f.size(f.split("value", word, -1)) - 1)
    )
    sums = [f.coalesce(f.sum(count(word)), f.lit(0)).alias(word) for word in wanted]
    return frame.select(*sums).first().asDict()  # type: ignore[no-any-return]


def with_program(text: Path, wanted: Path, number: int) -> tuple[dict[str, int], float, float]:
    with tempfile.NamedTemporaryFile("w") as listed:
        listed.write("\n".join(patterns(wanted.parent, number)) + "\n")
        listed.flush()
        # `cogrep` of the environment that this runs in.
        program = str(Path(sys.executable).with_name("cogrep"))
        command = [program, "-j", "2", "--format", "json", "-f", listed.name, "--in", str(text)]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  program: {clock:.2f} s, {used:.2f} s of processors", flush=True)
    found = json.loads(printed)
    return {row["pattern"]: row["count"] for row in found["patterns"]}, clock, used


def compare(folder: Path, number: int, kinds: list[str], text: Path) -> None:
    wanted = folder / "patterns"
    lowest: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        expected, *times = with_program(text, wanted, number)
        note(lowest, "program", times)
    for facts in job(kinds, text, wanted, number):
        assert facts["counts"] == expected, facts["kind"]
        note(lowest, facts["kind"], [facts["clock"], facts["processors"]])
    # The machine may have been busy before.
    _, *times = with_program(text, wanted, number)
    note(lowest, "program", times)
    size = text.stat().st_size / (1 << 30)
    print(f"{size:.2f} GiB, {number} patterns, the lowest of {ROUNDS} rounds:")
    for kind, (clock, used) in lowest.items():
        print(f"{kind}: {clock:.2f} s, {used:.2f} s of processors,"
              f" {clock / lowest['program'][0]:.2f} and"
              f" {used / lowest['program'][1]:.2f} times the program")  # fmt: skip


def note(lowest: dict[str, tuple[float, float]], kind: str, times: list[float]) -> None:
    before = lowest.get(kind, (float("inf"), float("inf")))
    lowest[kind] = (min(before[0], times[0]), min(before[1], times[1]))


def small(folder: Path, number: int) -> None:
    """Many small files and a large one."""
    many = folder / "many"
    for nth in range(number):
        file = many / f"{nth // 1000:03}" / f"{nth:06}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_bytes(store.small(nth))
    if not (many / "text.log").exists():
        os.link(folder / "text.log", many / "text.log")
    many_sources(folder, str(many), {})


def in_store(folder: Path, number: int, pause: str) -> None:
    """Many small objects and a large one."""
    command = [sys.executable, store.__file__, str(number), str(folder / "text.log"), pause]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None and server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
    many_sources(folder, "s3://bucket/many/", {"endpoint_url": url})
    server.stdin.close()
    print(f"the store: {server.stdout.read().strip()}")


def many_sources(folder: Path, source: str, asking: dict[str, Any]) -> None:
    """How even the splits of many small sources and a large one are, and what the driver needs."""
    with tempfile.TemporaryDirectory() as place:
        cluster.environment(Path(place))
        made = cluster.Cluster(Path(place))
        spark = cluster.session(made.url)
        import cogrep
        import cogrep.spark
        from cogrep.spark import _split

        def peak(process: str) -> str:
            status = Path(f"/proc/{process}/status").read_text()
            found = re.search(r"VmHWM:\s+(\d+)", status)
            return f"{int(found[1]) >> 10 if found else 0} MiB"

        from pyspark import SparkContext

        gateway = SparkContext._gateway
        assert gateway is not None
        java = str(gateway.proc.pid)
        wanted = patterns(folder, 10)
        cogrep.spark.count_files(spark, str(folder / "empty.log"), wanted)
        print(f"driver before: Python {peak('self')}, Java {peak(java)}")
        start, used = time.perf_counter(), processors()
        report = cogrep.spark.count_files(spark, source, wanted, **asking)
        seconds, used = time.perf_counter() - start, processors() - used
        print(f"driver after: Python {peak('self')}, Java {peak(java)}; {seconds:.1f} s,"
              f" {used:.1f} s of processors")  # fmt: skip
        print(f"{report.source_count} sources, {report.text_bytes} bytes")
        start = time.perf_counter()
        counter = cogrep.Counter(wanted)
        listed = _split.list_inputs([source], asking)
        seconds = time.perf_counter() - start
        made_splits = _split.splits(listed, counter, asking, 1 << 30)
        all_seconds = time.perf_counter() - start
        print(f"{len(made_splits)} splits, listed in {seconds:.1f} s, made in {all_seconds:.1f} s")
        spans = [
            sum((p.end or 0) - (p.start or 0) if p.end else p.size for p in split.pieces)
            for split in made_splits
        ]
        sources = [len(split.pieces) for split in made_splits]
        print(f"bytes of a split: {min(spans)} to {max(spans)},"
              f" sources: {min(sources)} to {max(sources)}")  # fmt: skip
        start = time.perf_counter()
        here = counter.count_files(source, threads=2, **asking)
        print(f"on one machine: {time.perf_counter() - start:.1f} s")
        assert dict(here.counts) == dict(report.counts) and here.text_bytes == report.text_bytes
        cluster.stop(spark)
        made.close()
        assert not cluster.kill_the_rest()


def main() -> None:
    what, folder, *more = sys.argv[1:]
    if what == "prepare":
        prepare(Path(folder), float(more[0]))
    elif what == "job":
        text, wanted, number = more
        folder_of = Path(wanted).parent
        run_job(folder.split(","), text, patterns(folder_of, int(number)), str(folder_of / "empty.log"))
    elif what == "program":
        compare(Path(folder), int(more[0]), ["cogrep"], Path(folder) / "text.log")
    elif what == "sql":
        text = Path(folder) / "part.log"
        with (Path(folder) / "text.log").open("rb") as file:
            part = file.read(int(more[1]) << 20)
        text.write_bytes(part[: part.rindex(b"\n") + 1])
        compare(Path(folder), int(more[0]), ["cogrep", "regexp_count", "split"], text)
    elif what == "store":
        in_store(Path(folder), int(more[0]), more[1] if len(more) > 1 else "0")
    else:
        small(Path(folder), int(more[0]))


if __name__ == "__main__":
    main()
