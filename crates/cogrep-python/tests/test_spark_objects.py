"""Objects of a store, counted on a cluster of Spark: each in its version, or not at all."""

from __future__ import annotations

import dataclasses
import gzip
import io
import itertools
import random
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Pages, Store, needs_spark

import cogrep

needs_spark()

import cogrep.spark
from cluster import facts, same
from cogrep.spark import LedgerError, _files, _source, _split

pytestmark = pytest.mark.filterwarnings("ignore")

PATTERNS = ["love", "hate", "to be", "no such", "café"]


@pytest.fixture(scope="module")
def bucket(store: Store, spark_texts: Path) -> Store:
    store.put_folder(spark_texts, "texts/")
    # What is special in a glob, and what another key begins with.
    for key in ["a*b?[1]{2}\\.txt", "a", "a b/ä+", "aa"]:
        store.put(f"odd/{key}", b"love\n")
    return store


@pytest.mark.parametrize("split_bytes", [1 << 30, 100_000])
def test_objects_are_counted_on_a_cluster(
    spark: Any, bucket: Store, spark_texts: Path, split_bytes: int
) -> None:
    for what in (
        cogrep.Counter(PATTERNS, ignore_case=True),
        cogrep.Counter({"warm": ["love", "be\r\n"], "cold": "hate"}),
        cogrep.Matches(r"(\w+)@", group=1),
    ):
        options: Any = {"split_bytes": split_bytes, "endpoint_url": bucket.url}
        found = cogrep.spark.count_files(spark, "s3://bucket/texts/", what, **options)
        same(found, what.count_files(spark_texts))
    # Files and objects together, by themselves and by a glob.
    counter = cogrep.Counter(["love"])
    inputs = [str(spark_texts / "00.txt"), "s3://bucket/odd/a", "s3://bucket/odd/a*b*"]
    found = cogrep.spark.count_files(
        spark, inputs, counter, by="file", endpoint_url=bucket.url, split_bytes=split_bytes
    )
    expected = counter.count_files(inputs, by="file", endpoint_url=bucket.url)
    same(found, expected)
    assert [source.name for source in expected.sources] == [
        inputs[0], inputs[1], "s3://bucket/odd/a*b?[1]{2}\\.txt"
    ]  # fmt: skip
    assert {it.name: dict(it.counts) for it in found.sources} == {
        it.name: dict(it.counts or {}) for it in expected.sources
    }
    options = {"globs": ["*.txt"], "max_depth": 1, "endpoint_url": bucket.url}
    found = cogrep.spark.count_files(spark, "s3://bucket/texts/", ["to"], **options)
    same(found, cogrep.Counter(["to"]).count_files(spark_texts, globs=["*.txt"], max_depth=1))


def test_the_data_source_reads_objects(spark: Any, bucket: Store, spark_texts: Path) -> None:
    reader = spark.read.format("cogrep").option("patterns", "\n".join(PATTERNS))
    frame = reader.option("endpoint_url", bucket.url).load("s3://bucket/texts/")
    sums = {row.pattern: row[1] for row in frame.groupBy("pattern").sum("count").collect()}
    expected = cogrep.Counter(PATTERNS).count_files(spark_texts).counts
    assert {pattern: sums.get(pattern, 0) for pattern in PATTERNS} == dict(expected)


def test_what_cannot_be_listed_is_an_error(spark: Any, bucket: Store) -> None:
    for address, error, message in [
        ("s3://bucket/none", FileNotFoundError, "there is no such object"),
        ("s3://none/", OSError, "s3://none/: the server answers 404: NoSuchBucket"),
    ]:
        with pytest.raises(error, match=message):
            cogrep.spark.count_files(spark, address, ["a"], endpoint_url=bucket.url)


def replacing(url: str, text: bytes | None) -> type[_source.CogrepDataSource]:
    """The data source that has an object replaced, or deleted, once the splits are made."""

    class Reader(_source.Reader):
        def read(self, partition: Any) -> Iterator[Any]:
            method = "DELETE" if text is None else "PUT"
            urllib.request.urlopen(urllib.request.Request(url, text, method=method)).close()
            return super().read(partition)

    class Replacing(_source.CogrepDataSource):
        def reader(self, schema: Any) -> Any:
            return Reader(_source.read_options(self.options))

    return Replacing


@pytest.mark.parametrize("text", [b"hate", b"love and love", None])
def test_an_object_that_is_changed_is_named(
    spark: Any, store: Store, monkeypatch: pytest.MonkeyPatch, text: bytes | None
) -> None:
    for key in ("a", "b", "c"):
        store.put(f"changed/{key}", b"love")
    method = "delete_object" if text is None else "put_object"
    named = {"Bucket": "bucket", "Key": "changed/b"}
    source = replacing(store.client.generate_presigned_url(method, named), text)
    monkeypatch.setattr(_files, "CogrepDataSource", source)
    with pytest.raises(LedgerError, match="changed meanwhile: s3://bucket/changed/b") as raised:
        cogrep.spark.count_files(spark, "s3://bucket/changed/", ["love"], endpoint_url=store.url)
    assert raised.value.changed == ["s3://bucket/changed/b"] and not raised.value.missing


def test_an_object_is_read_in_its_version(store: Store) -> None:
    """What changes between being looked up and being read is refused by the store."""
    from cogrep._files import Pinned

    counter = cogrep.Counter(["love"])
    store.put("pinned/a", b"love")
    options = {"patterns": "love", "path": "s3://bucket/pinned/", "endpoint_url": store.url}
    reader = _source.Reader(_source.read_options(options))
    (split,) = reader.partitions()
    (piece,) = split.pieces
    assert piece.size == 4 and isinstance(piece.changed, str)
    (batch,) = reader.read(split)
    assert batch.to_pylist()[0]["count"] == 1
    store.put("pinned/a", b"hate")
    with pytest.raises(_source.ChangedError, match="pinned/a was changed"):
        list(reader.read(split))
    # By itself it is what it is now.
    found = counter.count_files("s3://bucket/pinned/a", endpoint_url=store.url)
    assert facts(found) == ({"love": 0}, 1, 4, 0, 0)
    with pytest.raises(cogrep._cogrep.ChangedError, match="s3://bucket/pinned/a"):
        pinned: Any = [Pinned("s3://bucket/pinned/a", 4, piece.changed)]
        counter.count_files(pinned, endpoint_url=store.url)


def put_large(put: Callable[[str, bytes], object], spark_texts: Path) -> set[str]:
    """Puts texts of which some can be divided. Gives the names of these."""
    text = (spark_texts / "large.log").read_bytes()
    put("plain", text)
    put("marked", b"\xef\xbb\xbf" + text)
    put("one line", b"love and hate " * 30_000)
    put("packed.gz", gzip.compress(random.Random(3).randbytes(400_000) + text))
    put("wide", b"\xff\xfe" + text.decode().encode("utf-16le"))
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.add(spark_texts / "large.log", "large.log")
    put("held.tar", held.getvalue())
    return {"plain", "marked", "one line"}


def divided(address: str, counted: Any, options: dict[str, Any], split_bytes: int) -> list[Any]:
    listed = _split.list_inputs([address], options)
    made = _split.splits(listed, counted, options, split_bytes)
    return [piece for split in made for piece in split.pieces]


@pytest.mark.parametrize("what", [
    cogrep.Counter(PATTERNS, ignore_case=True),
    cogrep.Counter(PATTERNS, whole_words=True),
    cogrep.Counter([r"\w+@\w+", "^1.*7$"], regex=True),
    cogrep.Counter(PATTERNS, lines=True),
    cogrep.Counter(["love and café, 10.0.0.7 and love@here"], whole_lines=True),
    cogrep.Words(),
    cogrep.Matches(r"\d+ (\w+)", group=1),
])  # fmt: skip
def test_large_objects_are_counted_in_ranges(
    spark: Any, store: Store, spark_texts: Path, tmp_path: Path, what: Any
) -> None:
    names = put_large(lambda name, text: store.put(f"large/{name}", text), spark_texts)
    put_large(lambda name, text: (tmp_path / name).write_bytes(text), spark_texts)
    options: dict[str, Any] = {"endpoint_url": store.url}
    pieces = divided("s3://bucket/large/", what, options, 100_000)
    in_ranges = {piece.path for piece in pieces if piece.start is not None}
    assert in_ranges == {f"s3://bucket/large/{name}" for name in names}
    options["split_bytes"] = 100_000
    found = cogrep.spark.count_files(spark, "s3://bucket/large/", what, by="file", **options)
    expected = what.count_files(tmp_path, by="file")
    same(found, expected)

    def by_name(report: Any) -> dict[str, Any]:
        return {Path(it.name).name: (dict(it.counts), it.text_bytes) for it in report.sources}

    assert by_name(found) == by_name(expected)


def test_what_has_no_ranges_stays_whole(store: Store, pages: Pages, spark_texts: Path) -> None:
    text = (spark_texts / "large.log").read_bytes()
    store.put("whole/a", text)
    options: dict[str, Any] = {"endpoint_url": store.url}
    address = "s3://bucket/whole/a"
    # A pattern with a line feed may be where two ranges meet.
    assert len(divided(address, cogrep.Counter(["e\nl"]), options, 100_000)) == 1
    counter = cogrep.Counter(["love"])
    assert len(divided(address, counter, options | {"encoding": "latin1"}, 100_000)) == 1
    (whole,) = _split.list_inputs([address], options)
    untagged = dataclasses.replace(whole, changed=None)
    assert list(_split._divisible([whole], counter, options)) == [whole]
    assert list(_split._divisible([untagged], counter, options)) == []
    pages.texts["/a"] = text
    (page,) = _split.list_inputs([f"{pages.url}/a"], {})
    assert list(_split._divisible([page], counter, {})) == [page]
    pages.has_ranges = False
    (page,) = _split.list_inputs([f"{pages.url}/a"], {})
    assert list(_split._divisible([page], counter, {})) == []


@pytest.mark.parametrize("text", [b"hate\n" * 300_000, b"love", None])
def test_a_large_object_that_is_changed_is_named(
    spark: Any, store: Store, monkeypatch: pytest.MonkeyPatch, text: bytes | None
) -> None:
    for key in ("a", "b", "c"):
        store.put(f"changing/{key}", b"love\n" * 300_000)
    method = "delete_object" if text is None else "put_object"
    named = {"Bucket": "bucket", "Key": "changing/b"}
    source = replacing(store.client.generate_presigned_url(method, named), text)
    monkeypatch.setattr(_files, "CogrepDataSource", source)
    options: dict[str, Any] = {"endpoint_url": store.url, "split_bytes": 500_000}
    with pytest.raises(LedgerError, match="changed meanwhile: s3://bucket/changing/b") as raised:
        cogrep.spark.count_files(spark, "s3://bucket/changing/", ["love"], **options)
    parts = ["0 to 500000", "500000 to 1000000", "1000000 to 1500000"]
    assert raised.value.changed == [f"s3://bucket/changing/b ({part})" for part in parts]
    assert not raised.value.missing


def test_pages_are_counted_in_ranges(spark: Any, pages: Pages, spark_texts: Path) -> None:
    text = (spark_texts / "large.log").read_bytes()
    pages.texts = {"/large": text, "/small": b"love"}
    inputs = [f"{pages.url}/large?secret=1", f"{pages.url}/small"]
    counter = cogrep.Counter(PATTERNS, ignore_case=True)
    found = cogrep.spark.count_files(spark, inputs, counter, by="file", split_bytes=200_000)
    same(found, counter.count_files([spark_texts / "large.log", io.BytesIO(b"love")]))
    names = [f"{pages.url}/large?secret=...", f"{pages.url}/small"]
    assert [source.name for source in found.sources] == names
    assert len(pages.ranges) > 12
    pages.has_tags = False
    with pytest.raises(ValueError, match="not give its size and a strong entity tag") as raised:
        cogrep.spark.count_files(spark, inputs, counter)
    assert "secret=1" not in str(raised.value)
    with pytest.raises(OSError, match="404"):
        cogrep.spark.count_files(spark, f"{pages.url}/none", counter)


def test_a_page_that_is_changed_is_named(spark: Any, pages: Pages) -> None:
    pages.texts["/a"] = b"love\n" * 300_000
    asked = itertools.count()

    def change() -> None:
        # The splits are made twice, of two requests each.
        if next(asked) == 6:
            pages.texts["/a"] = b"hate\n" * 300_000

    pages.meet = change
    with pytest.raises(LedgerError, match=r"changed meanwhile: .*/a\?key=\.\.\. \(") as raised:
        cogrep.spark.count_files(spark, f"{pages.url}/a?key=1", ["love"], split_bytes=500_000)
    assert not raised.value.missing and "key=1" not in str(raised.value)
