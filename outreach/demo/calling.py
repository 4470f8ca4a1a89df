"""The demonstration's calls: the same text, told by ear to some who see badly."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.bulletins import review
from campaigns.planning import lifecycle
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Category, Level
from outreach.demo.county import deed
from outreach.demo.proof import prove
from outreach.simulator.asking import summary
from outreach.wiring import Wiring

_TOWNSHIPS = 5
"""A few hundred people: enough to see how calls end."""
_MILD = (3, 4)
_SEND_WITHIN = timedelta(hours=8)
_OPEN = ("queued", "submitting", "in_doubt")


def release_calls(wiring: Wiring, version: int, writer: int, second: int) -> int:
    """One person plans the calls; another has listened to them, and releases them."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        review.confirm_call_heard(session, version, "县残联负责人", by=second, now=now)
        campaign = lifecycle.draft_campaign(
            session,
            name="感冒和流感提示（打电话）",
            version_id=version,
            segment_id=_by_ear(session, writer, now),
            channels=["sms", "voice"],
            provider="simulator",
            send_before=now + _SEND_WITHIN,
            by=writer,
            now=now,
        )
        lifecycle.submit(session, campaign.id, by=writer, now=now)
        deed(session, "submit_campaign", f"campaign:{campaign.id}", writer, now)
        seen, now = campaign.content_hash, wiring.clock()
        lifecycle.release(session, campaign.id, by=second, content_hash=seen, now=now)
        deed(session, "release_campaign", f"campaign:{campaign.id}", second, now)
        return campaign.id


def settled(session: Session, campaign: int) -> bool:
    """Whether every call was placed, or will not be."""
    seen = campaign_statistics(session, campaign)
    lines = seen.messages, seen.copies, seen.calls
    ready = session.get_one(Campaign, campaign).calls_ready_at
    return bool(ready) and not any(line.get(s) for line in lines for s in _OPEN)


def told(wiring: Wiring, campaign: int) -> dict[str, Any]:
    """What the calls came to; ``proof`` compares them with the carrier's ledger.

    ``sounds`` are the clips that the carrier fetched, by HTTP status.
    """
    with wiring.database.reading() as session:
        seen = campaign_statistics(session, campaign)
        proof = prove(session, campaign, wiring.settings, wiring.signer)
    return {
        "audience": seen.audience,
        "texts": seen.delivered,
        "states": dict(seen.calls),
        "placed": seen.called,
        "answered": seen.answered,
        "pressed": seen.pressed,
        "sounds": summary(wiring.settings)["sounds"],
        "proof": {**asdict(proof), "holds": proof.holds},
    }


def _by_ear(session: Session, by: int, now: datetime) -> int:
    places = select(Place.code).where(Place.level == Level.TOWNSHIP)
    some = session.scalars(places.order_by(Place.code).limit(_TOWNSHIPS)).all()
    rule = Rule(
        categories=(Category.VISUAL,),
        grades=_MILD,
        townships=tuple(some),
        living_alone=False,
    )
    name = "视力残疾人（五个乡镇）"
    return segments.save_segment(session, name=name, rule=rule, by=by, now=now).id
