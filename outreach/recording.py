"""From a campaign's spoken text to one clip a township and one pack a village.

Clips are found by the fingerprint of what is to be said, so that doing this twice,
or going on after a crash, makes nothing twice.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audio import AudioError, Clip, Script, Studio
from audio.pack import PackItem, pack
from campaigns.bulletins import pronunciations
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.wording import fill, values_for
from campaigns.errors import CampaignError
from campaigns.fieldwork import announcements
from campaigns.fieldwork.alerting import alert
from campaigns.fieldwork.models import Announcement
from campaigns.planning.foreign import ROUTES, refusal
from campaigns.planning.models import Campaign
from campaigns.register import practice
from campaigns.register.models import Place, Unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import Channel, Urgency
from outreach.disk import demand_room
from outreach.settings import Settings
from outreach.wiring import Wiring

RECORDED = "recorded"
HOME_VOICE = "kokoro"
_REPEATS = {Urgency.TIP: 2, Urgency.MUST_REACH: 2, Urgency.EMERGENCY: 3}
_PRESS = "听清楚了，请按数字键一。"
"""Ends what a call plays: a key is the proof that a person has heard it."""
_SLOTS = {Urgency.EMERGENCY: ()}
USUAL_SLOTS = ("07:30", "11:50", "18:30")
_log = logging.getLogger(__name__)


def open_studio(settings: Settings, closed: Collection[str] = ()) -> Studio:
    """The studio over this service's media folder, with the voices of the settings.

    Those that are ``closed`` do not help out.
    """
    voices = (name.strip() for name in settings.voice_order.split(","))
    speaking = tuple(name for name in voices if name not in closed)
    return Studio(settings.media_dir, speaking, threads=settings.voice_threads)


def clip_of(wiring: Wiring, script: Script) -> Clip:
    """The script's clip; words go to a voice abroad only while that is approved.

    What is practised stays at home in any case. Raises NotReady where the script's own
    voice is not approved, and as ``Studio.record``.
    """
    if found := wiring.studio.find(script.fingerprint()):
        return found
    with wiring.database.reading() as session:
        refusals = {name: refusal(session, name) for name in ROUTES}
        practised = practice.since(session) is not None
    if why := refusals.get(script.voice):
        raise why
    closed = [name for name, refused in refusals.items() if refused or practised]
    return open_studio(wiring.settings, closed).record(script)


def script_of(
    session: Session,
    version: BulletinVersion,
    unit: Unit,
    township: str,
    *,
    pace: float = 0.85,
) -> Script:
    """What is said in ``township`` (a name). Raises Refused for a missing value.

    A preview and a campaign's clip come from the same words and settings: whoever
    listened before issue has heard the very clip that is played.
    """
    text = fill(version.spoken_text, values_for(version, unit, township))
    own = version.recording or ""
    practised = unit.practice_since is not None
    voice = HOME_VOICE if practised and version.voice in ROUTES else version.voice
    title = version.bulletin.title
    return Script(
        text=text,
        voice=RECORDED if own else voice,
        pace=pace,
        chime="none" if version.urgency == Urgency.EMERGENCY else "soft",
        repeats=_REPEATS[version.urgency],
        title=f"{title}{practice.MARK}" if practised else title,
        recording=own,
        readings=pronunciations.used_in(session, text),
    )


def for_calls(script: Script) -> Script:
    """The same words for a telephone: once, because the call plays them twice.

    A person's own recording says only what they said.
    """
    text = script.text if script.recording else f"{script.text}{_PRESS}"
    return replace(script, text=text, profile="phone", repeats=1)


def record_campaign(wiring: Wiring, campaign_id: int) -> bool:
    """Record, pack and alert for a launched campaign; False where nothing is to do.

    A text that cannot be recorded leaves its sentence in ``recording_error``.
    """
    with wiring.database.reading() as session:
        work = _Work.of(session, campaign_id)
    if work is None:
        return False
    return went_well(wiring, campaign_id, lambda: _record_all(wiring, work))


class _Work:
    """A campaign's words, and by township the villages that wait for a clip."""

    def __init__(
        self, campaign: Campaign, unit: Unit, names: Mapping[str, str]
    ) -> None:
        self.campaign = campaign
        self.version = campaign.version
        self.unit = unit
        self.names = names
        self.villages: dict[str, list[str]] = defaultdict(list)

    @classmethod
    def of(cls, session: Session, campaign_id: int) -> _Work | None:
        """Read a campaign that waits for its clips; None for any other."""
        deep = joinedload(Campaign.version).joinedload(BulletinVersion.bulletin)
        campaign = session.get_one(Campaign, campaign_id, options=[deep])
        waits = campaign.launched_at and not campaign.recorded_at
        if not waits or Channel.LOUDSPEAKER not in campaign.channels:
            return None
        names = dict(session.execute(select(Place.code, Place.name)).all())
        work = cls(campaign, session.scalars(select(Unit)).one(), names)
        due = select(Announcement.township, Announcement.village).where(
            Announcement.campaign_id == campaign_id,
            Announcement.clip.is_(None),
            Announcement.withdrawn_at.is_(None),
        )
        for township, village in session.execute(due.order_by(Announcement.village)):
            work.villages[township].append(village)
        return work

    def item(self, clip: Clip, script: Script) -> PackItem:
        """The clip as a pack lists it."""
        slots = _SLOTS.get(self.campaign.urgency, USUAL_SLOTS)
        return PackItem(
            path=clip.path,
            title=script.title,
            number=self.version.issue_number or f"T{self.version.id}",
            seconds=clip.seconds,
            repeats=script.repeats,
            slots=slots,
            text=script.text,
            source=self.version.source,
        )


def _record_all(wiring: Wiring, work: _Work) -> None:
    with wiring.database.reading() as session:
        scripts = {
            township: script_of(
                session,
                work.version,
                work.unit,
                work.names.get(township, ""),
                pace=wiring.settings.pace,
            )
            for township in sorted(work.villages)
        }
    for township, script in scripts.items():
        clip = clip_of(wiring, script)
        packs = _pack_villages(wiring, work, township, work.item(clip, script))
        # Together: after a crash a township either has all of it or is done again.
        with wiring.database.writing() as session:
            now, key = wiring.clock(), work.campaign.id
            told = facts(clip)
            announcements.attach_clip(
                session, key, township, clip.fingerprint, told, now
            )
            for village, pack_name in packs.items():
                announcements.attach_pack(session, key, village, pack_name)
            alert(session, key, now)


def facts(clip: Clip) -> dict[str, object]:
    """What the register of announcements keeps about a clip."""
    file = clip.files[0]
    return {
        "seconds": clip.seconds,
        "lufs": clip.lufs,
        "true_peak_dbtp": clip.true_peak_dbtp,
        "sha256": file.sha256,
        "bytes": file.bytes,
    }


def _pack_villages(
    wiring: Wiring, work: _Work, township: str, item: PackItem
) -> dict[str, str]:
    folder = wiring.settings.media_dir / "packs" / str(work.campaign.id)
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, str] = {}
    for village in work.villages[township]:
        path = pack(
            work.names.get(village, village),
            work.names.get(township, township),
            [item],
            folder / f"{village}.zip",
            day=day_of(wiring.clock()),
            valid_until=work.version.valid_until,
            office=work.unit.name,
        )
        made[village] = str(Path(str(work.campaign.id)) / path.name)
    return made


def went_well(wiring: Wiring, campaign_id: int, work: Callable[[], None]) -> bool:
    """Whether ``work`` went well; else the campaign keeps the sentence of why not."""
    try:
        demand_room(wiring.settings.data_dir)
        work()
    except (AudioError, CampaignError) as error:
        _log.warning("campaign %s cannot be recorded: %s", campaign_id, error)
        with wiring.database.writing() as session:
            session.get_one(Campaign, campaign_id).recording_error = str(error)
        return False
    return True
