"""For the auditor: from a person or a campaign to the proof; nothing here changes."""

from __future__ import annotations

from datetime import date
from tempfile import TemporaryFile

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from campaigns.register.unit import current_unit
from campaigns.words import glossary
from outreach import accounts, audit
from outreach.access import Action
from outreach.audit_file import Wanted, lines, public, signing_key
from outreach.web import subjects, trails
from outreach.web.forms import Typed, asked_id, row_number
from outreach.web.gate import needs, now, reading, wired, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted
from outreach.web.subjects import KINDS

bp = Blueprint("audit", __name__, url_prefix="/audit")
_PAGE = 50


@bp.get("")
@needs(Action.READ_AUDIT)
def index() -> str | Response:
    """One field and a kind; what is found leads to its trail."""
    typed = Typed(**request.args.to_dict())
    words, kind = typed["number"].strip(), typed["kind"]
    found = row_number(words)
    if words and not found:
        kind = "bulletin"
        with reading() as db:
            found = trails.issued_as(db, words)
    if found and kind in KINDS:
        return redirect(url_for("audit.trail", kind=kind, number=found))
    if words:
        typed.wrong("number", _("没有这个编号或文号，请照页面上的写。"))
    return render_template(
        "audit/index.html", typed=typed, errors=typed.errors, kinds=KINDS
    )


@bp.get(f"/<any({','.join(KINDS)}):kind>/<int:number>")
@needs(Action.READ_AUDIT)
def trail(kind: str, number: int) -> str:
    """Everything that was done to one thing, in order of time."""
    with reading() as db:
        found = trails.trail(db, kind, number)
    return render_template("audit/trail.html", kind=kind, number=number, found=found)


@bp.get("/log")
@needs(Action.READ_AUDIT)
def log() -> str:
    """Every deed, the latest first."""
    typed = Typed(**request.args.to_dict())
    before = asked_id("before")
    with reading() as db:
        deeds = audit.latest(db, _PAGE, before=before, action=typed["action"])
        return render_template(
            "audit/log.html",
            typed=typed,
            actions=actions(),
            deeds=deeds,
            places=subjects.places(db),
            names=accounts.names_of(db, [deed.user_id for deed in deeds]),
            next=_older(typed, deeds) if len(deeds) == _PAGE else None,
        )


@bp.get("/verify")
@needs(Action.VERIFY_AUDIT)
def verify() -> str:
    """Recompute the chain, and say whether a row was changed or is missing."""
    with reading() as db:
        broken, last = audit.broken_at(db), audit.latest(db, 1)
    return render_template("audit/verify.html", broken=broken, last=last)


@bp.get("/export")
@needs(Action.EXPORT_AUDIT)
def ask_to_export() -> str:
    """Which deeds, and the public key that others check the file with."""
    return _export_form(Typed())


@bp.post("/export")
@needs(Action.EXPORT_AUDIT)
def export() -> str | Response:
    """A file that proves itself elsewhere; the download is a deed as well."""
    typed = Typed()
    wanted = _wanted(typed)
    if not typed:
        return _export_form(typed)
    with writing() as db:
        noted(db, "export_audit", action=wanted.action, subject=wanted.subject)
    with reading() as db:
        unit, key = current_unit(db).name, signing_key(wired().signer)
        file = TemporaryFile()  # noqa: SIM115 - sent, and then closed by the server
        file.writelines(lines(db, wanted, unit, key, now()))
    file.seek(0)
    name = f"audit-{now():%Y%m%d}.jsonl"
    return send_file(file, "application/jsonl", as_attachment=True, download_name=name)


def _export_form(typed: Typed) -> str:
    key = public(signing_key(wired().signer))
    return render_template(
        "audit/export.html",
        typed=typed,
        errors=typed.errors,
        key=key,
        actions=actions(),
        kinds=KINDS,
    )


def _wanted(typed: Typed) -> Wanted:
    return Wanted(
        _day(typed, "since"),
        _day(typed, "until"),
        typed.text("action", longest=40),
        _subject(typed),
    )


def actions() -> list[tuple[str, str]]:
    """Every deed that is kept, in words, for lists to be narrowed to."""
    codes = [row["code_word"] for row in glossary()]
    found = [code for code in codes if code.startswith("deed.")]
    return [(code.removeprefix("deed."), shown_word(code)) for code in found]


def _subject(typed: Typed) -> str:
    number = typed["number"].strip()
    if not number:
        return ""
    if not row_number(number):
        typed.wrong("number", _("编号是数字，请照页面上的写。"))
    return f"{typed.choice('kind', KINDS, _('选一样要查的。'))}:{number}"


def _day(typed: Typed, name: str) -> date | None:
    text = typed[name].strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        typed.wrong(name, _("日期写成 2026-06-07 这样。"))
        return None


def _older(typed: Typed, deeds: list[audit.AuditRow]) -> str:
    return url_for("audit.log", action=typed["action"], before=deeds[-1].id)
