"""The storm: one large campaign, and something is knocked over again and again."""

from __future__ import annotations

import math
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil
from sqlalchemy.exc import SQLAlchemyError

from campaigns.audience.rules import Rule
from campaigns.vocabulary import MessageState
from outreach.drill import replaying
from outreach.drill.office import Office
from outreach.drill.stand import Stand

CARRIER: dict[str, Any] = {
    "latency_ms": 20.0,
    "too_many": 0.03,
    "error_before": 0.005,
    "unavailable": 0.005,
    "error_after": 0.01,
    "reset_after": 0.005,
    "broken_json": 0.003,
    "page": 0.002,
    "moved": 0.001,
    "drip": 0.002,
    "black_hole": 0.001,
    "black_hole_after": 0.004,
    "early": 0.05,
    "twice": 0.1,
    "sent_seconds": 0.3,
    "receipt_seconds": 4.0,
    "late": 0.02,
    "late_seconds": 15.0,
    "silent": 0.0,
}
"""A carrier on a bad day; shares are of requests."""
CALM: dict[str, Any] = {
    **dict.fromkeys(CARRIER, 0.0),
    "unauthorised": 0.0,
    "reset": 0.0,
    "sent_seconds": 0.1,
    "receipt_seconds": 0.5,
    "late_seconds": 1.0,
    "refused": 0.0,
    "per_second": 0,
    "callbacks": True,
}
_LONGEST_WAIT = 12.0
_SHORTEST_WAIT = 0.05
_SHORT, _LONG = 0.05, 3.0
"""Seconds of the shortest freeze, and leases of the longest."""
_LOCKED_SECONDS = 4.0
_ALONE = 0.5

_WEIGHTS = {
    "pool process": 46,
    "worker": 22,
    "web": 8,
    "broker": 8,
    "beat": 4,
    "database": 4,
}
"""How often each is killed; the rest are faults that kill nothing."""
_OTHERS = {"flush": 3, "replay": 5, "credentials": 1}


@dataclass(slots=True)
class Storm:
    """One campaign under fire; ``seed`` repeats the choices, not their moments."""

    stand: Stand
    office: Office
    seed: int
    freezes: bool = False
    resend: bool = False
    frozen: list[float] = field(default_factory=list)
    """How long each freeze was meant to last, in seconds."""
    faults: dict[str, int] = field(default_factory=dict)
    ended: float = 0.0
    say: Callable[[str], None] = lambda _: None
    _draw: random.Random = field(default_factory=random.Random)
    _asleep: dict[str, float] = field(default_factory=dict)
    _alone: list[tuple[psutil.Process, float]] = field(default_factory=list)

    def play(self, messages: int, kills: int) -> int:
        """Send ``messages`` while ``kills`` processes die; the campaign's id.

        The kills are spread over the sending: each waits until another share of the
        messages has left the queue. ``ended`` is the moment of the last fault.
        """
        self._draw = random.Random(self.seed)  # noqa: S311  # nosec B311  # repeats
        village = self.office.settle(messages)
        self.stand.behave(**{**CALM, **CARRIER})
        rule = Rule(villages=(village,))
        campaign = self.office.release(rule, resend_absent=self.resend)
        self.stand.until(lambda: self._asked(self.office.launched, campaign), 120)
        done = 0
        while done < kills:
            self._until_left(campaign, messages * (done + 1) // (kills + 1))
            done += self._strike()
            if done and not done % 50:
                self.say(f"{done} / {kills}")
        self._wake(everybody=True)
        self.ended = time.monotonic()
        self.stand.until(self.stand.up, 120)
        self.stand.behave(**CALM)
        return campaign

    def _until_left(self, campaign: int, share: int) -> None:
        end = time.monotonic() + _LONGEST_WAIT
        self.stand.wait(_SHORTEST_WAIT * self._draw.random())
        while time.monotonic() < end:
            self._wake()
            states = self._asked(self.office.states, campaign)
            if states and sum(states.values()) - states[MessageState.QUEUED] >= share:
                return
            self.stand.wait(_SHORTEST_WAIT)

    def _asked(self, question: Callable[[int], Any], campaign: int) -> Any:  # noqa: ANN401
        # The database may be the victim of the moment.
        with suppress(SQLAlchemyError):
            return question(campaign)
        return None

    def _strike(self) -> int:
        """One fault; returns how many kills it counts for."""
        weights = {**_WEIGHTS, **_OTHERS, **({"freeze": 10} if self.freezes else {})}
        (what,) = self._draw.choices(list(weights), list(weights.values()))
        if what not in _WEIGHTS:
            self.faults[what] = self.faults.get(what, 0) + 1
            self._trouble(what)
            return 0
        worker = self._draw.choice(self.stand.workers)
        if what == "pool process":
            return self.stand.kill_one_of(worker)
        beat = self._draw.choice(("beat1", "beat2"))
        self.stand.kill({"worker": worker, "beat": beat}.get(what, what))
        return 1

    def _trouble(self, what: str) -> None:
        if what == "flush":
            self.stand.forget_queue()
        elif what == "replay":
            with suppress(httpx.HTTPError):
                replaying.replay(self.stand.settings, self._draw, 40)
        elif what == "credentials":
            self.stand.behave(unauthorised=1.0)
            self.stand.wait(_LOCKED_SECONDS)
            self.stand.behave(unauthorised=0.0)
        else:
            self._freeze()

    def _freeze(self) -> None:
        """Freeze one for a moment or for leases; one of a pool sleeps by itself."""
        names = [*self.stand.workers, "web", "broker", "simulator", "beat1", "beat2"]
        awake = [name for name in names if name not in self._asleep]
        longest = math.log(_LONG * self.stand.settings.lease_seconds / _SHORT)
        seconds = _SHORT * math.exp(self._draw.uniform(0, longest))
        until = time.monotonic() + seconds
        self.frozen.append(round(seconds, 2))
        pool = self.stand.pool(self._draw.choice(self.stand.workers))
        if (pool and self._draw.random() < _ALONE) or not awake:
            for process in pool[-1:]:
                with suppress(psutil.NoSuchProcess):
                    process.suspend()
                    self._alone.append((process, until))
            return
        name = self._draw.choice(awake)
        self.stand.held.add(name)
        self.stand.tell(name, signal.SIGSTOP)
        self._asleep[name] = until

    def _wake(self, *, everybody: bool = False) -> None:
        now = time.monotonic()
        for name, until in list(self._asleep.items()):
            if everybody or now > until:
                del self._asleep[name]
                self.stand.tell(name, signal.SIGCONT)
                self.stand.held.discard(name)
        for process, until in list(self._alone):
            if everybody or now > until:
                self._alone.remove((process, until))
                with suppress(psutil.NoSuchProcess):
                    process.resume()
