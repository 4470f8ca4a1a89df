"""Figures for a monitor, in Prometheus' text form: counts and states, never a person.

Labels are parts, states and channels of our own closed lists; figures come from the
tally, so that asking costs the same at ten million messages as at none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import DutyRow, Tally, TallyDelta
from campaigns.orm import micros
from campaigns.planning.models import Campaign
from campaigns.vocabulary import CampaignState, MessageState
from outreach import condition, disk
from outreach.wiring import Wiring

KIND = "text/plain; version=0.0.4"


def text(wiring: Wiring, session: Session, now: datetime) -> str:
    """All figures of this moment."""
    lines = [
        *_family("part_well", "1 where a part is well.", _parts(wiring, session, now)),
        *_family("messages", "Messages by channel and state.", _messages(session)),
        *_family("campaigns", "Campaigns by state.", _campaigns(session)),
        *_family("disk_free_bytes", "Room left for data.", _room(wiring)),
        *_family("beat_age_seconds", "Since the last sweep.", _beat(session, now)),
    ]
    return "\n".join(lines) + "\n"


def _family(name: str, about: str, found: Iterator[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP outreach_{name} {about}"
    yield f"# TYPE outreach_{name} gauge"
    for labels, value in found:
        yield f"outreach_{name}{labels} {value:g}"


def _parts(
    wiring: Wiring, session: Session, now: datetime
) -> Iterator[tuple[str, float]]:
    for part in condition.parts(wiring, session, now):
        yield f'{{part="{part.name}"}}', float(part.well)


def _messages(session: Session) -> Iterator[tuple[str, float]]:
    found: dict[tuple[str, int], int] = {}
    for table in (Tally, TallyDelta):
        query = select(table.channel, table.state, func.sum(table.n)).group_by(
            table.channel, table.state
        )
        for channel, state, n in session.execute(query):
            key = str(channel), int(state)
            found[key] = found.get(key, 0) + int(n)
    for (channel, state), n in sorted(found.items()):
        name = MessageState(state).name.lower()
        yield f'{{channel="{channel}",state="{name}"}}', n


def _campaigns(session: Session) -> Iterator[tuple[str, float]]:
    query = select(Campaign.status, func.count()).group_by(Campaign.status)
    found = {CampaignState(state): n for state, n in session.execute(query)}
    for state in CampaignState:
        yield f'{{state="{state.value}"}}', found.get(state, 0)


def _room(wiring: Wiring) -> Iterator[tuple[str, float]]:
    yield "", disk.room(wiring.settings.data_dir).free


def _beat(session: Session, now: datetime) -> Iterator[tuple[str, float]]:
    last = session.scalar(select(func.max(DutyRow.next_at)))
    if last is not None:
        yield "", max(0.0, (micros(now) - micros(last)) / 1e6)
