"""Institutions, shops and staff: their list, and their numbers for a portal."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

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

from campaigns.register import organisations
from outreach.access import Action
from outreach.web.forms import Typed
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("organisations", __name__, url_prefix="/audience/organisations")


@bp.get("/")
@needs(Action.TAKE_IN_IMPORT)
def index() -> str:
    """Everybody on the list."""
    return _page(Typed())


@bp.post("/")
@needs(Action.TAKE_IN_IMPORT)
def replace() -> Answer | tuple[str, int]:
    """Put a workbook in the place of the list."""
    typed, n = Typed(), 0
    with typed.catching("file"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        request.files["file"].save(path)
        with writing() as session:
            by = acting().user_id
            n = organisations.replace_list(session, path, by=by, now=now())
            noted(session, "replace_organisations")
    if not typed:
        return _page(typed), 422
    flash(_("名单换好了，共 %(n)s 个。", n=n), "good")
    return redirect(url_for("organisations.index"), 303)


@bp.get("/numbers.txt")
@needs(Action.TAKE_IN_IMPORT)
def numbers() -> Response:
    """Their numbers, one a line, for the carrier's portal."""
    with writing() as session:
        found = organisations.list_organisations(session, request.args.get("kind", ""))
        noted(session, "export_organisations")
    phones = dict.fromkeys(one.phone.removeprefix("+86") for one in found)
    text = "\r\n".join([*phones, ""]).encode("ascii")
    return send_file(
        BytesIO(text),
        mimetype="text/plain",
        as_attachment=True,
        download_name="numbers.txt",
    )


def _page(typed: Typed) -> str:
    with reading() as session:
        found = organisations.list_organisations(session)
    names = {code: name for name, code in organisations.KINDS.items()}
    return render_template(
        "audience/organisations.html", found=found, names=names, typed=typed
    )
