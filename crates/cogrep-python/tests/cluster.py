"""A cluster of Spark on this machine: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import IO, Any

SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Executors are killed in tests, more of them than a cluster would bear with.
    "spark.task.maxFailures": "20",
    "spark.excludeOnFailure.enabled": "false",
    "spark.stage.maxConsecutiveAttempts": "50",
}


class Process:
    """A process of Spark that says where it is."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        import pyspark

        home = Path(pyspark.__file__).parent
        command = [str(home / "bin" / "spark-class"), *arguments]
        self.child = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=folder, text=True
        )
        assert self.child.stderr is not None
        self.output: IO[str] = self.child.stderr
        self.reader: threading.Thread | None = None

    def wait_for(self, expression: str) -> str:
        """What it says once it is ready."""
        for line in self.output:
            if found := re.search(expression, line):
                self.reader = threading.Thread(target=self.output.read, daemon=True)
                self.reader.start()
                return found.group()
        raise RuntimeError(f"it ended without a line like {expression}")

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()
        if self.reader is not None:
            self.reader.join()
        self.output.close()


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        master = ("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0")
        self.master = Process(folder, *master, "--webui-port", "0")
        self.url = self.master.wait_for(r"spark://127\.0\.0\.1:\d+")
        # Spark never does a task a second time on the same host, but after a failure.
        self.hosts = ["127.0.0.1", "127.0.0.2"]
        self.workers = [self.worker(host) for host in self.hosts]

    def worker(self, host: str) -> Process:
        worker = ("org.apache.spark.deploy.worker.Worker", "--host", host, "--cores", "1")
        process = Process(
            self.folder, *worker, "--memory", "1g", "--webui-port", "0", self.url
        )  # fmt: skip
        process.wait_for("Successfully registered with master")
        return process

    def replace_worker(self) -> None:
        """A worker is lost, with its executors, and another one comes."""
        self.workers[0].kill()
        self.workers[0] = self.worker(self.hosts[0])

    def close(self) -> None:
        for process in [*self.workers, self.master]:
            process.kill()


# Every process of the cluster has this in its environment, and so can be found.
_MARK = f"COGREP_TEST_CLUSTER={uuid.uuid4()}"


def environment(folder: Path) -> None:
    """What the processes of Spark need to know; what they write is in the folder."""
    name, value = _MARK.split("=")
    os.environ[name] = value
    os.environ["SPARK_LOCAL_DIRS"] = os.environ["SPARK_WORKER_DIR"] = str(folder)
    # Whatever these are, the store of the tests takes them.
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    os.environ["PYTHONWARNINGS"] = "ignore"


def session(url: str, **settings: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(url).appName("cogrep")
    path = os.environ.get("PYTHONPATH", "")
    for name, value in {**SETTINGS, "spark.executorEnv.PYTHONPATH": path, **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def stop(spark: Any) -> None:
    """Stops a session, and the process of Java that it runs in."""
    from pyspark import SparkContext

    spark.stop()
    gateway = SparkContext._gateway
    assert gateway is not None
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    SparkContext._gateway = SparkContext._jvm = None


def _processes(name: str, value: bytes) -> list[int]:
    """The processes of which such a line is in a file that the system has of each."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and int(process.name) != os.getpid():
            try:
                if value in (process / name).read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:
                continue
    return found


def processes() -> list[int]:
    """All processes of the cluster, and those of Java and Python that a session has."""
    return _processes("environ", _MARK.encode())


def kill_the_rest() -> list[int]:
    """Kills the processes of the cluster that are still there long after it was closed."""
    left: list[int] = []
    for _ in range(300):
        left = processes()
        if not left:
            break
        time.sleep(0.1)
    for process in left:
        os.kill(process, signal.SIGKILL)
    return left


def executors(application: str) -> list[int]:
    """The processes that are executors of this application."""
    name = b"org.apache.spark.executor.CoarseGrainedExecutorBackend"
    of_application = _processes("cmdline", application.encode())
    return [process for process in _processes("cmdline", name) if process in of_application]


def kill_executor(application: str, choose: Any) -> bool:
    """Kills one of them, as a machine that fails does."""
    found = executors(application)
    if not found:
        return False
    try:
        os.kill(choose(found), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def same(found: Any, expected: Any) -> None:
    """Reports of the same counts, and of sources that ended in the same way."""
    assert facts(found) == facts(expected)


def facts(report: Any) -> tuple[Any, ...]:
    """What a report says, but for its sources."""
    return (
        dict(report.counts),
        report.source_count,
        report.text_bytes,
        report.partial_count,
        report.failed_count,
    )
