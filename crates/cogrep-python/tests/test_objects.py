"""Addresses as inputs: objects of a store, and pages."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from conftest import Pages, Store

import cogrep
from cogrep._files import Pinned, file_options

PATTERNS = ["love", "hate", "to be", "no such", "café"]

# The servers of the tests leaves open what it does not need any more.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_objects_are_counted_as_files_are(store: Store, spark_texts: Path) -> None:
    store.put_folder(spark_texts, "here/")
    for what in (cogrep.Counter(PATTERNS, ignore_case=True), cogrep.Words()):
        found = what.count_files("s3://bucket/here/", by="file", endpoint_url=store.url)
        expected = what.count_files(spark_texts, by="file")
        assert dict(found.counts) == dict(expected.counts)
        assert found.text_bytes == expected.text_bytes
        cut = len(str(spark_texts))
        names = [f"s3://bucket/here{source.name[cut:]}" for source in expected.sources]
        assert sorted(source.name for source in found.sources) == sorted(names)
    with pytest.raises(cogrep.IncompleteError, match="404"):
        cogrep.Counter(["a"]).count_files(
            "s3://bucket/none", endpoint_url=store.url, errors="raise"
        )


def test_a_page_is_counted(store: Store) -> None:
    store.client.put_object(Bucket="bucket", Key="page", Body=b"love", ACL="public-read")
    report = cogrep.Counter(["love"]).count_files(f"{store.url}/bucket/page?secret=1", by="file")
    assert report.counts == {"love": 1}
    assert [source.name for source in report.sources] == [f"{store.url}/bucket/page?secret=..."]


def test_an_archive_that_changes_is_named_by_its_address(pages: Pages) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for nth in range(3):
            member = tarfile.TarInfo(f"{nth}.log")
            member.size = 8 << 20
            archive.addfile(member, io.BytesIO(b"love and hate..\n" * (1 << 19)))
    pages.texts["/a.tar"] = held.getvalue()
    address = f"{pages.url}/a.tar?secret=1"
    (listed,), _ = cogrep._cogrep.list_files(file_options([address]))
    assert listed[0] == address and listed[1] is not None
    pinned = Pinned(address, *listed[1])
    counter = cogrep.Counter(["love"])
    assert counter.count_files([pinned]).counts == {"love": 3 << 19}
    pages.ranges.clear()

    def change() -> None:
        if pages.ranges:
            pages.texts["/a.tar"] = held.getvalue().replace(b"love", b"hate")

    pages.meet = change
    with pytest.raises(cogrep._cogrep.ChangedError) as raised:
        counter.count_files([pinned], threads=1)
    assert str(raised.value) == address
