"""Visits: who must be met, who goes, how to meet them, and what it came to."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import Response as FileResponse
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.fieldwork import visit_pages, visiting
from campaigns.fieldwork.to_tell import to_tell
from campaigns.fieldwork.visit_models import Visit
from campaigns.register import practice
from campaigns.register.scope import Scope
from campaigns.reporting.daily import lookup
from campaigns.reporting.visit_ledger import write_visit_ledger
from campaigns.vocabulary import (
    OUTCOMES,
    NeedKind,
    VisitOutcome,
    VisitWay,
)
from outreach.access import Action, scope
from outreach.web import downloads
from outreach.web.forms import Typed, row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted
from outreach.web.visit_form import choices, result_of, taken

bp = Blueprint("visits", __name__, url_prefix="/fieldwork/visits")
_WRONG = 422
_PHONE = "phone"
_SHOWN = 50
_MONTH = timedelta(days=31)


@bp.get("")
@needs(Action.READ_VISITS)
def index() -> str:
    """Open visits of one's places, and how much each village and worker has."""
    place, worker = _place(), request.args.get("worker", "")[:60]
    with reading() as session:
        mine = _mine()
        most = _SHOWN + 1
        rows = visit_pages.open_rows(
            session, mine, place=place, worker=worker, limit=most
        )
        return render_template(
            "fieldwork/visits.html",
            rows=rows[:_SHOWN],
            more=len(rows) > _SHOWN,
            closed=visit_pages.closed_rows(session, mine, now(), place=place),
            villages=visit_pages.by_village(session, mine, now()),
            workers=visit_pages.by_worker(session, mine, now()),
            emergencies=visit_pages.emergencies(session, now()),
            place=place,
            worker=worker,
            typed=Typed(),
            moment=now(),
        )


@bp.post("/assign")
@needs(Action.RECORD_VISITS)
def assign() -> Response:
    """Make somebody responsible for the ticked visits."""
    ticked = [row_number(n) for n in request.form.getlist("visits")]
    worker = request.form.get("worker", "").strip() or acting().shown_as
    with writing() as session:
        n = visiting.assign(
            session, _mine(), ticked, worker, by=acting().user_id, now=now()
        )
        noted(session, "assign_visits", f"place:{acting().place}", visits=n)
    said = _("%(n)s 户交给 %(who)s。", n=n, who=worker) if n else _("没有勾选哪一户。")
    flash(said, "good" if n else "warn")
    if n == 1 == len(ticked):
        return redirect(url_for("visits.show", visit_id=ticked[0]), 303)
    return redirect(url_for("visits.index", place=_place() or None), 303)


@bp.get("/next")
@needs(Action.READ_VISITS)
def first() -> Response:
    """On to the first door: one's own where there is one, else the list's first."""
    with reading() as session:
        own = visit_pages.open_rows(session, _mine(), worker=acting().shown_as, limit=1)
        rows = own or visit_pages.open_rows(session, _mine(), limit=1)
        number = rows[0].visit.id if rows else None
    if number is None:
        return redirect(url_for("visits.index"), 303)
    return redirect(url_for("visits.show", visit_id=number), 303)


@bp.get("/sheet")
@needs(Action.READ_VISITS)
def sheet() -> str:
    """The phone sheet or the door sheet, to print; names only of what is assigned."""
    kind = _PHONE if request.args.get("kind") == _PHONE else "door"
    worker = request.args.get("worker", "")[:60]
    with writing() as session:
        rows = visit_pages.open_rows(session, _mine(), place=_place(), worker=worker)
        if kind == _PHONE:
            rows = [
                row for row in rows if row.member.phone or row.member.guardian_phone
            ]
        noted(session, "print_visits", f"place:{acting().place}", visits=len(rows))
        return render_template("fieldwork/visit_sheet.html", rows=rows, kind=kind)


@bp.get("/ledger.xlsx")
@needs(Action.EXPORT_MASKED)
def ledger() -> FileResponse:
    """走访台账 of the last month, masked, to print and stamp."""
    to = BytesIO()
    with writing() as session:
        rows = visit_pages.ledger_rows(session, _mine(), now() - _MONTH)
        unit = practice.named(session, lookup.get_unit(session, acting().place).name)
        write_visit_ledger(rows, to, unit=unit, now=now(), language=language())
        noted(session, "export_visits", f"place:{acting().place}", rows=len(rows))
    name = f"{unit}_{shown_word('visit_ledger')}.xlsx"
    return downloads.workbook(to, name)


@bp.get("/<int:visit_id>")
@needs(Action.READ_VISITS)
def show(visit_id: int) -> str:
    """One visit on a phone: where, how, what to say, and the result."""
    with writing() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        if visit.closed_at is None and visit.worker:
            noted(session, "open_visit", f"visit:{visit_id}")
        return _page(session, visit, Typed())


@bp.post("/<int:visit_id>")
@needs(Action.RECORD_VISITS)
def record(visit_id: int) -> Response | tuple[str, int]:
    """Record what it came to and go on to the next door."""
    typed = Typed()
    with typed.catching("outcome"), writing() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        result = result_of(typed, _way())
        if typed:
            taken(session, visit)
            visiting.record(session, visit, result, by=acting().user_id, now=now())
            noted(session, "record_visit", f"visit:{visit_id}")
            return _on(session, visit)
    with reading() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        return _page(session, visit, typed), _WRONG


@bp.get("/<int:visit_id>/change")
@needs(Action.RECORD_VISITS)
def ask_change(visit_id: int) -> str:
    """What was recorded last, to change it."""
    return _change(visit_id)


@bp.post("/<int:visit_id>/change")
@needs(Action.RECORD_VISITS)
def change(visit_id: int) -> Response | tuple[str, int]:
    """Change what was recorded last."""
    typed, me = Typed(), acting().user_id
    told = typed.choice("outcome", dict(choices()), _("请选一个结果。"))
    said = typed.text("remark", longest=200)
    with typed.catching("outcome"), writing() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        if typed:
            to = VisitOutcome(told)
            visiting.correct(session, visit, to, remark=said, by=me, now=now())
            noted(session, "change_visit", f"visit:{visit_id}")
            flash(_("已改成“%(what)s”。", what=shown_word(f"outcome.{to}")), "good")
            return redirect(url_for("visits.index"), 303)
    return _change(visit_id, typed), _WRONG


def _mine() -> Scope:
    return scope(acting())


def _way() -> VisitWay:
    by_phone = request.args.get("way") == VisitWay.PHONE
    return VisitWay.PHONE if by_phone else VisitWay.DOOR


def _place() -> str:
    place = request.values.get("place", "")
    return place if place.isdecimal() else ""


def _on(session: Session, visit: Visit) -> Response:
    """To the next visit, saying what was recorded and how to change it."""
    said = shown_word(f"outcome.{visit.outcome}")
    flash(_("刚才记的是“%(what)s”。", what=said), "good")
    after = visit_pages.next_visit(session, _mine(), visit)
    if after is None:
        return redirect(url_for("visits.index", was=visit.id), 303)
    return redirect(url_for("visits.show", visit_id=after.id, was=visit.id), 303)


def _change(visit_id: int, typed: Typed | None = None) -> str:
    with reading() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
    typed = Typed(outcome=visit.outcome) if typed is None else typed
    return render_template(
        "fieldwork/visit_change.html",
        typed=typed,
        errors=typed.errors,
        choices=choices(),
    )


def _page(session: Session, visit: Visit, typed: Typed) -> str:
    by_phone = _way() is VisitWay.PHONE
    return render_template(
        "fieldwork/visit.html",
        row=visit_pages.one_row(session, visit),
        left=visit_pages.left_near(session, _mine(), visit),
        tell=to_tell(session, visit),
        typed=typed,
        errors=typed.errors,
        ticked=typed.all("needs"),
        by_phone=by_phone,
        choices=choices(OUTCOMES[_way()]),
        kinds=[
            (kind.value, shown_word(f"need_kind.{kind}"))
            for kind in NeedKind
            if visit.emergency or kind is not NeedKind.CAR
        ],
        was=request.args.get("was", type=int),
    )
