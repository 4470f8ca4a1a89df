"""Bulletins: the list, a new one, the editor with live parts, and the preview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins import drafting, library, listing, readiness, review
from campaigns.bulletins.drafting import Fields
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.errors import CampaignError
from campaigns.vocabulary import BulletinState, Urgency
from outreach.access import Action, may
from outreach.accounts import names_of
from outreach.web import bulletin_form, seen_by
from outreach.web.forms import Typed, saying_why, sent
from outreach.web.four_forms import four_forms, townships
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import sentence, shown_word
from outreach.web.noting import noted
from outreach.web.own_bulletins import opened
from outreach.web.templating import template_carriers

bp = Blueprint("bulletins", __name__, url_prefix="/bulletins")

_TABS = {
    "drafts": (BulletinState.DRAFT, BulletinState.RETURNED),
    "review": (BulletinState.IN_REVIEW, BulletinState.REVIEWED),
    "issued": (BulletinState.ISSUED,),
    "old": (BulletinState.ISSUED, BulletinState.SUPERSEDED),
}
_EDITABLE = {BulletinState.DRAFT, BulletinState.RETURNED, BulletinState.ISSUED}


@bp.get("/")
@needs(Action.READ_BULLETINS)
def index() -> str:
    """Bulletins by state."""
    tab = request.args.get("tab", "")
    tab = tab if tab in _TABS else "issued"
    with reading() as session:
        rows = listing.list_bulletins(
            session, states=_TABS[tab], categories=acting().categories
        )
        names = names_of(session, [row.written_by for row in rows])
    rows = [row for row in rows if _belongs(row, tab)]
    shown = {"rows": rows, "tab": tab, "tabs": _tabs(), "names": names}
    return render_template("bulletins/index.html", **shown)


@bp.get("/new")
@needs(Action.WRITE_BULLETINS)
def new() -> str:
    """Choose where to begin."""
    typed = Typed(start=request.args.get("start", library.texts()[0].id))
    return render_template("bulletins/new.html", texts=library.texts(), typed=typed)


@bp.post("/new")
@needs(Action.WRITE_BULLETINS)
def begin() -> Response | tuple[str, int]:
    """Make the first draft."""
    typed = Typed()
    with typed.catching("title"), writing() as session:
        version = _begin(session, typed["start"], typed["title"])
    if typed:
        return redirect(url_for("bulletins.edit", bulletin_id=version.bulletin_id), 303)
    page = render_template("bulletins/new.html", texts=library.texts(), typed=typed)
    return page, 422


@bp.get("/<int:bulletin_id>/edit")
@needs(Action.WRITE_BULLETINS)
def edit(bulletin_id: int) -> str:
    """The editor with what is stored, or with what waited for its writer."""
    return _again(bulletin_id, "", bulletin_form.waited())[0]


@bp.post("/<int:bulletin_id>/edit")
@needs(Action.WRITE_BULLETINS)
def save(bulletin_id: int) -> str | Response | tuple[str, int]:
    """Save, check, replace a word, or save and go on to the preview."""
    deed = request.form.get("deed", "save")
    form = bulletin_form.replaced(request.form) if "replace" in request.form else None
    try:
        fields = bulletin_form.read_fields(form or request.form)
    except CampaignError as error:
        return _again(bulletin_id, sentence(error))
    if form is not None or deed in {"check", "tidy"}:
        return _again(bulletin_id, "", fields)
    try:
        _store(bulletin_id, fields)
    except CampaignError as error:
        return _again(bulletin_id, sentence(error), fields)
    flash(_("已保存。"), "good")
    page = "bulletins.show" if deed == "preview" else "bulletins.edit"
    return redirect(url_for(page, bulletin_id=bulletin_id), 303)


@bp.post("/<int:bulletin_id>/measure")
@needs(Action.WRITE_BULLETINS)
def measure(bulletin_id: int) -> str:
    """The sentence about parts and price, for a page that counts while one writes."""
    with reading() as session:
        opened(session, bulletin_id)
        try:
            fields = bulletin_form.read_fields(request.form)
            counted = bulletin_form.count(session, fields)
        except CampaignError as error:
            counted = bulletin_form.Count(fault=sentence(error))
    return render_template("bulletins/_count.html", count=counted)


@bp.get("/<int:bulletin_id>")
@needs(Action.READ_BULLETINS)
def show(bulletin_id: int) -> str:
    """The text in all its forms, as one township gets it."""
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        seen = seen_by.asked(session, version.urgency)
        township = seen.township if seen else request.args.get("township", "")
        village = seen.village if seen else ""
        return render_template(
            "bulletins/show.html",
            bulletin=bulletin,
            version=version,
            township=township,
            townships=townships(session),
            seen=seen,
            segments=seen_by.choices(session),
            view=four_forms(session, bulletin, version, township, village=village),
            faults=[sentence(f) for f in readiness.faults(session, version, now())],
            allowed=_allowed(version),
            template_carriers=template_carriers(),
        )


@bp.post("/<int:bulletin_id>/submit")
@needs(Action.WRITE_BULLETINS)
def submit(bulletin_id: int) -> Response:
    """Hand the draft to a colleague."""
    with saying_why():
        with writing() as session:
            _bulletin, version = opened(session, bulletin_id)
            by = acting().user_id
            review.send_for_review(session, version.id, by=by, now=now())
            noted(session, "send_for_review", f"bulletin:{bulletin_id}")
        flash(_("已送审。请另一位同事来审核签发。"), "good")
    return redirect(url_for("bulletins.show", bulletin_id=bulletin_id), 303)


def _begin(session: Session, start: str, title: str) -> BulletinVersion:
    by, own = acting().user_id, acting().categories
    if start:
        version = library.start_from_library(session, start, by=by, now=now())
        version.bulletin.categories = own
    else:
        version = drafting.new_bulletin(
            session, title=title, topic="health", categories=own, by=by, now=now()
        )
    version.voice = wired().settings.voice
    version.content_hash = drafting.content_hash(version)
    noted(session, "draft_bulletin", f"bulletin:{version.bulletin_id}")
    return version


def _store(bulletin_id: int, fields: Fields) -> None:
    with writing() as session:
        opened(session, bulletin_id)
        drafting.save_draft(
            session,
            bulletin_id,
            fields,
            by=acting().user_id,
            now=now(),
            seen=request.form.get("seen"),
        )
        noted(session, "save_bulletin", f"bulletin:{bulletin_id}")


def _again(
    bulletin_id: int, fault: str, fields: Fields | None = None
) -> tuple[str, int]:
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        kept = fields or bulletin_form.fields_of(bulletin, version)
        seen = (sent() or request.form).get("seen", version.content_hash)
        page = _editor(session, bulletin, version, kept, seen, fault)
    return page, 422 if fault else 200


def _editor(  # noqa: PLR0913, PLR0917 - all that the page shows
    session: Session,
    bulletin: Bulletin,
    version: BulletinVersion,
    fields: Fields,
    seen: str,
    fault: str = "",
) -> str:
    hints = bulletin_form.hints_of(fields)
    return render_template(
        "bulletins/edit.html",
        bulletin=bulletin,
        version=version,
        typed=bulletin_form.shown(fields, {"": fault} if fault else {}),
        seen=seen,
        topics=[(code, shown_word(f"topic.{code}")) for code in bulletin_form.TOPICS],
        urgencies=[
            (each.value, shown_word(f"urgency.{each.value}")) for each in Urgency
        ],
        values=bulletin_form.value_fields(version, fields),
        count=bulletin_form.count(session, fields),
        spoken=bulletin_form.spoken_length(fields["spoken_text"]),
        hints=hints,
        blocked=sum(hint.block for found in hints.values() for hint in found),
    )


def _belongs(row: listing.BulletinRow, tab: str) -> bool:
    past = listing.expired(row, now())
    if tab == "old":
        return past or row.state is BulletinState.SUPERSEDED
    return not past


def _tabs() -> list[tuple[str, str]]:
    return [
        ("drafts", _("草稿")),
        ("review", _("待审")),
        ("issued", _("已签发")),
        ("old", _("已过期")),
    ]


def _allowed(version: BulletinVersion) -> dict[str, Any]:
    person, state = acting(), version.state
    wrote = person.user_id in version.writers
    waits = state in _TABS["review"]
    return {
        "edit": may(person, Action.WRITE_BULLETINS) and state in _EDITABLE,
        "submit": may(person, Action.WRITE_BULLETINS) and state in _TABS["drafts"],
        "review": may(person, Action.ISSUE_BULLETINS) and waits and not wrote,
        "wait": waits and wrote,
        "campaign": may(person, Action.MAKE_CAMPAIGNS)
        and state is BulletinState.ISSUED,
    }
