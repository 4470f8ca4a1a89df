"""Connections over real sockets: kept, timed, bounded, and never asked twice."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from carriers import free_port
from providers.certificates import certificate

from outreach import wire
from outreach.wires import Patience, Unconnected, Unreadable, Wires

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LIMITS = {"patience": Patience(2.0, 5.0)}


class Server:
    """Says for each request what ``says`` makes of it; None hangs up."""

    def __init__(self, says):
        self.says = says
        self.asked: list[bytes] = []
        self.lines = 0
        self.open = 0

    async def serve(self, reader, writer):
        self.lines += 1
        self.open += 1
        try:
            while request := await self._request(reader):
                self.asked.append(request)
                answer = await self.says(request)
                if answer is None:
                    return
                writer.write(answer)
                await writer.drain()
        except OSError:
            return
        finally:
            self.open -= 1
            writer.close()

    @staticmethod
    async def _request(reader):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return head + await reader.readexactly(int(length or 0))


async def ok(_request):
    return OK


@asynccontextmanager
async def serving(says=ok, **more):
    served = Server(says)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, **more)
    served.port = server.sockets[0].getsockname()[1]
    wires = Wires(4)
    try:
        yield wires, served, f"http://127.0.0.1:{served.port}/x"
    finally:
        wires.close()
        server.close()
        await until(lambda: not served.open)


async def until(done):
    async with asyncio.timeout(5):
        while not done():  # noqa: ASYNC110 - another task makes it true
            await asyncio.sleep(0.005)


def test_one_connection_carries_request_after_request():
    async def talk():
        async with serving() as (wires, served, address):
            for n in range(3):
                body = f"a={n}".encode()
                told = await wires.ask("POST", address, {"X": "y"}, body, **LIMITS)
                assert (told.status, told.body) == (200, b"ok")
            return served

    served = asyncio.run(talk())
    assert served.lines == 1
    host = f"Host: 127.0.0.1:{served.port}".encode()
    head = b"POST /x HTTP/1.1\r\n" + host + b"\r\nX: y\r\nContent-Length: 3\r\n\r\n"
    assert served.asked == [head + b"a=%d" % n for n in range(3)]


def test_no_more_connections_than_allowed_and_the_others_wait():
    async def talk():
        async with serving() as (wires, served, address):
            calls = (wires.ask("GET", address, {}, **LIMITS) for _ in range(40))
            told = await asyncio.gather(*calls)
            return served, {answer.status for answer in told}

    served, statuses = asyncio.run(talk())
    assert (served.lines, len(served.asked), statuses) == (4, 40, {200})


def test_who_waits_too_long_for_a_connection_has_written_nothing():
    async def slow(_request):
        await asyncio.sleep(0.3)
        return OK

    async def talk():
        async with serving(slow) as (wires, served, address):
            short = {"patience": Patience(0.05, 5.0)}
            calls = (wires.ask("GET", address, {}, **short) for _ in range(6))
            told = await asyncio.gather(*calls, return_exceptions=True)
            return served, [type(each) for each in told if isinstance(each, OSError)]

    served, failed = asyncio.run(talk())
    assert failed == [Unconnected] * 2
    assert len(served.asked) == 4


def test_a_closed_port_and_a_name_that_is_none_are_certain():
    async def talk(address):
        await Wires().ask("GET", address, {}, **LIMITS)

    for address in (f"http://127.0.0.1:{free_port()}/", "http://no-such.invalid/"):
        with pytest.raises(Unconnected):
            asyncio.run(talk(address))


def test_silence_ends_with_the_time_and_the_connection_is_not_used_again():
    async def once(request):
        if b"slow" in request:
            await asyncio.sleep(0.5)
        return OK

    async def talk():
        async with serving(once) as (wires, served, address):
            # The first leaves a timer for later; the second must not wait for it.
            await wires.ask("GET", address, {}, **LIMITS)
            began = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                await wires.ask(
                    "GET", address + "?slow", {}, patience=Patience(2.0, 0.1)
                )
            spent = asyncio.get_running_loop().time() - began
            told = await wires.ask("GET", address, {}, **LIMITS)
            return spent, told.body, served.lines

    spent, body, lines = asyncio.run(talk())
    assert (body, lines) == (b"ok", 2)
    assert spent < 0.4


def test_whoever_is_cancelled_leaves_no_answer_for_the_next():
    asked = []

    async def second(request):
        asked.append(request)
        await asyncio.sleep(0.1 if len(asked) == 1 else 0)
        return OK if len(asked) > 1 else OK.replace(b"ok", b"no")

    async def talk():
        async with serving(second) as (wires, served, address):
            first = asyncio.create_task(wires.ask("GET", address, {}, **LIMITS))
            await until(lambda: asked)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            told = await wires.ask("GET", address, {}, **LIMITS)
            return told.body, served.lines

    assert asyncio.run(talk()) == (b"ok", 2)


def test_a_connection_that_was_hung_up_while_idle_is_not_written_to():
    async def talk():
        async with serving() as (wires, served, address):
            await wires.ask("GET", address, {}, **LIMITS)
            served.says = hang_up
            with pytest.raises(Unreadable):
                await wires.ask("GET", address, {}, **LIMITS)
            served.says = closing
            for _ in range(2):
                await wires.ask("GET", address, {}, **LIMITS)
                await until(lambda: not served.open)
            return served

    async def hang_up(_request):
        return None

    async def closing(_request):
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    served = asyncio.run(talk())
    assert (len(served.asked), served.lines) == (4, 3)


def test_an_idle_connection_ends_before_the_other_side_may_end_it(monkeypatch):
    monkeypatch.setattr(wire, "_IDLE_SECONDS", 0.05)

    async def talk():
        async with serving() as (wires, served, address):
            await wires.ask("GET", address, {}, **LIMITS)
            await until(lambda: not served.open)
            await wires.ask("GET", address, {}, **LIMITS)
            return served.lines

    assert asyncio.run(talk()) == 2


def test_what_comes_unasked_is_no_answer():
    async def twice(_request):
        return OK + OK.replace(b"ok", b"no")

    async def talk():
        async with serving(twice) as (wires, served, address):
            told = [await wires.ask("GET", address, {}, **LIMITS) for _ in range(3)]
            return [answer.body for answer in told], served.lines

    assert asyncio.run(talk()) == ([b"ok"] * 3, 3)


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("ftp://127.0.0.1/", {}),
        ("http:///nowhere", {}),
        ("http://127.0.0.1/", {"X": "a\r\nContent-Length: 0"}),
        ("http://127.0.0.1/", {"X": "a\nY: b"}),
    ],
)
def test_what_is_no_request_is_never_made(address, headers):
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeError would do as well
        asyncio.run(Wires().ask("GET", address, headers, **LIMITS))


def test_a_trusted_certificate_is_enough(tmp_path, monkeypatch):
    later = datetime.now(UTC) + timedelta(days=1)
    signed = certificate(tmp_path, "localhost", later)
    monkeypatch.setenv("SSL_CERT_FILE", str(signed))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed)

    async def talk():
        async with serving(ssl=context) as (wires, served, _):
            address = f"https://localhost:{served.port}/x?a=b"
            told = [await wires.ask("GET", address, {}, **LIMITS) for _ in range(2)]
            with pytest.raises(Unconnected):
                await wires.ask(
                    "GET", f"https://127.0.0.1:{served.port}/", {}, **LIMITS
                )
            return [answer.status for answer in told], len(served.asked)

    assert asyncio.run(talk()) == ([200, 200], 2)
