"""A contact with one person: written down on their page, told in its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.delivery.contacts import contacts_of
from campaigns.fieldwork import contacting
from campaigns.fieldwork.visiting import Result
from campaigns.register.members import get_member
from campaigns.vocabulary import OUTCOMES, VisitWay
from outreach.access import Action, scope
from outreach.accounts import names_of
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted
from outreach.web.visit_form import choices, result_of, taken

bp = Blueprint("contacting", __name__, url_prefix="/register")
_WRONG = 422
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a person's history; ``who`` got a text, or is who went or rang.

    ``badge`` is a message's state, ``result`` the code of what else came of it.
    """

    at: datetime
    way: str
    about: str
    who: str
    badge: str
    result: str


@bp.get("/<int:member_id>/contact")
@needs(Action.RECORD_VISITS)
def ask(member_id: int) -> str:
    """The form for one call or meeting."""
    with reading() as session:
        get_member(session, scope(acting()), member_id)
    return _form(member_id, Typed(way=VisitWay.PHONE))


@bp.post("/<int:member_id>/contact")
@needs(Action.RECORD_VISITS)
def add(member_id: int) -> Response | tuple[str, int]:
    """Write it down: who did is who is signed in, when is now."""
    typed, me = Typed(), acting().user_id
    result = _result(typed)
    with typed.catching("outcome"), writing() as session:
        member = get_member(session, scope(acting()), member_id)
        if typed:
            if visit := contacting.open_visit(session, member_id):
                taken(session, visit)
            contacting.contact(session, member, result, by=me, now=now())
            noted(session, "record_contact", f"member:{member_id}")
    if not typed:
        return _form(member_id, typed), _WRONG
    flash(_("这次联系记下了。"), "good")
    return redirect(url_for("register.show", member_id=member_id), 303)


def history(session: Session, *member_ids: int) -> list[Told]:
    """What was sent to a person's rows, and who went or rang, the latest first."""
    tries = contacting.tries_of(session, *member_ids)
    names = names_of(session, [each.by for each in tries])
    found = [
        Told(
            one.at,
            f"channel_{one.channel}",
            one.campaign,
            shown_word(f"addressee_{one.addressee}"),
            one.state.word,
            f"reason.{one.reason}" if one.reason else "",
        )
        for one in contacts_of(session, *member_ids)
    ]
    found += [
        Told(
            each.at,
            f"visit_way.{each.way}",
            "",
            names.get(each.by or 0, "–"),
            "",
            f"outcome.{each.outcome}",
        )
        for each in tries
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)[:_SHOWN]


def _result(typed: Typed) -> Result:
    told = typed.choice("way", set(VisitWay), _("请选怎么联系的。"))
    way = VisitWay(told) if told in set(VisitWay) else VisitWay.DOOR
    result = result_of(typed, way)
    if typed and result.outcome not in OUTCOMES[way]:
        typed.wrong("outcome", _("这个结果和联系的方式对不上。请改其中一个。"))
    return result


def _form(member_id: int, typed: Typed) -> str:
    return render_template(
        "register/contact.html",
        member_id=member_id,
        typed=typed,
        errors=typed.errors,
        ways=[(way.value, shown_word(f"visit_way.{way}")) for way in VisitWay],
        choices=choices(),
    )
