"""Numbers to mend: checked by ringing them, replaced by what was told at a visit."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.delivery.numbers import settle_number
from campaigns.fieldwork import mending
from campaigns.register import practice
from campaigns.register.members import get_member
from campaigns.register.models import Member, Place
from campaigns.register.unit import current_unit
from campaigns.reporting.mend_list import write_mend_list
from campaigns.vocabulary import Addressee, NumberStatus
from outreach.access import Action, require, scope
from outreach.web import downloads
from outreach.web.forms import Typed, row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted

bp = Blueprint("numbers", __name__, url_prefix="/fieldwork/numbers")
_WRONG = 422
_Row = tuple[Member, Addressee, str]


@bp.get("")
@needs(Action.RECORD_VISITS)
def index() -> str:
    """Whose number fails, by township and village."""
    return _page(Typed())


@bp.get("/list.xlsx")
@needs(Action.EXPORT_MASKED)
def workbook() -> Response:
    """The same list to print, masked."""
    file = BytesIO()
    with writing() as session:
        rows = mending.to_mend(session, scope(acting()))
        place = session.get(Place, acting().place)
        name = place.name if place else current_unit(session).name
        unit = practice.named(session, name)
        write_mend_list(rows, file, unit=unit, now=now(), language=language())
        noted(session, "export_numbers", f"place:{acting().place}", rows=len(rows))
    name = f"{unit}_{shown_word('mend_list')}.xlsx"
    return downloads.workbook(file, name)


@bp.post("")
@needs(Action.RECORD_VISITS)
def settle() -> Answer | tuple[str, int]:
    """What somebody found out: each row of the page with a result or a new number."""
    typed = Typed()
    with writing() as session:
        told, new = _told(session), _new(session, typed)
        if typed:
            _save(session, told, new)
    if not typed:
        return _page(typed), _WRONG
    n = len({row[:2] for row in (*told, *new)})
    said = _("本页保存了 %(n)s 个号码。", n=n)
    nothing = _("还没有填。请选核实的结果，或填新号码。")
    flash(said if n else nothing, "good" if n else "warn")
    return redirect(url_for("numbers.index"), 303)


@bp.post("/new/<int:try_id>")
@needs(Action.EDIT_MEMBER)
def take_over(try_id: int) -> Answer:
    """Put the new number that was told at a visit on the register."""
    with writing() as session:
        tried = mending.get_told(session, scope(acting()), try_id)
        member = mending.take_over(session, tried, now=now())
        noted(session, "take_over_number", f"member:{member.id}")
    flash(_("新号码已写进名册。"), "good")
    return redirect(url_for("numbers.index"), 303)


def _page(typed: Typed) -> str:
    with reading() as session:
        return render_template(
            "fieldwork/numbers.html",
            rows=mending.to_mend(session, scope(acting())),
            found=[(it.value, shown_word(f"number.{it}")) for it in mending.FOUND],
            typed=typed,
            errors=typed.errors,
        )


def _save(session: Session, told: list[_Row], new: list[_Row]) -> None:
    """Results first: of a number that is replaced they are told of the old one."""
    for member, whose, status in told:
        family = whose is Addressee.GUARDIAN
        index = member.guardian_phone_index if family else member.phone_index
        settle_number(session, index, NumberStatus(status), now())
        noted(session, "check_number", f"member:{member.id}", status=status)
    for member, whose, phone in new:
        mending.renew(session, member, whose, phone, now=now())
        noted(session, "take_over_number", f"member:{member.id}", whose=whose)


def _told(session: Session) -> list[_Row]:
    """Each row of which a result was chosen."""
    return [
        (get_member(session, scope(acting()), member_id), whose, text)
        for _name, member_id, whose, text in _fields("status")
        if text in set(mending.FOUND)
    ]


def _new(session: Session, typed: Typed) -> list[_Row]:
    """Each row with a new number; a sentence is kept for those that cannot be."""
    found: list[_Row] = []
    for name, member_id, whose, text in _fields("new"):
        require(acting(), Action.MEND_NUMBERS)
        mine = scope(acting(), Action.MEND_NUMBERS)
        member = get_member(session, mine, member_id)
        with typed.catching(name):
            found.append((member, whose, mending.read_new(member, whose, text)))
    return found


def _fields(asked: str) -> Iterator[tuple[str, int, Addressee, str]]:
    """Name, member, whose number, and text, of each field that was filled in."""
    for name, text in request.form.items():
        kind, _sign, which = name.partition("-")
        number, _sign, whose = which.partition("-")
        if kind == asked and text.strip() and whose in set(Addressee):
            yield name, row_number(number), Addressee(whose), text
