"""What the tests share: the reference counter and how many random cases are tried.

As in the tests in Rust: `COGREP_CORPUS` names the folder of the reference counter and of real
texts, `COGREP_NO_SKIP` makes a test fail that lacks something, and `COGREP_THOROUGH` asks for
all random cases.
"""

from __future__ import annotations

import gzip
import importlib.util
import logging
import os
import random
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import hypothesis
import pytest

if TYPE_CHECKING:
    from cluster import Cluster


def is_on(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


hypothesis.settings.register_profile(
    "cogrep",
    max_examples=300 if is_on("COGREP_THOROUGH") else 30,
    deadline=None,
    derandomize=not is_on("COGREP_THOROUGH"),
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("cogrep")


def skip(reason: str, *, allow_module_level: bool = False) -> NoReturn:
    """Leaves out a test, or all of a module, that lacks something; fails where all have to run."""
    if is_on("COGREP_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=allow_module_level)


def corpus() -> Path:
    folder = os.environ.get("COGREP_CORPUS", "")
    if not folder:
        reason = "COGREP_CORPUS names no folder of real texts"
        if os.environ.get("COGREP_NO_SKIP") == "except-corpus":
            pytest.skip(reason)
        skip(reason)
    return Path(folder)


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """The reference counter: `counts(text, patterns, fold=..., word=...)`."""
    path = corpus() / "oracle" / "count.py"
    spec = importlib.util.spec_from_file_location("oracle_count", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["oracle_count"] = module
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        # It leaves the closing of its tables to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        module.folding()
        module.word_ranges()
    return module


@pytest.fixture(scope="session")
def texts() -> Path:
    return corpus() / "corpora"


def needs_spark() -> None:
    """Leaves out a module where Spark cannot run."""
    if importlib.util.find_spec("pyspark") is None:
        skip("there is no pyspark", allow_module_level=True)
    if shutil.which("java") is None:
        skip("there is no Java", allow_module_level=True)
    if not Path("/proc/self/cmdline").exists():
        skip("the system does not list processes", allow_module_level=True)


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of Spark, which all tests share: to start one takes longer than most of them."""
    import cluster

    folder = tmp_path_factory.mktemp("cluster")
    cluster.environment(folder)
    made = cluster.Cluster(folder)
    yield made
    made.close()
    assert cluster.kill_the_rest() == []


@pytest.fixture(scope="session")
def spark(standalone: Cluster) -> Iterator[Any]:
    import cluster

    quick = {
        "spark.speculation": "true",
        "spark.speculation.interval": "50ms",
        "spark.speculation.multiplier": "2",
        "spark.speculation.quantile": "0.3",
        "spark.speculation.minTaskRuntime": "300ms",
    }
    made = cluster.session(standalone.url, **quick)
    yield made
    cluster.stop(made)


@pytest.fixture(scope="session")
def spark_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some small files, one of them packed, and a large one."""
    made = tmp_path_factory.mktemp("texts")
    words = ["love", "hate", "hope", "to", "be", "or", "not", "LOVE", "café"]
    rng = random.Random(5)
    for nth in range(20):
        chosen = rng.choices(words, k=rng.randrange(200))
        text = "".join(word + rng.choice([" ", "\n", "\r\n"]) for word in chosen)
        (made / f"{nth:02}.txt").write_bytes(text.encode())
    (made / "packed.gz").write_bytes(gzip.compress(b"to be or not to be, love\n" * 1000))
    line = "to be or not to be: love and café, 10.0.0.7 and love@here\n"
    (made / "large.log").write_text("".join(f"{n} {line}" for n in range(20_000)))
    (made / "sub").mkdir()
    (made / "sub" / "empty").write_text("")
    return made


class Store:
    """A store that speaks the language of S3, with one bucket in it."""

    def __init__(self, url: str) -> None:
        import boto3

        self.url = url
        # What it takes for credentials, as anything else.
        given = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **given)
        self.client.create_bucket(Bucket="bucket")

    def put(self, key: str, text: bytes) -> None:
        self.client.put_object(Bucket="bucket", Key=key, Body=text)

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket="bucket", Key=key)

    def put_folder(self, folder: Path, prefix: str) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(prefix + path.relative_to(folder).as_posix(), path.read_bytes())


@pytest.fixture(scope="session")
def store() -> Iterator[Store]:
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        skip("there is no moto with its server")
    from moto.server import ThreadedMotoServer

    # It tells of every request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
    yield Store(f"http://{host}:{port}")
    server.stop()
