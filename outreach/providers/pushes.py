"""What Chinese carriers' pushes have in common: JSON, their numbers, their times."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from campaigns.delivery.provider import NotAuthentic
from campaigns.shanghai import SHANGHAI

_MOBILE, _FORM, _LONG = 11, "%Y%m%d%H%M%S", 14
_MAINLAND = re.compile(r"1\d{10}", re.ASCII)


def items(body: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a push, which holds one or an array. Raises NotAuthentic.

    What is no object is left out: a wrong item harms no other.
    """
    try:
        read = json.loads(body)
    except ValueError as wrong:
        raise NotAuthentic("no JSON") from wrong
    if not isinstance(read, list | dict):
        raise NotAuthentic("neither an array nor an object")
    listed = read if isinstance(read, list) else [read]
    return (item for item in listed if isinstance(item, dict))


def phone_of(given: object) -> str | None:
    """Their number as E.164; None for anything but a mobile of the mainland."""
    digits = str(given).removeprefix("+").removeprefix("0086")
    front, national = digits[:-_MOBILE], digits[-_MOBILE:]
    right = bool(_MAINLAND.fullmatch(national))
    return f"+86{national}" if right and front in {"", "86"} else None


def moment(text: object) -> datetime | None:
    """A time of theirs: UTC+8 and no zone; what cannot be read is no time."""
    digits = "".join(letter for letter in str(text) if letter.isdecimal())
    try:
        return datetime.strptime(digits[:_LONG], _FORM).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
