"""A provider's line: a shared rate, its back-off and its breaker, in one row.

The rate is a generic cell rate algorithm: ``free_at`` is when the line has carried
all that was taken from it. Tokens are taken before messages are claimed, so that
nothing waits for its turn in a state that pause and refusal no longer reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaigns.delivery.models import Line
from campaigns.orm import insert, table_of

_AHEAD = timedelta(milliseconds=250)
_SECOND = 1_000_000
_STEEPEST = 64
_FADES_AFTER = timedelta(seconds=30)
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=15)
_MOST_DOUBLINGS = 6
_MISSES = 5
"""After so many messages in a row without an answer the breaker opens."""
_TRYING = timedelta(seconds=30)
"""How long nobody else tries while one message tries a line that had failed."""


_line = table_of(Line)
_l = _line.c
_READ = select(_line).where(_l.provider == bindparam("provider")).with_for_update()
_TAKE = (
    update(_line)
    .where(_l.provider == bindparam("name"))
    .values(
        free_at=bindparam("free"),
        gap_us=bindparam("gap"),
        open_until=bindparam("until"),
    )
)


@dataclass(frozen=True, slots=True)
class Turn:
    """How many messages may go now; with none, how many seconds to wait.

    ``failed`` says that the breaker opened and nothing has succeeded since: without a
    turn another provider may help out, and with one it is a trial. A trial is of one
    message, because what it does not answer is in doubt. ``doubted`` says that the
    last messages had no answer, ``heard`` that since this turn was taken the provider
    has answered others.
    """

    messages: int
    wait: float = 0.0
    failed: bool = False
    doubted: bool = False
    heard: bool = False


def take(session: Session, provider: str, want: int, rate: int, now: datetime) -> Turn:
    """Take up to ``want`` tokens from a line that carries ``rate`` a second."""
    line: Any = session.execute(_READ, {"provider": provider}).one_or_none()
    if line is None:
        line = _locked(session, provider, rate, now)
    if line.open_until and line.open_until > now:
        wait = (line.open_until - now).total_seconds()
        return Turn(0, wait, failed=line.failures > 0)
    gap_us = max(1, _SECOND // rate)
    gap = timedelta(microseconds=gap_us * _penalty(line, now))
    start = max(line.free_at, now)
    trial = line.failures > 0
    messages = min(1 if trial else want, (now + max(_AHEAD, gap) - start) // gap)
    if messages < 1:
        return Turn(0, max(0.005, (start - now - _AHEAD + gap).total_seconds()))
    session.execute(
        _TAKE,
        {
            "name": provider,
            "free": start + messages * gap,
            "gap": gap_us,
            "until": now + _TRYING if trial else line.open_until,
        },
    )
    return Turn(messages, failed=trial, doubted=line.missed > 0)


def slow_down(
    session: Session, provider: str, now: datetime, *, retry_after: float | None = None
) -> None:
    """Halve the rate after a throttle; wait for ``retry_after`` seconds if told to."""
    line = _locked(session, provider, 1, now)
    line.penalty = min(_STEEPEST, _penalty(line, now) * 2)
    line.slowed_at = now
    if retry_after:
        wait = min(timedelta(seconds=retry_after), _LONGEST_PAUSE)
        line.open_until = max(line.open_until or now, now + wait)
    session.flush()


def open_breaker(
    session: Session, provider: str, now: datetime, *, trial: bool = False
) -> None:
    """Stop the line after a fault of account, credentials or carrier.

    The pause doubles from 15 seconds to 15 minutes with each ``trial`` that fails.
    What else was under way when the breaker opened fails for the same reason, and
    each lane of each process would double the pause once more.
    """
    line = _locked(session, provider, 1, now)
    if line.failures and not trial:
        return
    pause = _FIRST_PAUSE * 2 ** min(line.failures, _MOST_DOUBLINGS)
    line.failures, line.missed = line.failures + 1, 0
    line.open_until = now + min(pause, _LONGEST_PAUSE)
    session.flush()


def miss(
    session: Session,
    provider: str,
    messages: int,
    now: datetime,
    *,
    trial: bool = False,
) -> None:
    """Count ``messages`` in a row without an answer; many open the breaker.

    The line is unreachable, or takes messages and says nothing: those stay in doubt,
    and the next ones must not join them.
    """
    line = _locked(session, provider, 1, now)
    line.missed += messages
    if line.missed >= _MISSES or trial:
        open_breaker(session, provider, now, trial=trial)
    session.flush()


def close_breaker(session: Session, provider: str) -> None:
    """Forget the failures after an answer."""
    line = session.get(Line, provider)
    if line and (line.failures or line.missed):
        if line.failures:
            line.open_until = None
        line.failures = line.missed = 0
        session.flush()


def _penalty(line: Any, now: datetime) -> int:  # noqa: ANN401 - a row, or a Line
    if line.slowed_at is None:
        return 1
    faded = int((now - line.slowed_at) / _FADES_AFTER)
    penalty: int = line.penalty >> min(faded, 7)
    return max(1, penalty)


def _locked(session: Session, provider: str, rate: int, now: datetime) -> Line:
    found = session.scalar(
        select(Line)
        .where(Line.provider == provider)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found:
        return found
    fresh = {
        "provider": provider,
        "free_at": now,
        "gap_us": max(1, _SECOND // rate),
        "penalty": 1,
        "failures": 0,
        "missed": 0,
    }
    session.execute(insert(session, Line).values(fresh).on_conflict_do_nothing())
    return _locked(session, provider, rate, now)
