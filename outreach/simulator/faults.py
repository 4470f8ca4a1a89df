"""Answers of a bad day: throttled, broken, cut, silent, drop by drop."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from outreach.simulator import answers
from outreach.simulator.behaviour import Behaviour

_FOREVER = 600.0
_ELSEWHERE = "http://elsewhere.invalid/"
_HUGE = 10_000_000
_QUOTA = 63038
_EARLIER = {
    "unauthorised": (20003, 401),
    "error_before": (20500, 500),
    "quota": (_QUOTA, 429),
}


def said(body: bytes, status: int = 200) -> web.Response:
    """An answer in JSON."""
    return web.Response(body=body, status=status, content_type="application/json")


def refused(code: int, status: int) -> web.Response:
    """An error answer with Twilio's ``code``."""
    return said(answers.error(code, status), status)


def too_many(behaviour: Behaviour) -> web.Response:
    """429, with the Retry-After of the day."""
    answer = refused(20429, 429)
    if behaviour.retry_after:
        answer.headers["Retry-After"] = behaviour.retry_after
    return answer


async def before(
    trouble: str, behaviour: Behaviour, request: web.BaseRequest
) -> web.Response | None:
    """A fault that strikes before anything is accepted; None for the later ones."""
    if trouble == "too_many":
        return too_many(behaviour)
    if trouble in _EARLIER:
        return refused(*_EARLIER[trouble])
    if trouble == "moved":
        return web.Response(status=302, headers={"Location": _ELSEWHERE})
    if trouble == "black_hole":
        await asyncio.sleep(_FOREVER)
    if trouble == "reset":
        _cut(request)
    unsaid = {"black_hole", "reset", "unavailable"}
    return web.Response(status=503) if trouble in unsaid else None


async def after(
    trouble: str, body: bytes, request: web.BaseRequest
) -> web.StreamResponse:
    """A fault that strikes when the message is already in the ledger."""
    if trouble == "black_hole_after":
        await asyncio.sleep(_FOREVER)
    if trouble == "reset_after":
        _cut(request)
    if trouble == "broken_json":
        return said(body[: len(body) // 2], 201)
    if trouble == "drip":
        return await _drip(body, request)
    return _odd(trouble, body) or refused(20500, 500)


def _odd(trouble: str, body: bytes) -> web.Response | None:
    """A 2xx that says nothing a client can use."""
    if trouble == "page":
        return web.Response(body=b"<html>ok</html>", content_type="text/html")
    if trouble == "empty":
        return web.Response(status=201)
    if trouble == "huge":
        return said(b" " * _HUGE, 201)
    if trouble == "nameless":
        return said(json.dumps({**json.loads(body), "sid": None}).encode(), 201)
    return None


def _cut(request: web.BaseRequest) -> None:
    if request.transport:
        request.transport.abort()


async def _drip(body: bytes, request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse(status=201)
    answer.content_type = "application/json"
    answer.content_length = len(body)
    await answer.prepare(request)
    for at in range(len(body)):
        await answer.write(body[at : at + 1])
        await asyncio.sleep(1)
    return answer
