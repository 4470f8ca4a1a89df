"""What the demonstration's two people do: issue a text, and let a campaign go."""

from __future__ import annotations

from datetime import timedelta

from campaigns.audience import segments
from campaigns.bulletins import drafting, library, review
from campaigns.planning import lifecycle
from outreach.tasks.launching import launch
from outreach.wiring import Wiring

_TEXT = "T01"
_SEND_WITHIN = timedelta(hours=8)
_VALID = timedelta(days=120)


def issue_bulletin(wiring: Wiring, writer: int, second: int) -> int:
    """One person fills in a text of the library, another issues it; its version's id."""
    now = wiring.clock()
    with wiring.database.writing() as session:
        made = library.start_from_library(session, _TEXT, by=writer, now=now)
        version = drafting.save_draft(
            session,
            made.bulletin_id,
            {
                "source": "县疾控中心通知〔2026〕12号",
                "valid_until": (now + _VALID).date(),
            },
            by=writer,
            now=now,
        )
        version = review.send_for_review(session, version.id, by=writer, now=now)
        seen = version.content_hash
        review.confirm_heard(session, version.id, "县残联负责人", by=second, now=now)
        review.issue(session, version.id, by=second, seen=seen, now=now)
        return version.id


def release_campaign(wiring: Wiring, version: int, writer: int, second: int) -> int:
    """One person drafts and submits a campaign to everybody, another releases it."""
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
        lifecycle.release(
            session,
            campaign.id,
            by=second,
            content_hash=campaign.content_hash,
            now=wiring.clock(),
        )
    launch.delay(campaign.id)
    return campaign.id
