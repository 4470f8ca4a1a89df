"""Templates at carriers: the text to paste there, and what the carrier said of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.bulletins import templates
from campaigns.bulletins.models import BulletinVersion, CarrierTemplate
from campaigns.delivery.dispatch import ALERTS
from campaigns.vocabulary import Addressee
from outreach.access import Action
from outreach.providers import lacking
from outreach.web.forms import saying_why
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import shown_word
from outreach.web.noting import noted
from outreach.web.own_bulletins import opened

bp = Blueprint("templating", __name__, url_prefix="/bulletins")
_SMS = "sms"


def template_carriers() -> list[str]:
    """The carriers with templates that this office has set up."""
    settings = wired().settings
    return [name for name in templates.carriers() if lacking(name, settings) is None]


@dataclass(frozen=True, slots=True)
class Filing:
    """One text at one carrier: ``which`` text, as filed, and what is known of it."""

    which: str
    provider: str
    title: str
    text: str
    known: CarrierTemplate | None


@bp.get("/<int:bulletin_id>/templates")
@needs(Action.READ_BULLETINS)
def show(bulletin_id: int) -> str:
    """Both texts that this bulletin sends, as each carrier wants them filed."""
    with reading() as session:
        bulletin, version = opened(session, bulletin_id)
        filings = list(_filings(session, version))
    states = [(state, shown_word(f"template.{state}")) for state in templates.STATES]
    return render_template(
        "bulletins/templates.html", bulletin=bulletin, filings=filings, states=states
    )


@bp.post("/<int:bulletin_id>/templates")
@needs(Action.WRITE_BULLETINS)
def note(bulletin_id: int) -> Response:
    """Note the carrier's code and its answer."""
    given = request.form
    with saying_why():
        with writing() as session:
            _bulletin, version = opened(session, bulletin_id)
            kept = templates.note_template(
                session,
                given.get("provider", ""),
                _text(version, given.get("which", "")),
                code=given.get("code", ""),
                state=given.get("state", ""),
                reason=given.get("reason", ""),
                by=acting().user_id,
                now=now(),
            )
            noted(session, "note_template", f"bulletin:{bulletin_id}", code=kept.code)
        flash(_("模板记下了。"), "good")
    return redirect(url_for(".show", bulletin_id=bulletin_id), 303)


def _filings(session: Session, version: BulletinVersion) -> list[Filing]:
    titles = {
        _SMS: _("短信正文"),
        Addressee.DUTY: _("通知村里播出的短信"),
        Addressee.LEADER: _("村里没有回音时通知值班领导的短信"),
        Addressee.MEMBER: _("监护人电话换了，告诉本人的短信"),
    }
    return [
        Filing(
            which,
            provider,
            title,
            templates.as_filed(text),
            templates.template_of(session, provider, text),
        )
        for provider in template_carriers()
        for which, title in titles.items()
        if (text := _text(version, which)).strip()
    ]


def _text(version: BulletinVersion, which: str) -> str:
    by_name = {str(addressee): text for addressee, text in ALERTS.items()}
    return by_name.get(which, version.sms_text)
