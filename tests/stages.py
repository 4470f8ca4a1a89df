"""Campaigns at each stage of their life, for tests of pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import factories
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audio.script import Script
from campaigns.audience import segments
from campaigns.audience.models import Segment
from campaigns.bulletins.drafting import content_hash
from campaigns.delivery import launching, tally
from campaigns.delivery.models import Message
from campaigns.delivery.people import settle
from campaigns.fieldwork import announcements
from campaigns.fieldwork.models import Announcement
from campaigns.planning.models import Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import Category, MessageState
from outreach.accounts import find_user
from outreach.recording import facts
from outreach.wiring import Wiring

_ARRIVED = MessageState.DELIVERED
SPOKEN = "各位乡亲，大家好。这几天天气很热，请大家多喝水，少出门。谢谢大家。"


def people(session: Session, n: int = 12) -> None:
    """People of every category in two townships; every fourth has no phone."""
    places = [
        ("510522112", "510522112201"),
        ("510522112", "510522112202"),
        ("510522102", "510522102201"),
    ]
    for at in range(n):
        township, village = places[at % 3]
        more = {} if at % 4 else {"phone": None}
        factories.member(
            session,
            category=list(Category)[at % 7],
            township=township,
            village=village,
            **more,
        )


def version(session: Session, **given):
    """An issued text in three forms, written by xian and issued by shenpi."""
    writer, issuer = (find_user(session, name).id for name in ("xian", "shenpi"))
    made = factories.version(
        session,
        spoken_text=given.pop("spoken_text", SPOKEN),
        written_by=writer,
        writers=[writer],
        issued_by=issuer,
        heard_by="李老师",
        **given,
    )
    made.content_hash = content_hash(made)
    session.flush()
    return made


def campaign_form(session: Session) -> dict[str, object]:
    """What somebody fills in to tell everybody an issued text; an hour to take back."""
    people(session)
    made = version(session, valid_until=FAR)
    segments.make_standard_segments(session, factories.NOW)
    session.execute(update(Unit).values(hold_seconds=3600))
    named = Segment.name == "全县在册人员"
    return {
        "version_id": made.id,
        "segment_id": session.scalar(select(Segment.id).where(named)),
        "channels": ["sms", "loudspeaker"],
        "provider": "simulator",
        "when": "now",
        "name": "高温提醒",
    }


def launched(session: Session, **given) -> Campaign:
    """A campaign that has begun: everybody has a row, every village is prepared."""
    moment = datetime.now(UTC)
    found = segments.make_standard_segments(session, moment)
    facts_ = {
        "version_id": version(session).id,
        "segment_id": found[0].id,
        "channels": ["sms", "loudspeaker"],
        "due_at": moment - timedelta(minutes=1),
        "send_before": moment + timedelta(hours=8),
        "made_by": find_user(session, "xian").id,
        "approved_by": find_user(session, "shenpi").id,
    }
    campaign = factories.campaign(session, **{**facts_, **given})
    launching.launch(session, campaign.id, moment)
    announcements.prepare(session, campaign.id, moment)
    return campaign


def delivered(
    session: Session, campaign_id: int, n: int, state: MessageState = _ARRIVED
) -> None:
    """The first ``n`` texts that wait arrive, or come to ``state``."""
    rows = select(Message).where(
        Message.campaign_id == campaign_id, Message.state == MessageState.QUEUED
    )
    for message in session.scalars(rows.order_by(Message.id).limit(n)):
        message.was, message.state = message.state, int(state)
        message.parts, message.provider = 1, "simulator"
        message.submitted_at = message.accepted_at = datetime.now(UTC)
        message.finished_at = datetime.now(UTC)
        session.flush()
        settle(session, session.execute(_moved(message.id)).all())


def _moved(message_id: int):
    return select(*tally.MOVED).where(Message.id == message_id)


def recorded(wiring: Wiring, campaign_id: int) -> None:
    """Every village gets a clip, spoken by the tone that stands for a voice."""
    clip = wiring.studio.record(Script(text=SPOKEN, voice="tone", title="高温防暑"))
    with wiring.database.writing() as session:
        towns = select(Announcement.township).distinct()
        for township in session.scalars(towns):
            announcements.attach_clip(
                session,
                campaign_id,
                township,
                clip.fingerprint,
                facts(clip),
                datetime.now(UTC),
            )


FAR = date(2099, 12, 31)
