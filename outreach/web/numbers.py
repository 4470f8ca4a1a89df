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
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from campaigns.delivery.numbers import settle_number
from campaigns.fieldwork import mending
from campaigns.register import practice
from campaigns.register.members import get_member
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.reporting.mend_list import write_mend_list
from campaigns.vocabulary import Addressee, NumberStatus
from outreach.access import Action, scope
from outreach.web.forms import row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted

bp = Blueprint("numbers", __name__, url_prefix="/fieldwork/numbers")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("")
@needs(Action.RECORD_VISITS)
def index() -> str:
    """Whose number fails, by township and village."""
    with reading() as session:
        rows = mending.to_mend(session, scope(acting()))
        found = [(it.value, shown_word(f"number.{it}")) for it in mending.FOUND]
        return render_template("fieldwork/numbers.html", rows=rows, found=found)


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
    file.seek(0)
    name = f"{unit}_{shown_word('mend_list')}.xlsx"
    return send_file(file, mimetype=_XLSX, as_attachment=True, download_name=name)


@bp.post("")
@needs(Action.RECORD_VISITS)
def settle() -> Answer:
    """What somebody found out who rang: every number of the page that has a result."""
    with writing() as session:
        told = list(_told())
        for member_id, whose, status in told:
            member = get_member(session, scope(acting()), member_id)
            family = whose == Addressee.GUARDIAN
            index = member.guardian_phone_index if family else member.phone_index
            settle_number(session, index, status, now())
            noted(session, "check_number", f"member:{member_id}", status=status)
    said = _("更新了 %(n)s 个号码的状态。", n=len(told))
    flash(said if told else _("请选核实的结果。"), "good" if told else "warn")
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


def _told() -> Iterator[tuple[int, str, NumberStatus]]:
    """Member, whose number, and its status, of each row where one was chosen."""
    for name, told in request.form.items():
        kind, _sign, which = name.partition("-")
        number, _sign, whose = which.partition("-")
        if kind == "status" and told in set(mending.FOUND):
            yield row_number(number), whose, NumberStatus(told)
