"""An office to measure: 35,000 people and 50 campaigns on the embedded default."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from sqlalchemy import func, select

from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.bulletins import library
from campaigns.delivery import launching
from campaigns.fieldwork import announcements, visits
from campaigns.planning import drafting
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.reporting.daily import periods
from campaigns.vocabulary import BulletinState, CampaignState, Level, Urgency
from outreach.demo import county
from outreach.demo.measuring import Stopwatch
from outreach.demo.taking_in import take_in_roster
from outreach.migrating import migrate
from outreach.wiring import Wiring, build

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outreach.demo.county import SignIn
    from outreach.settings import Settings

_TEXT = "T01"
_WHOLE_COUNTY = 10
"""Every tenth campaign goes to everybody, the others to one township."""


def make(settings: Settings, members: int, campaigns: int) -> list[SignIn]:
    """Fill the folder of ``settings``; return the accounts with their passwords.

    The campaigns are launched by the product's own statements; nothing carries them.
    """
    migrate(settings)
    wiring = build(settings)
    with wiring.database.writing() as session:
        staff = county.make(session, settings.demo_county, wiring.clock())
    writer, second = staff[0].user_id, staff[1].user_id
    quiet = Console(quiet=True)
    take_in_roster(wiring, members, writer, second, Stopwatch(), quiet)
    with wiring.database.writing() as session:
        version = _issued(session, writer, second, wiring.clock())
        townships = _townships(session, writer, wiring.clock())
    for number in range(campaigns):
        everybody = number % _WHOLE_COUNTY == 0
        segment = townships[0 if everybody else 1 + number % (len(townships) - 1)]
        _launch(wiring, number, version, segment, writer)
    _owe_visits(wiring, writer)
    return staff


def _owe_visits(wiring: Wiring, writer: int) -> None:
    """A response period over all campaigns; the first must reach everybody."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        begun = session.scalars(select(func.min(Campaign.launched_at))).one()
        periods.open_period(session, "抗寒保暖", by=writer, now=begun or now)
        session.get_one(Campaign, 1).urgency = Urgency.MUST_REACH
        session.flush()
        while visits.open_visits(session, now):
            session.flush()


def _issued(session: Session, writer: int, second: int, now: datetime) -> int:
    version = library.start_from_library(session, _TEXT, by=writer, now=now)
    version.state, version.issue_number = BulletinState.ISSUED, "2026-001"
    version.issued_by, version.issued_at = second, now
    version.valid_until = (now + timedelta(days=120)).date()
    session.flush()
    return version.id


def _townships(session: Session, writer: int, now: datetime) -> list[int]:
    """Everybody's segment, then one for each township."""
    found = [segments.list_segments(session)[0].id]
    places = select(Place).where(Place.level == Level.TOWNSHIP).order_by(Place.code)
    for place in session.scalars(places):
        rule = Rule(townships=(place.code,))
        saved = segments.save_segment(
            session, name=place.name, rule=rule, by=writer, now=now
        )
        found.append(saved.id)
    return found


def _launch(
    wiring: Wiring, number: int, version: int, segment: int, writer: int
) -> None:
    now = wiring.clock()
    with wiring.database.writing() as session:
        campaign = drafting.draft_campaign(
            session,
            name=f"任务 {number + 1}",
            version_id=version,
            segment_id=segment,
            channels=["sms", "loudspeaker"],
            provider="simulator",
            send_before=now + timedelta(hours=8),
            by=writer,
            now=now,
        )
        campaign.rule = segments.get_segment(session, segment).rule
        campaign.status, campaign.due_at = CampaignState.APPROVED, now
        session.flush()
        launching.launch(session, campaign.id, now)
        announcements.prepare(session, campaign.id, now)
