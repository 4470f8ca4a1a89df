"""Telling a village's duty people that there is something to play."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from campaigns.bulletins.templates import lacking
from campaigns.bulletins.wording import SILENT
from campaigns.delivery.launching import add_alerts
from campaigns.errors import Refused
from campaigns.fieldwork import announcements
from campaigns.fieldwork.models import Announcement
from campaigns.planning.lifecycle import get_campaign
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.register.phones import read_phone
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Addressee, AnnouncementState, Urgency

BY_HAND = "portal_file"
"""A portal that people feed: the township tells its villages by telephone."""


@dataclass(frozen=True, slots=True)
class Alerted:
    """How many texts were queued, and the villages that must be told by telephone."""

    queued: int
    without_phone: tuple[str, ...]


def alert(session: Session, campaign_id: int, now: datetime) -> Alerted:
    """Queue a text to each village whose clip is ready and that was not told yet.

    May be repeated, township by township, as clips arrive. An emergency waits for no
    clip: the village can read the text out.
    """
    campaign = get_campaign(session, campaign_id)
    emergency = campaign.urgency is Urgency.EMERGENCY
    waiting = session.execute(
        select(Announcement.id, Announcement.township, Place)
        .join(Place, Place.code == Announcement.village)
        .where(
            Announcement.campaign_id == campaign_id,
            Announcement.state == AnnouncementState.PREPARED,
            true() if emergency else Announcement.clip.is_not(None),
        )
        .order_by(Announcement.village)
    ).all()
    by_hand = campaign.provider == BY_HAND
    found = [
        (key, place.code, township, None if by_hand else duty_phone(place))
        for key, township, place in waiting
    ]
    told = [(village, town, phone) for _, village, town, phone in found if phone]
    queued = add_alerts(session, campaign_id, told, now) if told else 0
    _mark_alerted(session, [key for key, _, _, phone in found if phone], now)
    silent = tuple(village for _, village, _, phone in found if not phone)
    if silent and not by_hand:
        mute = {town for _, _, town, phone in found if not phone}
        queued += tell_leaders(session, campaign, mute, now)
    return Alerted(queued, silent)


def begin(session: Session, campaign_id: int, now: datetime) -> None:
    """Prepare a launched campaign's announcements; an emergency tells villages now."""
    announcements.prepare(session, campaign_id, now)
    if get_campaign(session, campaign_id).urgency is Urgency.EMERGENCY:
        alert(session, campaign_id, now)


def tell_leaders(
    session: Session, campaign: Campaign, townships: Iterable[str], now: datetime
) -> int:
    """Tell who is on call in these townships and in the county of silent villages.

    Only in an emergency, and once a campaign: from then on the board tells. Returns
    how many texts were queued.
    """
    towns = sorted(townships)
    if campaign.urgency is not Urgency.EMERGENCY or not towns:
        return 0
    if list(lacking(session, campaign.provider, SILENT)):
        return 0
    county = current_unit(session).place_code
    here = session.scalars(select(Place).where(Place.code.in_([*towns, county])))
    phones = {place.code: duty_phone(place) for place in here}
    on_call = [(code, code) for code in towns] + [(county, towns[0])]
    told = [
        (code, town, phone) for code, town in on_call if (phone := phones.get(code))
    ]
    leader = Addressee.LEADER
    return add_alerts(session, campaign.id, told, now, addressee=leader)


def duty_phone(place: Place) -> str | None:
    """E.164 mobile of the first duty person who has one; a landline takes no text."""
    for phone in (place.duty_phone, place.second_phone):
        try:
            if phone:
                return read_phone(phone)
        except Refused:
            continue
    return None


def _mark_alerted(session: Session, ids: list[int], now: datetime) -> None:
    session.execute(
        update(Announcement)
        .where(
            Announcement.id.in_(ids), Announcement.state == AnnouncementState.PREPARED
        )
        .values(state=AnnouncementState.ALERTED, alerted_at=now, rung_at=now)
        .execution_options(synchronize_session="fetch")
    )
