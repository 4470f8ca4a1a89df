"""One person added to the register, or changed, by hand."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.register.importing import by_hand
from campaigns.register.importing.row import Row
from campaigns.register.members import get_member
from campaigns.register.models import Member, Place
from campaigns.register.scope import places
from campaigns.vocabulary import Category, LegalBasis, Level
from campaigns.words import word
from outreach.access import Action, scope
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import translated
from outreach.web.noting import noted

bp = Blueprint("person_form", __name__, url_prefix="/register")
_WRONG = 422
_TEXTS = ("name", "certificate", "phone", "address", "notes")
_KIN = ("guardian_name", "guardian_relation", "guardian_phone")
_FLAGS = ("living_alone", "chronic_illness", "reads_aloud")
_GRADES = "一二三四"


@bp.get("/new")
@needs(Action.EDIT_MEMBER)
def new() -> str:
    """An empty form."""
    with reading() as db:
        return _page(db, Typed(legal_basis=LegalBasis.STATUTORY.value))


@bp.post("/new")
@needs(Action.EDIT_MEMBER)
def add() -> Response | tuple[str, int]:
    """Put the person on the register, by the rules of a list."""
    typed = Typed()
    basis = typed.choice("legal_basis", set(LegalBasis), _("请选一个联系依据。"))
    with typed.catching("certificate"), writing() as db:
        row = _read(db, typed)
        if typed:
            number = by_hand.add(db, row, LegalBasis(basis), now())
            noted(db, "add_member", f"member:{number}")
    if typed:
        flash(_("已加进名册。"), "good")
        return redirect(url_for("register.show", member_id=number), 303)
    with reading() as db:
        return _page(db, typed), _WRONG


@bp.get("/<int:member_id>/edit")
@needs(Action.EDIT_MEMBER)
def edit(member_id: int) -> str:
    """What may be seen is filled in; what is sealed is only named, and stays."""
    with reading() as db:
        member = get_member(db, scope(acting()), member_id)
        return _page(db, _of(member), member)


@bp.post("/<int:member_id>/edit")
@needs(Action.EDIT_MEMBER)
def change(member_id: int) -> Response | tuple[str, int]:
    """Write over what was typed; an empty field changes nothing."""
    typed = Typed()
    with typed.catching("certificate"), writing() as db:
        member = get_member(db, scope(acting()), member_id)
        row = _read(db, typed, member)
        if typed:
            gone = [each for each in typed.all("dropped") if each in by_hand.DROPPED]
            changed = by_hand.change(db, member, row, now(), gone)
            noted(db, "change_member", f"member:{member_id}", fields=changed)
    if typed:
        flash(_("已保存。") if changed else _("没有变化，什么也没改。"), "good")
        return redirect(url_for("register.show", member_id=member_id), 303)
    with reading() as db:
        return _page(db, typed, get_member(db, scope(acting()), member_id)), _WRONG


def _read(db: Session, typed: Typed, member: Member | None = None) -> Row:
    """The form as a row; its problems stand beside their fields."""
    place = db.get(Place, typed["home"]) or Place(name="")
    village = place.name if place.level is Level.VILLAGE else ""
    town = db.get_one(Place, place.parent or "") if village else place
    cells = {name: typed[name].strip() for name in (*_TEXTS, *_KIN)}
    cells |= {name: "是" if typed.ticked(name) else "否" for name in _FLAGS}
    cells["township"], cells["village"] = town.name, village
    named = {each.value for each in Category}
    chosen = [typed["category"], *typed.all("components")]
    kinds = [word(f"category_{c}") for c in chosen if c.isdecimal() and int(c) in named]
    cells["category"] = kinds[0] if typed["category"] and kinds else ""
    cells["components"] = "、".join(kinds[1:] if typed["category"] else kinds)
    grade = typed["grade"]
    cells["grade"] = f"{_GRADES[int(grade) - 1]}级" if grade in set("1234") else ""
    row = by_hand.read(db, cells, now(), member)
    for problem in row.problems:
        fault = translated(problem["sentence"], problem["values"])
        mend = problem["mend"] and translated(problem["mend"], problem["values"])
        at = "home" if problem["field"] in {"township", "village"} else problem["field"]
        typed.wrong("certificate" if at == "id_number" else at, f"{fault}{mend or ''}")
    return row


def _of(member: Member) -> Typed:
    known = {
        "home": member.village or member.township,
        "category": "" if member.certificate else member.certificate_category,
        "grade": "" if member.certificate else member.grade,
    }
    return Typed(**known)


def _page(db: Session, typed: Typed, member: Member | None = None) -> str:
    towns, homes = {}, []
    for place in places(db, scope(acting()), Level.TOWNSHIP, Level.VILLAGE):
        if place.level is Level.TOWNSHIP:
            towns[place.code] = place.name
            homes.append((place.code, place.name, True))
        else:
            homes.append(
                (place.code, f"{towns.get(place.parent or '', '')} {place.name}", False)
            )
    return render_template(
        "register/person.html",
        typed=typed,
        errors=typed.errors,
        member=member,
        homes=homes,
        categories=list(Category),
        grades=range(1, 5),
        bases=[basis for basis in LegalBasis if basis is not LegalBasis.NONE],
        components=_components(typed, member),
        ticked={name: _flag(typed, member, name) for name in _FLAGS},
        dropped=typed.all("dropped"),
    )


def _components(typed: Typed, member: Member | None) -> list[str]:
    if typed.errors or member is None:
        return typed.all("components")
    multiple = member.certificate_category == Category.MULTIPLE
    return [
        str(each.value)
        for each in Category
        if multiple and each is not Category.MULTIPLE and member.categories & each.bit
    ]


def _flag(typed: Typed, member: Member | None, name: str) -> bool:
    if typed.errors or member is None:
        return typed.ticked(name)
    return bool(getattr(member, name))
