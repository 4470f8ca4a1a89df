"""A visit's form: what can be chosen, and what was said at the door."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.fieldwork.leaving import LEAVES
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result, assign
from campaigns.vocabulary import (
    AT_THE_DOOR,
    BY_TELEPHONE,
    Addressee,
    NeedKind,
    VisitOutcome,
    VisitWay,
)
from outreach.access import scope
from outreach.web.forms import Typed
from outreach.web.gate import acting, now
from outreach.web.languages import shown_word
from outreach.web.noting import noted


def result_of(typed: Typed, way: VisitWay) -> Result:
    """What it came to; a sentence is kept for each field that cannot be."""
    allowed = {*AT_THE_DOOR, *BY_TELEPHONE}
    told = typed.choice("outcome", allowed, _("请选一个结果。"))
    kinds = [NeedKind(kind) for kind in typed.all("needs") if kind in set(NeedKind)]
    words = typed.text("need_words", longest=200)
    family = typed["phone_of"] == Addressee.GUARDIAN
    return Result(
        VisitOutcome(told) if told in allowed else VisitOutcome.UNNEEDED,
        remark=_remark(typed, told),
        new_phone=typed.text("new_phone", longest=30),
        phone_of=Addressee.GUARDIAN if family else Addressee.MEMBER,
        way=way,
        needs=[(kind, words) for kind in kinds],
    )


def _remark(typed: Typed, outcome: str) -> str:
    """What was said; where somebody died or moved it is the evidence."""
    asked = _("请写谁说的、什么时候的事，作为凭据。") if outcome in set(LEAVES) else ""
    return typed.text("remark", asked, longest=200)


def taken(session: Session, visit: Visit) -> None:
    """Who records a visit that nobody was to make has made it."""
    if not visit.worker:
        me, who = acting().user_id, acting().shown_as
        assign(session, scope(acting()), [visit.id], who, by=me, now=now())
        noted(session, "assign_visits", f"visit:{visit.id}", visits=1)


def choices(
    outcomes: tuple[VisitOutcome, ...] = tuple(VisitOutcome)[:-1],
) -> list[tuple[str, str]]:
    """Outcomes with their words."""
    return [(it.value, shown_word(f"outcome.{it}")) for it in outcomes]
