"""Signatures of requests, as the stores want them: version 4 of S3, shared keys of Azure."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote


def encode(text):
    return quote(text, safe="")


def s3(method, host, path, query, key, secret):
    """The header of a request to S3; path and query are encoded."""
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    headers = {"host": host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join((method, path, query, lines, names, "UNSIGNED-PAYLOAD"))
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{digest}"
    signed = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        signed = hmac.digest(signed, part.encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={names}, "
        f"Signature={signed.hex()}"
    )
    return headers


def azure(method, path, query, account, key, length):
    """The header of a request to Azure that puts something; the path is encoded."""
    headers = {
        "x-ms-blob-type": "BlockBlob",
        "x-ms-date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()),
        "x-ms-version": "2023-11-03",
    }
    lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    resource = f"/{account}{path}" + "".join(f"\n{name}:{query[name]}" for name in sorted(query))
    fields = [method, "", "", str(length or ""), *[""] * 8, lines + resource]
    signed = hmac.digest(base64.b64decode(key), "\n".join(fields).encode(), "sha256")
    signature = base64.b64encode(signed).decode()
    return {**headers, "authorization": f"SharedKey {account}:{signature}"}
