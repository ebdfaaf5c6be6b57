"""A real server that speaks S3, for tests: it keeps everything in memory, and listens to one address."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import boto3

from shared.settings.environment import environment_with

START_SECONDS = 60
KEY_ID, SECRET = "AKIATESTTESTTESTTEST", "secret/of+the+tests0123456789abcdefghijk"


@dataclass(frozen=True)
class S3Server:
    """A running server; ``variables`` tell a process where it is and who may use it."""

    endpoint: str
    process: "subprocess.Popen[bytes]"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def client(self) -> "boto3.client":
        """To look into it past what is tested."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def make_bucket(self, name: str) -> None:
        self.client().create_bucket(Bucket=name)


@contextmanager
def s3_server(address: str, port: int) -> Iterator[S3Server]:
    """A server for the length of the block."""
    command = [sys.executable, "-m", "moto.server", "-H", address, "-p", str(port)]
    with listening(command, address, port) as process:
        yield S3Server(f"http://{address}:{port}", process)


@contextmanager
def listening(
    command: list[str], address: str, port: int, variables: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A server's process, once it listens."""
    silent = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=environment_with(**(variables or {})), stdout=silent, stderr=silent
    )
    try:
        _wait_until_it_listens(process, address, port)
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", address: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens at {address}:{port}")
