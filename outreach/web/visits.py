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
    send_file,
    url_for,
)
from flask import Response as FileResponse
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.errors import NotReady, mark
from campaigns.fieldwork import visit_pages, visiting
from campaigns.fieldwork.leaving import LEAVES
from campaigns.fieldwork.to_tell import to_tell
from campaigns.fieldwork.visit_models import Visit
from campaigns.fieldwork.visiting import Result
from campaigns.register.scope import Scope
from campaigns.reporting.daily import lookup
from campaigns.reporting.visit_ledger import write_visit_ledger
from campaigns.vocabulary import (
    AT_THE_DOOR,
    BY_TELEPHONE,
    Addressee,
    NeedKind,
    VisitOutcome,
)
from outreach.access import Action, scope
from outreach.web.forms import Typed, row_number
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted

bp = Blueprint("visits", __name__, url_prefix="/fieldwork/visits")
_WRONG = 422
_PHONE = "phone"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTH = timedelta(days=31)


@bp.get("")
@needs(Action.READ_VISITS)
def index() -> str:
    """Open visits of one's places, and how much each village and worker has."""
    place, worker = _place(), request.args.get("worker", "")[:60]
    with reading() as session:
        mine = _mine()
        return render_template(
            "fieldwork/visits.html",
            rows=visit_pages.open_rows(session, mine, place=place, worker=worker),
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
        unit = lookup.get_unit(session, acting().place).name
        write_visit_ledger(rows, to, unit=unit, now=now(), language=language())
        noted(session, "export_visits", f"place:{acting().place}", rows=len(rows))
    to.seek(0)
    name = f"{unit}_{shown_word('visit_ledger')}.xlsx"
    return send_file(to, mimetype=_XLSX, as_attachment=True, download_name=name)


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
        visit = _assigned(session, visit_id)
        result = _result(typed)
        if typed:
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
    with reading() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        typed = Typed(outcome=visit.outcome)
        return render_template(
            "fieldwork/visit_change.html", visit=visit, typed=typed, choices=_choices()
        )


@bp.post("/<int:visit_id>/change")
@needs(Action.RECORD_VISITS)
def change(visit_id: int) -> Response:
    """Change what was recorded last."""
    typed = Typed()
    known = typed["outcome"] in set(VisitOutcome)
    outcome = VisitOutcome(typed["outcome"]) if known else VisitOutcome.UNNEEDED
    with writing() as session:
        visit = visiting.get_visit(session, _mine(), visit_id)
        me, said = acting().user_id, typed["remark"][:200]
        visiting.correct(session, visit, outcome, remark=said, by=me, now=now())
        noted(session, "change_visit", f"visit:{visit_id}")
    flash(_("已改成“%(what)s”。", what=shown_word(f"outcome.{outcome}")), "good")
    return redirect(url_for("visits.index"), 303)


def _mine() -> Scope:
    return scope(acting())


def _place() -> str:
    place = request.values.get("place", "")
    return place if place.isdecimal() else ""


def _assigned(session: Session, visit_id: int) -> Visit:
    visit = visiting.get_visit(session, _mine(), visit_id)
    if not visit.worker:
        raise NotReady(mark("先写明谁去这一户，再登记结果。"))
    return visit


def _result(typed: Typed) -> Result:
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
        needs=[(kind, words) for kind in kinds],
    )


def _remark(typed: Typed, outcome: str) -> str:
    """What was said; where somebody died or moved it is the evidence."""
    asked = _("请写谁说的、什么时候的事，作为凭据。") if outcome in set(LEAVES) else ""
    return typed.text("remark", asked, longest=200)


def _on(session: Session, visit: Visit) -> Response:
    """To the next visit, saying what was recorded and how to change it."""
    said = shown_word(f"outcome.{visit.outcome}")
    flash(_("刚才记的是“%(what)s”。", what=said), "good")
    after = visit_pages.next_visit(session, _mine(), visit)
    if after is None:
        return redirect(url_for("visits.index", was=visit.id), 303)
    return redirect(url_for("visits.show", visit_id=after.id, was=visit.id), 303)


def _page(session: Session, visit: Visit, typed: Typed) -> str:
    by_phone = request.args.get("way") == _PHONE
    return render_template(
        "fieldwork/visit.html",
        row=visit_pages.one_row(session, visit),
        tell=to_tell(session, visit),
        typed=typed,
        errors=typed.errors,
        ticked=typed.all("needs"),
        by_phone=by_phone,
        choices=_choices(BY_TELEPHONE if by_phone else AT_THE_DOOR),
        kinds=[
            (kind.value, shown_word(f"need_kind.{kind}"))
            for kind in NeedKind
            if visit.emergency or kind is not NeedKind.CAR
        ],
        was=request.args.get("was", type=int),
    )


def _choices(
    outcomes: tuple[VisitOutcome, ...] = tuple(VisitOutcome)[:-1],
) -> list[tuple[str, str]]:
    return [(it.value, shown_word(f"outcome.{it}")) for it in outcomes]
