"""Browsers that somebody signed in with before: guessing elsewhere locks none out.

A signed cookie names, for each of a few people, the hash of the account's name and a
number of its own. It opens nothing: it gives its owner tries that no stranger uses up.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import request
from werkzeug.wrappers import Response

from outreach import signed
from outreach.web.gate import now, wired

_KIND = "device"
_LASTS = timedelta(days=180)
_PEOPLE = 5
_NUMBER_BYTES = 8
_HASH = 16
_BETWEEN = "."


def known(name: str) -> str:
    """The browser's number where ``name`` signed in with it; empty elsewhere."""
    mine = _hashed(name)
    for subject in _subjects(now()):
        who, _, number = subject.partition("x")
        if who == mine:
            return number
    return ""


def remember(answer: Response, name: str) -> Response:
    """From now on this browser is known to be ``name``'s, beside a few others'."""
    moment, mine = now(), _hashed(name)
    others = [it for it in _subjects(moment) if not it.startswith(f"{mine}x")]
    number = known(name) or secrets.token_hex(_NUMBER_BYTES)
    until = signed.minute(moment + _LASTS)
    cookies = [
        signed.mint(_KIND, subject, until, wired().signer)
        for subject in (f"{mine}x{number}", *others[: _PEOPLE - 1])
    ]
    secure = _secure()
    answer.set_cookie(
        _cookie(),
        _BETWEEN.join(cookies),
        max_age=_LASTS,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _subjects(moment: datetime) -> list[str]:
    """What this browser's cookie says, as far as we signed it and it still lasts."""
    tokens = request.cookies.get(_cookie(), "").split(_BETWEEN)[:_PEOPLE]
    read = [signed.read(_KIND, token, wired().signer) for token in tokens]
    return [it[0] for it in read if it and it[1] >= signed.minute(moment)]


def _hashed(name: str) -> str:
    return hashlib.sha256(name.strip().encode()).hexdigest()[:_HASH]


def _secure() -> bool:
    return wired().settings.own_url.startswith("https://")


def _cookie() -> str:
    return "__Host-outreach-device" if _secure() else "outreach-device"
