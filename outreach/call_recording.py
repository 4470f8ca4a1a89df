"""What a campaign's calls play: one clip a township, and then the calls are due."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from audio import Script
from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery import call_clips
from campaigns.planning.models import Campaign
from campaigns.register.models import Place, Unit
from campaigns.vocabulary import Channel
from outreach.recording import clip_of, for_calls, script_of, went_well
from outreach.wiring import Wiring


def record_calls(wiring: Wiring, campaign_id: int) -> bool:
    """Record for a launched campaign that calls; False where nothing is to do.

    Clips are found by their fingerprint, so that going on after a crash makes nothing
    twice. A text that cannot be recorded leaves its sentence on the campaign.
    """
    scripts = _scripts(wiring, campaign_id)
    if scripts is None:
        return False
    return went_well(wiring, campaign_id, lambda: _record(wiring, campaign_id, scripts))


def _record(wiring: Wiring, campaign_id: int, scripts: Mapping[str, Script]) -> None:
    clips = {
        township: clip_of(wiring, script).fingerprint
        for township, script in scripts.items()
    }
    with wiring.database.writing() as session:
        call_clips.attach(session, campaign_id, clips, wiring.clock())


def _scripts(wiring: Wiring, campaign_id: int) -> dict[str, Script] | None:
    deep = joinedload(Campaign.version).joinedload(BulletinVersion.bulletin)
    with wiring.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id, options=[deep])
        waits = campaign.launched_at and not campaign.calls_ready_at
        if not waits or Channel.VOICE not in campaign.channels:
            return None
        unit = session.scalars(select(Unit)).one()
        codes = call_clips.wanted(session, campaign_id)
        names = dict(
            session.execute(
                select(Place.code, Place.name).where(Place.code.in_(codes))
            ).all()
        )
        return {
            code: for_calls(
                script_of(
                    session,
                    campaign.version,
                    unit,
                    names.get(code, ""),
                    pace=wiring.settings.pace,
                )
            )
            for code in codes
        }
