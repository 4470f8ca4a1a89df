"""Whose page a village's link opens, and what it says where it opens nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy.orm import Session

from campaigns.errors import CampaignError, NotFound, mark
from campaigns.fieldwork import deeds, village_pages
from campaigns.fieldwork.village_pages import Card
from campaigns.register.models import Place
from campaigns.register.place_names import spoken
from campaigns.shanghai import day_of
from outreach.web import village_link
from outreach.web.errors import status_of
from outreach.web.gate import now, reading, wired
from outreach.web.languages import sentence


@dataclass(frozen=True, slots=True)
class Where:
    """A village by its names as people say them."""

    code: str
    name: str
    township: str


def where(session: Session, token: str) -> Where:
    """The village of a link. Raises NotFound for a forged one, NotReady for a late."""
    today = day_of(now())
    code = village_link.read(token, wired().signer, today)
    place = _named(session, code)
    if place is None:
        raise NotFound(mark("没有这个网址。请核对，或向镇残联要新的二维码。"))
    return place


def card(token: str, announcement_id: int) -> tuple[Where, Card]:
    """The village and one of its announcements. Raises NotFound for another's."""
    with reading() as session:
        place = where(session, token)
        deeds.get_announcement(session, announcement_id, place.code)
        cards = village_pages.for_village(session, place.code, now())
    found = next((each for each in cards if each.id == announcement_id), None)
    if found is None:
        raise NotFound(mark("这条广播过期了，不用再播。"))
    return place, found


def closed(error: CampaignError) -> tuple[str, int]:
    """What stands in the way, on a page of its kind, and whom to ask for a new code."""
    token = (request.view_args or {}).get("token", "")
    late = village_link.ended(token, wired().signer, day_of(now()))
    with reading() as session:
        place = _named(session, late) if late else None
    page = render_template("village/closed.html", sentence=sentence(error), place=place)
    return page, status_of(error)


def _named(session: Session, code: str) -> Where | None:
    place = session.get(Place, code)
    if place is None:
        return None
    above = session.get(Place, place.parent) if place.parent else None
    return Where(code, spoken(place.name), above.name if above else "")
