"""Object stores, each with a bucket that checks put objects into."""

import http.client
import json
import threading
from urllib.parse import quote, urlencode

import signatures
from servers import HOST, answers, free_ports, wait_until
from signatures import encode

KEY, SECRET = "key", "SECRETsecret"


class Store:
    """What the stores have in common."""

    scheme, bucket = "s3", "bucket"
    # What no key of this store has in it: it is refused, or becomes another key.
    refuses = ()
    # How many keys a page of a listing has, and how many objects are put to be listed.
    page, many = 1000, 1005
    # Whether it looks at signatures.
    is_strict = True
    # Whether it compares what is there with what is asked for.
    has_if_match = True

    def __init__(self):
        self.local = threading.local()
        (self.port,) = free_ports(1)
        self.url = f"http://{HOST}:{self.port}"

    def address(self, key=""):
        return f"{self.scheme}://{self.bucket}/{key}"

    def send(self, method, target, body, headers):
        """Sends a request over the connection of this thread, or a new one."""
        try:
            status, said = self.send_once(method, target, body, headers)
        except (http.client.HTTPException, OSError):
            # The server has closed it.
            self.local = threading.local()
            status, said = self.send_once(method, target, body, headers)
        if status not in (200, 201):
            raise OSError(f"{method} {target}: {status} {said[:500]}")

    def send_once(self, method, target, body, headers):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection = self.local.connection
        connection.putrequest(method, target, skip_host="host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()


class S3(Store):
    def environment(self):
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL": self.url,
        }

    def with_wrong_secret(self):
        return {"AWS_SECRET_ACCESS_KEY": f"{SECRET}wrong"}

    def put(self, key, body):
        path = f"/{self.bucket}/{quote(key)}" if key else f"/{self.bucket}"
        host = f"{HOST}:{self.port}"
        self.send("PUT", path, body, signatures.s3("PUT", host, path, "", KEY, SECRET))


class Moto(S3):
    """A model of S3 in Python, which looks at no signature."""

    is_strict, page, many, refuses = False, 10, 35, ("\n",)

    def __init__(self, servers):
        super().__init__()
        command = ["moto_server", "-H", HOST, "-p", self.port]
        process = servers.start(command, MOTO_S3_DEFAULT_MAX_KEYS=str(self.page))
        wait_until(lambda: answers(self.url), process)
        self.put("", b"")


class SeaweedFS(S3):
    """A store on a disk, which keeps objects in folders."""

    refuses = ("//", "\\", "/./", "/../")

    def __init__(self, servers):
        super().__init__()
        identity = {
            "name": "check",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "List", "Write"],
        }
        config = servers.folder / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc",
                 "filer.port", "filer.port.grpc", "s3.port.grpc")  # fmt: skip
        ports = [f"-{name}={port}" for name, port in zip(names, free_ports(len(names)))]
        (servers.folder / "data").mkdir()
        process = servers.start(
            ["weed", "server", f"-dir={servers.folder / 'data'}", f"-ip={HOST}",
             f"-ip.bind={HOST}", "-master.telemetry=false", "-s3", f"-s3.port={self.port}",
             f"-s3.config={config}", "-s3.port.iceberg=0", "-s3.port.lance=0", *ports]
        )  # fmt: skip

        def is_ready():
            try:
                self.put("", b"")
                self.put("first", b"")
            except OSError:
                return False
            return True

        wait_until(is_ready, process)


class Google(Store):
    """An emulator of Google Cloud Storage, which looks at no credentials."""

    scheme, is_strict, has_if_match = "gs", False, False
    # Whatever there is.
    page, many = 1 << 30, 1005

    def __init__(self, servers):
        super().__init__()
        process = servers.start(
            ["fake-gcs-server", "-scheme", "http", "-host", HOST, "-port", self.port, "-backend",
             "memory", "-public-host", f"{HOST}:{self.port}", "-log-level", "error"]
        )  # fmt: skip
        wait_until(lambda: answers(self.url), process)
        body = json.dumps({"name": self.bucket}).encode()
        self.send("POST", "/storage/v1/b", body, {"content-type": "application/json"})

    def environment(self):
        return {"STORAGE_EMULATOR_HOST": self.url, "GOOGLE_SKIP_SIGNATURE": "true"}

    def put(self, key, body):
        query = urlencode({"uploadType": "media", "name": key})
        target = f"/upload/storage/v1/b/{self.bucket}/o?{query}"
        self.send("POST", target, body, {"content-type": "text/plain"})


class Azure(Store):
    """The emulator of Azure's own maker."""

    scheme, refuses = "az", ("\\",)
    # To have more than a page would take half a minute.
    page, many = 5000, 1005
    account = "devstoreaccount1"
    # The key of the emulator, which all of the world knows.
    key = (
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    )

    def __init__(self, servers):
        super().__init__()
        process = servers.start(
            ["azurite-blob", "--blobHost", HOST, "--blobPort", self.port, "--silent",
             "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
        )  # fmt: skip
        wait_until(lambda: answers(self.url), process)
        self.send_signed("", {"restype": "container"}, b"")

    def environment(self):
        return {
            "AZURE_STORAGE_ACCOUNT_NAME": self.account,
            "AZURE_STORAGE_ACCOUNT_KEY": self.key,
            "AZURE_STORAGE_ENDPOINT": f"{self.url}/{self.account}",
        }

    def with_wrong_secret(self):
        return {"AZURE_STORAGE_ACCOUNT_KEY": "c2VjcmV0c2VjcmV0"}

    def put(self, key, body):
        self.send_signed(f"/{encode(key)}".replace("%2F", "/"), {}, body)

    def send_signed(self, key, query, body):
        path = f"/{self.account}/{self.bucket}{key}"
        headers = signatures.azure("PUT", path, query, self.account, self.key, len(body))
        if not query:
            headers["content-type"] = ""
        target = f"{path}?{urlencode(query)}" if query else path
        self.send("PUT", target, body, headers)
