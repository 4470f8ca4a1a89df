"""What carriers' receipt codes mean: exact code, then longest prefix, then unknown.

The same code means different things to different carriers, so a code is looked up
under its profile: cmpp, sgip, smgp, smpp, aliyun, tencent, huawei, twilio and others.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from campaigns.vocabulary import MessageState, Reason

_CLASSES = {
    "delivered": (MessageState.DELIVERED, Reason.NONE),
    "absent": (MessageState.UNDELIVERED, Reason.ABSENT),
    "undelivered-permanent": (MessageState.UNDELIVERED, Reason.PERMANENT),
    "undelivered-temporary": (MessageState.UNDELIVERED, Reason.TEMPORARY),
    "blocked": (MessageState.UNDELIVERED, Reason.BLOCKED),
    "unknown": (None, Reason.UNKNOWN),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """``state`` is None where a code says nothing final.

    ``retry`` tells whether a follow-up by a person may try again: ``yes``, ``no``,
    ``once``, ``next-day`` or ``reroute``; nothing is ever repeated by itself.
    ``suppress`` tells whether the number itself is bad or refuses: ``yes``, ``no`` or
    ``afterN``, the number of campaigns after which it counts. ``known`` is False for
    a code that no list explains, which a person should look at.
    """

    state: MessageState | None
    reason: Reason
    retry: str = "no"
    suppress: str = "no"
    known: bool = True


_SMGP_AGAIN = frozenset(str(number) for number in range(301, 311))
"""Some gateways write SMGP's 001 to 010 as 301 to 310."""

_UNKNOWN = Meaning(None, Reason.UNKNOWN, known=False)


def meaning(profile: str, code: str) -> Meaning:
    """What ``code`` means to the carrier or gateway ``profile``; never raises."""
    exact, prefixes = _table().get(profile, ({}, ()))
    code = code.strip()
    if profile == "smgp" and code in _SMGP_AGAIN:
        code = "0" + code[1:]
    if code in exact:
        return exact[code]
    return next(
        (found for start, found in prefixes if code.startswith(start)), _UNKNOWN
    )


def profiles() -> frozenset[str]:
    """The carriers and gateways whose codes are known."""
    return frozenset(_table())


_Profile = tuple[dict[str, Meaning], tuple[tuple[str, Meaning], ...]]


@cache
def _table() -> dict[str, _Profile]:
    text = files("campaigns.delivery").joinpath("receipt_codes.csv").read_text("utf-8")
    rows = [
        row for row in csv.DictReader(text.splitlines()) if row["class"] in _CLASSES
    ]
    return {
        profile: _read([row for row in rows if row["profile"] == profile])
        for profile in {row["profile"] for row in rows}
    }


def _read(rows: list[dict[str, str]]) -> _Profile:
    exact: dict[str, Meaning] = {}
    prefixes: list[tuple[str, Meaning]] = []
    for row in rows:
        found = Meaning(
            *_CLASSES[row["class"]],
            retry=row["retry"],
            suppress=row["suppress_number"],
        )
        for code in row["code"].split("|"):
            if row["match"] == "prefix":
                prefixes.append((code, found))
            else:
                exact[code.removeprefix("state=")] = found
    prefixes.sort(key=lambda pair: len(pair[0]), reverse=True)
    return exact, tuple(prefixes)
