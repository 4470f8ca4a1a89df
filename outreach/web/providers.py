"""Who carries the messages: a table without secrets, and a test that sends nothing."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from outreach import provider_list
from outreach.access import Action
from outreach.web.forms import saying_why
from outreach.web.gate import needs, now, reading, wired, writing
from outreach.web.languages import sentence
from outreach.web.noting import noted

bp = Blueprint("providers", __name__, url_prefix="/providers")


@bp.get("")
@needs(Action.READ_PROVIDERS)
def index() -> str:
    """Every provider, those in use first."""
    with reading() as session:
        rows = provider_list.rows(session, wired().settings, now())
    lacks = {row.name: sentence(row.lacks) for row in rows if row.lacks}
    return render_template("health/providers.html", rows=rows, lacks=lacks)


@bp.post("/<name>/test")
@needs(Action.CHANGE_PROVIDERS)
def test(name: str) -> Response:
    """Ask whether it answers; nothing is sent."""
    with saying_why():
        told = provider_list.probe(wired(), name)
        with writing() as session:
            noted(session, "test_provider", provider=name)
        if told is None:
            flash(_("设置齐全。这个通道不能只问不发，请用“发给自己试一试”。"), "good")
        else:
            amount, currency = told
            said = _("通道有回应，还剩 %(n)s %(currency)s。什么也没有发。")
            flash(said % {"n": f"{amount:,.2f}", "currency": currency}, "good")
    return redirect(url_for("providers.index"), 303)
