"""A new key for a hundred thousand people while a campaign goes to all of them."""

from __future__ import annotations

import secrets
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from campaigns import privacy
from campaigns.register.models import Member
from outreach import rotating, wiring
from outreach.bench import county
from outreach.bench.ground import Ground, ground
from outreach.bench.limits import Limits, middle
from outreach.bench.sending import Road
from outreach.settings import Settings

LIMITS = Limits(most={"left": 0, "lost": 0, "changes_lost": 0, "wait_ratio": 2.0})
_SIZES = {"full": 100_000, "small": 300}
_EVERY = 0.02
_NOTED = "改动 %s"
_HUNDREDTH = 0.99


@dataclass(slots=True)
class Clerk:
    """Somebody who changes one person after another, and how long each change took."""

    place: Ground
    people: int
    waits: list[float] = field(default_factory=list)
    changed: dict[int, str] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Until told to stop; the people are spread over the whole register."""
        while not self._end.wait(_EVERY):
            number = 1 + (len(self.waits) * 7919) % self.people
            began = time.perf_counter()
            with self.place.wiring.database.writing() as session:
                member = session.get_one(Member, number)
                member.notes = _NOTED % len(self.waits)
                self.changed[number] = member.notes
            self.waits.append((time.perf_counter() - began) * 1000)

    def stop(self) -> None:
        """After the change under way."""
        self._end.set()


def run(scale: str = "full", members: int = 0) -> dict[str, Any]:
    """Rotate during a campaign; nobody may be lost, no change and no message.

    ``wait_ratio``: the slowest hundredth of a clerk's changes against that without.

    Three to eight minutes on two cores; ``members`` asks for other than 100,000.
    """
    people = members or _SIZES[scale]
    with ground() as place:
        old = place.settings.data_key.get_secret_value()
        _settle(place, people)
        _take_up(place, f"2:{secrets.token_hex(privacy.KEY_BYTES)},1:{old}")
        road = Road(place)
        road.start()
        before, _ = _watched(place, people, lambda: road.ours(people))
        during, sealed = _watched(place, people, lambda: _both(place, road, people))
        left = rotating.left(place.wiring.database)
        lost, changes_lost = _missing(place, people, during)
    leg, seconds, values = sealed
    figures = {
        "left": left,
        "lost": lost,
        "changes_lost": changes_lost,
        "wait_ratio": round(_slow(during.waits) / _slow(before.waits), 2),
        "members": people,
        "values_sealed": values,
        "rotate_seconds": round(seconds, 1),
        "changes": len(during.waits),
        "wait_ms": _told(during.waits),
        "wait_ms_without": _told(before.waits),
        "messages_per_second": round(leg.rate),
    }
    return LIMITS.judged(figures, agreed=leg.agreed)


def _settle(place: Ground, people: int) -> None:
    database, now = place.wiring.database, place.wiring.clock()
    with database.writing() as session:
        county.found(session, now)
        county.settle(session, people, now, mixed=False)
    county.tidy(database)


def _take_up(place: Ground, keys: str) -> None:
    """Both keys, the new one first, for this process and for those begun later."""
    both: Settings = place.settings.model_copy(update={"data_key": SecretStr(keys)})
    place.settings = place.wiring.settings = both
    privacy.unlock(wiring.keyring(both))


def _watched(place: Ground, people: int, work: Any) -> tuple[Clerk, Any]:  # noqa: ANN401
    clerk = Clerk(place, people)
    thread = threading.Thread(target=clerk.work)
    thread.start()
    try:
        return clerk, work()
    finally:
        clerk.stop()
        thread.join()


def _both(place: Ground, road: Road, people: int) -> tuple[Any, float, int]:
    legs: list[Any] = []
    sending = threading.Thread(target=lambda: legs.append(road.ours(people)))
    sending.start()
    began = time.perf_counter()
    sealed = rotating.rotate(place.wiring.database).sealed
    seconds = time.perf_counter() - began
    sending.join()
    sealed += rotating.rotate(place.wiring.database).sealed
    print(f"sealed {sealed} values", file=sys.stderr)  # noqa: T201 - progress
    return legs[0], seconds, sealed


def _missing(place: Ground, people: int, clerk: Clerk) -> tuple[int, int]:
    """People and changes that the new key alone does not show any more."""
    ring = wiring.keyring(place.settings)
    privacy.unlock(privacy.Keyring({2: ring.sealing[2]}, 2, ring.index))
    with place.wiring.database.reading() as session:
        names = session.execute(select(Member.name, Member.phone)).all()
        whole = sum(row == ("某某", county.NUMBER) for row in names)
        notes = dict(session.execute(select(Member.id, Member.notes)).all())
    changed = sum(notes[number] != said for number, said in clerk.changed.items())
    return people - whole, changed


def _slow(waits: list[float]) -> float:
    """What one change in a hundred takes at the least."""
    return sorted(waits)[int((len(waits) - 1) * _HUNDREDTH)]


def _told(waits: list[float]) -> dict[str, float]:
    ordered = sorted(waits)
    return {
        "middle": round(middle(ordered), 1),
        "hundredth": round(_slow(waits), 1),
        "longest": round(ordered[-1], 1),
    }
