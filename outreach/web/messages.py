"""Person by person: the masked list, what is in doubt, and one message's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from campaigns.delivery import doubts as delivery_doubts
from campaigns.delivery import history, looking
from campaigns.delivery.outcomes import owes_visits
from campaigns.fieldwork.doubted import to_be_visited
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.vocabulary import TO_PEOPLE, MessageState, Reason
from outreach import access
from outreach.access import Action
from outreach.accounts import names_of
from outreach.web.campaign_check import found
from outreach.web.delivery import frame
from outreach.web.forms import asked_id
from outreach.web.four_forms import townships
from outreach.web.gate import acting, needs, reading
from outreach.web.languages import shown_word
from outreach.web.trails import STEPS

bp = Blueprint("messages", __name__, url_prefix="/delivery")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty fields do not narrow."""

    channel: str
    state: str
    reason: str
    township: str
    after: int

    @classmethod
    def asked(cls) -> Filters:
        """What the address asks for; anything unknown is left out."""
        states = {str(int(state)) for state in MessageState}
        state, reason = request.args.get("state", ""), request.args.get("reason", "")
        channel = request.args.get("channel", "")
        return cls(
            channel if channel in TO_PEOPLE else "",
            state if state in states else "",
            reason if reason in {*Reason} else "",
            request.args.get("township", ""),
            asked_id("after") or 0,
        )


@bp.get("/<int:campaign_id>/messages")
@needs(Action.LIST_RECIPIENTS)
def people(campaign_id: int) -> str:
    """Everybody of the campaign that this reader may see, fifty at a time."""
    asked = Filters.asked()
    with reading() as session:
        campaign = found(session, campaign_id)
        rows = _rows(session, campaign_id, asked)
        shown = {**frame(campaign, "people"), **_options(session)}
    more = len(rows) > looking.PAGE
    rows = rows[: looking.PAGE]
    following = _page(campaign_id, asked, rows[-1].message_id) if more else ""
    return render_template(
        "delivery/people.html",
        rows=rows,
        asked=asked,
        next=following,
        first=_page(campaign_id, asked, 0) if asked.after else "",
        **shown,
    )


@bp.get("/<int:campaign_id>/doubt")
@needs(Action.LIST_RECIPIENTS)
def doubts(campaign_id: int) -> str:
    """Messages of which nobody knows yet whether they were sent."""
    with reading() as session:
        campaign = found(session, campaign_id)
        rows = looking.people(
            session,
            campaign_id,
            scope=access.scope(acting()),
            state=MessageState.IN_DOUBT,
        )
        wish = delivery_doubts.open_wish(session, campaign_id)
        shown = {
            **frame(campaign, "doubts"),
            **_options(session),
            "stuck": delivery_doubts.stuck(session, campaign_id),
            "wish": wish,
            "visited": to_be_visited(session, campaign_id),
            "visits": owes_visits(campaign),
            "names_of": names_of(session, [wish.asked_by] if wish else []),
        }
    return render_template("delivery/doubts.html", rows=rows, **shown)


@bp.get("/messages/<int:message_id>")
@needs(Action.LIST_RECIPIENTS)
def one(message_id: int) -> str:
    """One message from the list to its last receipt."""
    with reading() as session:
        campaign = found(session, looking.campaign_of(session, message_id))
        row = looking.get_person(session, message_id, access.scope(acting()))
        events = history.history(session, message_id)
        shown = _options(session)
    return render_template(
        "delivery/message.html",
        campaign=campaign,
        row=row,
        events=events,
        steps=STEPS,
        **shown,
    )


def _rows(
    session: Session, campaign_id: int, asked: Filters
) -> list[looking.PersonRow]:
    return looking.people(
        session,
        campaign_id,
        scope=access.scope(acting()),
        state=int(asked.state) if asked.state else None,
        channel=asked.channel,
        reason=asked.reason,
        township=asked.township,
        after=asked.after,
        limit=looking.PAGE + 1,
    )


def _page(campaign_id: int, asked: Filters, after: int) -> str:
    return url_for(
        "messages.people",
        campaign_id=campaign_id,
        channel=asked.channel or None,
        state=asked.state or None,
        reason=asked.reason or None,
        township=asked.township or None,
        after=after or None,
    )


def _options(session: Session) -> dict[str, Any]:
    county = current_unit(session).place_code
    return {
        "names": names_by_code(session, county),
        "towns": townships(session),
        "channels": [(each.value, shown_word(f"channel_{each}")) for each in TO_PEOPLE],
        "states": [(str(int(s)), shown_word(s.word)) for s in MessageState],
        "reasons": [
            (reason.value, shown_word(f"reason.{reason.value}"))
            for reason in Reason
            if reason
        ],
    }
