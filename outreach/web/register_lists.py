"""The register's list: what was asked, the places to choose from, the page itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.register import duplicates, optouts
from campaigns.register.approach import approach
from campaigns.register.members import CONTACTS, Counts, Filters, Page
from campaigns.register.models import Member, OptOut, Place
from campaigns.register.scope import Scope
from campaigns.vocabulary import Category, Level
from outreach.access import Action, may
from outreach.web.forms import Typed
from outreach.web.gate import acting

Answer = Response | tuple[str, int]
SOURCES = ("phone", "person", "village", "reply")
_WRONG = 422
_GRADES = range(1, 5)


def filters_asked() -> Filters:
    """What the address asks for; values that do not exist are passed over."""
    category = request.args.get("category", 0, type=int)
    grade = request.args.get("grade", 0, type=int)
    contact = request.args.get("contact", "")
    place = request.args.get("village") or request.args.get("township") or ""
    return Filters(
        categories=(category,) if category in list(Category) else (),
        grades=(grade,) if grade in _GRADES else (),
        place=place if place.isdecimal() else "",
        contact=contact if contact in CONTACTS else "",
    )


def places(db: Session, mine: Scope) -> dict[str, Any]:
    """Townships within scope, villages of the chosen one, and every name."""
    found = list(db.scalars(select(Place).where(*mine.where_place())))
    chosen = request.args.get("township", "")
    towns = [(p.code, p.name) for p in found if p.level is Level.TOWNSHIP]
    villages = [
        (p.code, p.name)
        for p in found
        if p.level is Level.VILLAGE and chosen and p.parent == chosen
    ]
    names = {p.code: p.name for p in found}
    return {"towns": sorted(towns), "villages": sorted(villages), "names": names}


def pairs(db: Session, mine: Scope) -> int | None:
    """How many pairs of possible duplicates there are, for whoever may merge them."""
    if not may(acting(), Action.MERGE_MEMBERS):
        return None
    return db.scalar(duplicates.how_many(mine))


def page(  # noqa: PLR0913 - what a page of the register shows
    found: Page,
    counts: Counts,
    where: dict[str, Any],
    filters: Filters,
    *,
    sought: str = "",
    pairs: int | None = None,
) -> str:
    """The list with its filters; ``sought`` is what a person typed to find."""
    return render_template(
        "register/index.html",
        found=found,
        counts=counts,
        where=where,
        filters=filters,
        sought=sought,
        pairs=pairs,
        typed=Typed(**request.args.to_dict()),
        categories=list(Category),
        grades=_GRADES,
        contacts=CONTACTS,
        approach=approach,
        previous=_beside(before=found.previous_before),
        next=_beside(after=found.next_after),
    )


def names(db: Session, *people: Member) -> dict[str, str]:
    """The names of these people's townships and villages."""
    codes = {code for it in people for code in (it.township, it.village) if code}
    rows = db.execute(select(Place.code, Place.name).where(Place.code.in_(codes)))
    return dict(rows.all())


def refusal_of(db: Session, member: Member) -> OptOut | None:
    """The refusal in force for this person's phone."""
    index = member.phone_index or member.guardian_phone_index
    return optouts.standing(db, index) if index else None


def refusals(
    db: Session, mine: Scope | None, limit: int = 200
) -> list[tuple[OptOut, Member | None]]:
    """Refusals with the person on record; ``mine`` None shows every number's."""
    query = (
        select(OptOut, Member)
        .outerjoin(Member, Member.id == OptOut.member_id)
        .order_by(OptOut.id.desc())
        .limit(limit)
    )
    if mine is not None:
        query = query.where(*mine.where())
    return [(refusal, member) for refusal, member in db.execute(query)]


def after_refusal(typed: Typed, member_id: int) -> Answer:
    """Back to the person, or the form again with what has to be mended."""
    if not typed:
        form = render_template(
            "register/refusal.html",
            typed=typed,
            errors=typed.errors,
            member_id=member_id,
        )
        return form, _WRONG
    flash(_("拒收已登记，现在就算数。台风、洪水等紧急提示仍会发。"), "good")
    return redirect(url_for("register.show", member_id=member_id), 303)


def _beside(**where: int | None) -> str | None:
    if not any(where.values()):
        return None
    asked = request.args.to_dict()
    asked.pop("after", None)
    asked.pop("before", None)
    return f"{url_for('register.index')}?{urlencode({**asked, **where})}#table"
