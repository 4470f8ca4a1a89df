"""The overview of reports: the campaigns of a month, a year, any days, with sums."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.planning.listing import list_campaigns
from campaigns.register.unit import current_unit
from campaigns.reporting import overview_files, spans
from campaigns.reporting.exporting import ENCODINGS, csv_bytes
from campaigns.reporting.overview import overviews, summed
from campaigns.reporting.overview_files import Line
from campaigns.reporting.spans import Span
from campaigns.shanghai import day_of
from campaigns.vocabulary import CampaignState
from outreach.access import Action
from outreach.web import downloads, figures
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import language, shown_word
from outreach.web.noting import noted
from outreach.web.reporting import sees_all

bp = Blueprint("overview", __name__, url_prefix="/reporting")
_BEGUN = (
    CampaignState.RUNNING,
    CampaignState.PAUSED,
    CampaignState.FINISHED,
    CampaignState.CANCELLED,
)
_MOST = 120
"""Campaigns on a page, which stays below 300 kB: two a week for more than a year."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The span that an address asks for: by ``name``, or by two days as ``typed``."""

    name: str
    span: Span
    typed: Typed

    @property
    def query(self) -> dict[str, str]:
        """What leads to the same span again."""
        if self.name:
            return {"period": self.name}
        return {"first": str(self.span.first), "last": str(self.span.last)}


@bp.get("/")
@needs(Action.READ_REPORTS)
def index() -> str:
    """Campaigns that began in the span, side by side, with their sum."""
    asked = _asked()
    with reading() as session:
        lines, more = _lines(session, asked.span)
    whole = summed(found for _row, found in lines)
    return render_template(
        "reporting/index.html",
        asked=asked,
        spans=_spans(asked),
        lines=lines,
        more=more,
        whole=whole,
        people=figures.people_of_several(whole.everybody),
        everything=sees_all(),
        typed=asked.typed,
        errors=asked.typed.errors,
    )


@bp.get("/campaigns.xlsx")
@needs(Action.EXPORT_REPORTS)
def workbook() -> Response:
    """The figures of the page as a workbook to print and stamp."""
    asked, file = _asked(), BytesIO()
    with writing() as session:
        lines = _taken(session, asked, "xlsx")
        overview_files.write_overview(
            lines,
            file,
            span=asked.span,
            unit=current_unit(session).name,
            language=language(),
            translate=_,
        )
    return downloads.workbook(file, _file_name(asked, "xlsx"))


@bp.get("/campaigns.csv")
@needs(Action.EXPORT_REPORTS)
def csv() -> Response:
    """The page's rows, as spreadsheet programs or other systems read them."""
    asked, wanted = _asked(), request.args.get("encoding", "gb18030")
    encoding = wanted if wanted in ENCODINGS else "utf-8-sig"
    with writing() as session:
        lines = _taken(session, asked, encoding)
    table = overview_files.campaigns_table(lines, language())
    content, name = BytesIO(csv_bytes(table, encoding)), _file_name(asked, "csv")
    return send_file(
        content, mimetype="text/csv", as_attachment=True, download_name=name
    )


def _asked() -> Asked:
    """From the address; what is no span is said, and this month shown instead."""
    given = request.args
    typed = Typed(first=given.get("first"), last=given.get("last"))
    today = day_of(now())
    if typed["first"] or typed["last"]:
        with typed.catching("first"):
            return Asked("", spans.between(typed["first"], typed["last"]), typed)
    name = given.get("period", "")
    name = name if name in spans.NAMED else "this_month"
    span = spans.named(name, today)
    if typed:
        typed.values.update(first=str(span.first), last=str(span.last))
    return Asked(name, span, typed)


def _lines(session: Session, span: Span) -> tuple[list[Line], bool]:
    """The newest campaigns with their figures, and whether there are more."""
    rows = list_campaigns(
        session,
        states=_BEGUN,
        categories=acting().categories,
        launched=(span.begins, span.ends),
        limit=_MOST + 1,
    )
    place = "" if sees_all() else acting().place
    shown = rows[:_MOST]
    known = overviews(session, [row.id for row in shown], place)
    lines = [(row, known[row.id]) for row in shown]
    return lines, len(rows) > _MOST


def _taken(session: Session, asked: Asked, kind: str) -> list[Line]:
    days = {"first": str(asked.span.first), "last": str(asked.span.last)}
    noted(session, "export_report", "", kind=kind, **days)
    lines, _more = _lines(session, asked.span)
    return lines


def _file_name(asked: Asked, kind: str) -> str:
    first, last = asked.span
    return f"{shown_word('report_campaigns')}_{first:%Y%m%d}-{last:%Y%m%d}.{kind}"


def _spans(asked: Asked) -> list[tuple[str, str, bool]]:
    """Every span that has a name: its word, its address, whether it is shown."""
    return [
        (
            shown_word(f"span.{name}"),
            url_for("overview.index", period=name),
            name == asked.name,
        )
        for name in spans.NAMED
    ]
