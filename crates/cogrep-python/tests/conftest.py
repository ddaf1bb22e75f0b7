"""What the tests share: the reference counter and how many random cases are tried.

As in the tests in Rust: `COGREP_CORPUS` names the folder of the reference counter and of real
texts, `COGREP_NO_SKIP` makes a test fail that lacks something, and `COGREP_THOROUGH` asks for
all random cases.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import logging
import os
import random
import re
import shutil
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


class Pages:
    """Pages by HTTP, in ranges, each with an entity tag that is made of its text."""

    def __init__(self) -> None:
        self.texts: dict[str, bytes] = {}
        #: Whether ranges are given, and entity tags.
        self.has_ranges = self.has_tags = True
        self.ranges: list[str] = []
        #: Called before each answer.
        self.meet: Callable[[], object] = lambda: None
        pages = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                pages.meet()
                text = pages.texts.get(self.path.split("?")[0])
                if text is None:
                    return self.answer(404, {}, b"")
                tag = f'"{hashlib.sha256(text).hexdigest()}"'
                fields = {"ETag": tag} if pages.has_tags else {}
                if self.headers.get("If-Match", tag) != tag:
                    return self.answer(412, fields, b"")
                asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
                pages.ranges.append(self.headers.get("Range", ""))
                if asked is None or not pages.has_ranges:
                    return self.answer(200, fields, text)
                start, end = int(asked[1]), min(int(asked[2]) + 1, len(text))
                fields["Content-Range"] = f"bytes {start}-{end - 1}/{len(text)}"
                return self.answer(206, fields, text[start:end])

            def answer(self, status: int, fields: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {**fields, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def pages() -> Iterator[Pages]:
    made = Pages()
    yield made
    made.close()
