"""What only a real server meets: slow, endless, doubled and swollen requests."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from carriers import eventually, free_port
from hostile.inputs import expect

from outreach.settings import inherited

pytestmark = pytest.mark.xdist_group("hostile-server")  # one desk

FORM = (
    b"POST /callbacks/simulator/x HTTP/1.1\r\nHost: x\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
THREADS = 8


class Server:
    """``outreach web`` over the desk's folder, as an operator starts it."""

    def __init__(self, desk):
        self.port = free_port()
        given = {
            "OUTREACH_DATA_DIR": str(desk.settings.data_dir.resolve()),
            "OUTREACH_PORT": str(self.port),
            "OUTREACH_WEB_THREADS": str(THREADS),
        }
        command = [sys.executable, "-m", "outreach", "web"]
        self.process = subprocess.Popen(
            command, env=inherited(**given), stdout=subprocess.DEVNULL
        )
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60
        )
        end = time.monotonic() + 100
        while not self.serves():
            assert time.monotonic() < end
            time.sleep(0.1)

    def serves(self, patience=30.0):
        """Whether a page is answered in time."""
        try:
            page = self.client.get("/sign-in", timeout=patience)
        except httpx.TransportError:
            return False
        return page.status_code == 200

    def stop(self):
        self.client.close()
        self.process.terminate()
        assert self.process.wait(60) == 0

    @contextmanager
    def held(self, data: bytes, connections=20) -> Iterator[list[socket.socket]]:
        """Connections that say ``data`` and then nothing."""
        opened = [
            socket.create_connection(("127.0.0.1", self.port))
            for _ in range(connections)
        ]
        try:
            for one in opened:
                one.sendall(data)
            yield opened
        finally:
            for one in opened:
                one.close()

    def say(self, data: bytes, patience=5.0) -> bytes:
        """Everything that is answered until the server closes, or says no more."""
        with socket.create_connection(("127.0.0.1", self.port)) as one:
            one.sendall(data)
            one.settimeout(patience)
            heard = b""
            while b"\r\n\r\n" not in heard or b"HTTP/1.1 2" in heard[:10]:
                try:
                    piece = one.recv(65_536)
                except TimeoutError:
                    break
                if not piece:
                    break
                heard += piece
            return heard


@pytest.fixture(scope="module")
def server(desk):
    running = Server(desk)
    yield running
    running.stop()


def test_heads_that_never_end_stop_nobody(server):
    with server.held(b"GET /sign-in HTTP/1.1\r\nHost: x\r\nX-Slow: "):
        assert server.serves()
    expect("H195", "R")


@pytest.mark.parametrize(
    "rest",
    [b"Content-Length: 60000\r\n\r\nab", b"Transfer-Encoding: chunked\r\n\r\n4\r\nab"],
)
def test_bodies_that_never_end_stop_no_page(server, rest):
    with server.held(FORM + rest) as opened:
        assert server.serves()
        told = server.client.post("/callbacks/simulator/x", data={"a": "b"})
        assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
        assert len(opened) > THREADS
    eventually(lambda: server.client.post("/callbacks/simulator/x").status_code == 403)
    expect("H196", "R")


def test_methods_that_no_page_has_are_refused(server):
    for method in ("TRACE", "CONNECT"):
        head = f"{method} /sign-in HTTP/1.1\r\nHost: x\r\nCookie: a=secret\r\n\r\n"
        heard = server.say(head.encode())
        assert heard.startswith(b"HTTP/1.1 405"), heard[:80]
        assert b"secret" not in heard
    assert server.client.options("/sign-in").content == b""
    expect("H236", "R")


def test_a_swollen_body_stays_packed(server):
    bomb = gzip.compress(bytes(50 << 20))
    headers = {
        "Content-Encoding": "gzip",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    for path in ("/sign-in", "/callbacks/simulator/x"):
        answer = server.client.post(path, content=bomb, headers=headers)
        assert answer.is_client_error
    assert server.serves()
    expect("H237", "R")


def test_a_request_cannot_hide_another(server):
    hidden = b"GET /health/alive HTTP/1.1\r\nHost: x\r\n\r\n"
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for head in (both, b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n0\r\n\r\n"):
        heard = server.say(FORM + head + hidden)
        assert heard.count(b"HTTP/1.1 ") == 1
        assert b"HTTP/1.1 4" in heard
    answer = server.client.get("/sign-in", headers={"X-Long": "x" * 32_768})
    assert answer.status_code in {200, 431}
    expect("H238", "R")
