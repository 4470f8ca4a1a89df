"""A campaign's report as a workbook and as CSV, each noted in the record of deeds."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.fieldwork.answering import Answers
from campaigns.register.places import names_by_code
from campaigns.register.unit import current_unit
from campaigns.reporting.exporting import ENCODINGS, csv_bytes, write_workbook
from campaigns.reporting.report_tables import report_tables
from campaigns.reporting.statistics import CampaignStatistics
from outreach import audit
from outreach.access import Action
from outreach.web import downloads
from outreach.web.campaign_check import found
from outreach.web.gate import acting, needs, now, writing
from outreach.web.languages import language
from outreach.web.reporting import published, replies_of

bp = Blueprint("exporting", __name__, url_prefix="/reporting")


@bp.get("/campaigns/<int:campaign_id>/report.xlsx")
@needs(Action.EXPORT_REPORTS)
def workbook(campaign_id: int) -> Response:
    """All tables and the definitions in one workbook."""
    file = BytesIO()
    with writing() as session:
        statistics, names, answers = _read(session, campaign_id, "xlsx")
        write_workbook(
            statistics,
            file,
            unit=current_unit(session).name,
            names=names,
            language=language(),
            translate=_,
            answers=answers,
        )
    name = f"{statistics.name}.xlsx"
    return downloads.workbook(file, name)


@bp.get("/campaigns/<int:campaign_id>/report.csv")
@needs(Action.EXPORT_REPORTS)
def csv(campaign_id: int) -> Response:
    """One table, by township where none is named, as programs read it."""
    wanted = request.args.get("encoding", "gb18030")
    encoding = wanted if wanted in ENCODINGS else "utf-8-sig"
    with writing() as session:
        statistics, names, answers = _read(session, campaign_id, encoding)
    made = report_tables(statistics, names, language(), answers)
    wanted = request.args.get("table", "")
    content = csv_bytes(made.get(wanted, made["by_township"]), encoding)
    name = f"{statistics.name}.csv"
    return send_file(
        BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=name
    )


def _read(
    session: Session, campaign_id: int, kind: str
) -> tuple[CampaignStatistics, dict[str, str], list[Answers]]:
    found(session, campaign_id)
    audit.note(
        session,
        "export_report",
        f"campaign:{campaign_id}",
        user_id=acting().user_id,
        role=acting().role or "",
        details={"kind": kind},
        now=now(),
    )
    statistics = published(session, campaign_id)
    names = names_by_code(session, current_unit(session).place_code)
    return statistics, names, replies_of(session, campaign_id)
