"""Addresses as inputs: objects of a store, and pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Store

import cogrep

PATTERNS = ["love", "hate", "to be", "no such", "café"]

# The server of the tests leaves open what it does not need any more.
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
