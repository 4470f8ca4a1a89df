"""What a row of a list wrote over, kept so that its import can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from campaigns.register.importing import comparing


@dataclass(frozen=True, slots=True)
class Before:
    """A person as they were: the columns that changed, and when each state was written.

    ``written`` is the moment of the import: who was changed since bears another.
    """

    written: datetime
    updated_at: datetime
    identity: bytes
    values: dict[str, Any]


def pack(stored: Mapping[str, Any], changed: Iterable[str], now: datetime) -> str:
    """What ``changed`` says of the stored row, empty columns included, as JSON."""
    facts = {
        "written": now.isoformat(),
        "updated_at": stored["updated_at"].isoformat(),
        "identity": stored["identity"].hex(),
        "values": {name: stored[name] for name in changed},
    }
    return json.dumps(facts, ensure_ascii=False, default=date.isoformat)


def unpack(text: str) -> Before:
    """What ``pack`` packed."""
    facts = json.loads(text)
    return Before(
        datetime.fromisoformat(facts["written"]),
        datetime.fromisoformat(facts["updated_at"]),
        bytes.fromhex(facts["identity"]),
        comparing.typed(facts["values"]),
    )
