"""Who was forgotten, beside the database: a copy from before must forget them too.

One line of JSON for each: the blind index of their identity, their row's number and
the moment. It names nobody, and without the index key nobody can be tried against it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from campaigns.orm import instant, micros
from campaigns.register.erasures import Erasure
from outreach.settings import Settings

Entries = list[tuple[bytes, int, datetime]]
"""Identity, row and moment of each."""


def path_of(settings: Settings) -> Path:
    """Where the list lies; copy it away from the machine as you do backups."""
    return settings.data_dir.resolve() / "erasures.jsonl"


def add(settings: Settings, wishes: Iterable[Erasure], now: datetime) -> None:
    """Write ``wishes`` down, before their transaction commits.

    Should it fail then, the list holds somebody who was to be forgotten and was not:
    the worst is that a later restore does it.
    """
    lines = [
        json.dumps(
            {"identity": w.identity.hex(), "row": w.member_id, "at": micros(now)}
        )
        for w in wishes
    ]
    if not lines:
        return
    path = path_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


def read(settings: Settings) -> Entries:
    """Everybody on the list; a torn last line is left out."""
    path = path_of(settings)
    found: Entries = []
    for line in path.read_text("ascii").splitlines() if path.is_file() else ():
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        identity = bytes.fromhex(facts["identity"])
        found.append((identity, int(facts["row"]), instant(facts["at"])))
    return found
