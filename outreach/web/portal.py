"""Sending by a carrier's web portal: files out, ticked off, results and replies in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

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
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Answer

from campaigns.delivery import portal, portal_files, portal_results
from campaigns.delivery.finishing import BY_HAND
from campaigns.errors import NotFound, Refused, mark
from campaigns.fieldwork.replies import take_all
from campaigns.vocabulary import Wish
from outreach import audit
from outreach.access import Action
from outreach.web.campaign_check import found
from outreach.web.delivery import frame
from outreach.web.forms import saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.languages import shown_word

bp = Blueprint("portal", __name__, url_prefix="/delivery")
_LONGEST = 9
_SUFFIXES = (".xlsx", ".xls", ".ods", ".csv")
_KINDS = {"txt": "text/plain", "xlsx": "application/octet-stream"}


@bp.get("/<int:campaign_id>/portal")
@needs(Action.CARRY_BY_PORTAL)
def show(campaign_id: int) -> str:
    """The batches, each at its step."""
    with reading() as session:
        campaign = found(session, campaign_id)
        return render_template(
            "delivery/portal.html",
            batches=portal.batches(session, campaign_id),
            refused=_refused(session, campaign_id),
            waiting=portal.waiting(session, campaign_id),
            size=portal.FILE_SIZE,
            **frame(campaign, "portal"),
        )


@bp.post("/<int:campaign_id>/portal")
@needs(Action.CARRY_BY_PORTAL)
def make(campaign_id: int) -> Answer:
    """Cut what waits into files."""

    def deed(session: Session) -> str:
        made = portal.make_batches(
            session,
            campaign_id,
            size=_number("size"),
            by_carrier=request.form.get("by_carrier") == "1",
            by=acting().user_id,
            now=now(),
        )
        return _("生成了 %(n)s 个号码文件。", n=len(made))

    return _done(campaign_id, "make_batches", deed)


@bp.get("/<int:campaign_id>/portal/<int:batch_id>.<kind>")
@needs(Action.DOWNLOAD_NUMBERS)
def numbers(campaign_id: int, batch_id: int, kind: str) -> Response:
    """A batch's numbers as the portal wants them; who took them is noted."""
    suffix = kind if kind in _KINDS else "txt"
    with TemporaryDirectory() as folder, writing() as session:
        _check(session, campaign_id, batch_id)
        path = Path(folder, f"numbers.{suffix}")
        portal_files.batch_file(session, batch_id, path, now())
        batch = portal.get_batch(session, batch_id)
        batch.downloaded_at = batch.downloaded_at or now()
        _note(session, "download_numbers", campaign_id, batch_id)
        content, name = path.read_bytes(), f"{campaign_id}-{batch.number:03}.{suffix}"
    return send_file(
        BytesIO(content), _KINDS[suffix], as_attachment=True, download_name=name
    )


@bp.post("/<int:campaign_id>/portal/<int:batch_id>/submitted")
@needs(Action.CARRY_BY_PORTAL)
def tick_off(campaign_id: int, batch_id: int) -> Answer:
    """Note the portal's number: the batch is on its way."""
    given = request.form.get("portal_number", "")

    def deed(session: Session) -> str:
        by = acting().user_id
        batch = portal.tick_off(session, batch_id, given, by=by, now=now())
        return _("第 %(n)s 批已登记提交。", n=batch.number)

    return _done(campaign_id, "tick_off_batch", deed, batch_id)


@bp.post("/<int:campaign_id>/portal/<int:batch_id>/abandoned")
@needs(Action.CARRY_BY_PORTAL)
def abandon(campaign_id: int, batch_id: int) -> Answer:
    """Note that it was never submitted; its people wait for another file."""

    def deed(session: Session) -> str:
        batch = portal.abandon(session, batch_id, by=acting().user_id, now=now())
        return _("第 %(n)s 批没有提交，号码回到待发送。", n=batch.number)

    return _done(campaign_id, "abandon_batch", deed, batch_id)


@bp.post("/<int:campaign_id>/portal/<int:batch_id>/results")
@needs(Action.CARRY_BY_PORTAL)
def results(campaign_id: int, batch_id: int) -> Answer:
    """Read a result file back."""

    def deed(session: Session) -> str:
        with _uploaded() as path:
            read = portal_results.read_results(session, batch_id, path, now=now())
        states = "，".join(
            f"{shown_word(state.word)} {n:,}" for state, n in read.states.items()
        )
        return _(
            "读到 %(rows)s 行：%(states)s；"
            "不在这一批的 %(strangers)s 行，看不懂的 %(unclear)s 行。",
            rows=read.rows,
            states=states or "–",
            strangers=read.strangers,
            unclear=sum(read.unclear.values()),
        )

    return _done(campaign_id, "read_results", deed, batch_id)


@bp.post("/<int:campaign_id>/portal/<int:batch_id>/totals")
@needs(Action.CARRY_BY_PORTAL)
def totals(campaign_id: int, batch_id: int) -> Answer:
    """Keep the totals where the portal tells nothing more."""

    def deed(session: Session) -> str:
        told = {name: _number(name) for name in ("delivered", "failed")}
        portal_results.record_totals(session, batch_id, told, now=now())
        return _("总数记下了。没有逐个号码的结果，所以都按“无回执”算，不算联系上。")

    return _done(campaign_id, "record_totals", deed, batch_id)


@bp.post("/<int:campaign_id>/portal/replies")
@needs(Action.CARRY_BY_PORTAL)
def replies(campaign_id: int) -> Answer:
    """Read a file of replies: refusals count at once."""

    def deed(session: Session) -> str:
        with _uploaded() as path:
            read = portal_results.read_replies(path)
        taken = take_all(session, BY_HAND, read, now(), entered_by=acting().user_id)
        refusals = sum(reply.wish is Wish.REFUSED for reply in taken)
        return _(
            "读到 %(rows)s 条回复：%(refusals)s 条拒收已登记，%(others)s 条留给人看。",
            rows=len(taken),
            refusals=refusals,
            others=sum(reply.closed_at is None for reply in taken),
        )

    return _done(campaign_id, "read_replies", deed)


def _refused(session: Session, campaign_id: int) -> dict[int, list[str]]:
    """Numbers that refused after their file was downloaded, by batch."""
    return {
        batch.id: portal.refused_since(session, batch.id)
        for batch in portal.batches(session, campaign_id)
        if batch.state == portal.MADE and batch.downloaded_at
    }


def _done(
    campaign_id: int,
    name: str,
    deed: Callable[[Session], str],
    batch_id: int | None = None,
) -> Answer:
    """One deed in one transaction, noted, and back to the batches."""
    with saying_why():
        with writing() as session:
            _check(session, campaign_id, batch_id)
            said = deed(session)
            _note(session, name, campaign_id, batch_id)
        flash(said, "good")
    return redirect(url_for("portal.show", campaign_id=campaign_id), 303)


def _check(session: Session, campaign_id: int, batch_id: int | None) -> None:
    found(session, campaign_id)
    if batch_id is None:
        return
    if portal.get_batch(session, batch_id).campaign_id != campaign_id:
        raise NotFound(mark("没有这一批号码。"))


def _note(session: Session, deed: str, campaign_id: int, batch_id: int | None) -> None:
    audit.note(
        session,
        deed,
        f"campaign:{campaign_id}",
        user_id=acting().user_id,
        role=acting().role or "",
        details={"batch": batch_id} if batch_id else {},
        now=now(),
    )


def _number(name: str) -> int:
    text = request.form.get(name, "").strip().replace(",", "")
    if not text.isdecimal() or len(text) > _LONGEST:
        raise Refused(mark("“%(text)s”不是数字。请改成整数。"), text=text[:20])
    return int(text)


@contextmanager
def _uploaded() -> Iterator[Path]:
    """The uploaded file on disk under a name of ours; gone afterwards."""
    file = request.files.get("file")
    suffix = Path(file.filename or "").suffix.lower() if file else ""
    if file is None or suffix not in _SUFFIXES:
        raise Refused(mark("请选一份 .xlsx、.xls、.ods 或 .csv 文件。"))
    with TemporaryDirectory() as folder:
        path = Path(folder, f"upload{suffix}")
        file.save(path)
        yield path
