"""What the demonstration's two people do: issue a text, and let a campaign go."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.bulletins import drafting, library, review
from campaigns.planning import lifecycle
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Level, Urgency
from outreach import previews
from outreach.demo.county import deed
from outreach.recording import for_calls, script_of
from outreach.tasks.recording import record_preview
from outreach.wiring import Wiring

_TEXT = "T01"
_SEND_WITHIN = timedelta(hours=8)
_VALID = timedelta(days=120)


def write_bulletin(wiring: Wiring, writer: int) -> int:
    """One person fills in a text of the library and has its sound made; its id."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        made = library.start_from_library(session, _TEXT, by=writer, now=now)
        version = drafting.save_draft(
            session,
            made.bulletin_id,
            {
                # Whoever it does not reach is visited: that is shown as well.
                "urgency": Urgency.MUST_REACH,
                "source": "县疾控中心通知〔2026〕12号",
                "valid_until": (now + _VALID).date(),
                "voice": wiring.settings.voice,
            },
            by=writer,
            now=now,
        )
        review.send_for_review(session, version.id, by=writer, now=now)
        deed(session, "send_for_review", f"bulletin:{made.bulletin_id}", writer, now)
        township = _township(session)
    for calls in (False, True):
        record_preview.delay(version.id, township, calls)
    return version.id


def sounds(wiring: Wiring, version_id: int) -> list[previews.Preview]:
    """How far the clips are that the second person listens to: villages', calls'."""
    with wiring.database.reading() as session:
        version = drafting.get_version(session, version_id)
        place = session.get_one(Place, _township(session))
        unit, pace = current_unit(session), wiring.settings.pace
        script = script_of(session, version, unit, place.name, pace=pace)
    folder, now = wiring.settings.media_dir, wiring.clock()
    both = (script, for_calls(script))
    return [previews.status(folder, each.fingerprint(), now) for each in both]


def _township(session: Session) -> str:
    places = select(Place.code).where(Place.level == Level.TOWNSHIP)
    return session.scalars(places.order_by(Place.code)).first() or ""


def issue_bulletin(wiring: Wiring, version_id: int, second: int) -> None:
    """Another person confirms what was heard, and issues the text."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        review.confirm_heard(session, version_id, "县残联负责人", by=second, now=now)
        seen = drafting.get_version(session, version_id).content_hash
        issued = review.issue(session, version_id, by=second, seen=seen, now=now)
        deed(session, "issue_bulletin", f"bulletin:{issued.bulletin_id}", second, now)


def release_campaign(wiring: Wiring, version: int, writer: int, second: int) -> int:
    """One person drafts and submits a campaign to everybody, another releases it.

    Nobody nudges: the workers' tick finds it when its hold is over.
    """
    now = wiring.clock()
    with wiring.database.writing() as session:
        everybody = segments.list_segments(session)[0]
        campaign = lifecycle.draft_campaign(
            session,
            name="感冒和流感提示",
            version_id=version,
            segment_id=everybody.id,
            channels=["sms", "loudspeaker"],
            provider="simulator",
            starts_at=None,
            send_before=now + _SEND_WITHIN,
            by=writer,
            now=now,
        )
        lifecycle.submit(session, campaign.id, by=writer, now=now)
        deed(session, "submit_campaign", f"campaign:{campaign.id}", writer, now)
        lifecycle.release(
            session,
            campaign.id,
            by=second,
            content_hash=campaign.content_hash,
            now=wiring.clock(),
        )
        deed(session, "release_campaign", f"campaign:{campaign.id}", second, now)
        return campaign.id
