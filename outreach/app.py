"""The web application: wiring first, then the pages on top of it."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.routing import IntegerConverter

from outreach import api, web, wiring
from outreach.settings import Settings

_UPLOAD_BYTES = 32 * 1024 * 1024
_FORM_BYTES = 1024 * 1024


class RowNumber(IntegerConverter):
    """A row's number in an address: what no database can hold is no page of ours."""

    regex = r"\d{1,18}"


def create_app(settings: Settings | None = None) -> Flask:
    """Put one web process together; called once, in the process that serves.

    Raises NotReady for what production refuses, ValueError where a key is no key.
    """
    known = wiring.build(settings)
    folder = Path(web.__file__).parent
    app = Flask(
        "outreach",
        static_folder=str(folder / "static"),
        template_folder=str(folder / "templates"),
    )
    secure = known.settings.own_url.startswith("https://")
    app.config.from_mapping(
        SECRET_KEY=known.settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=_UPLOAD_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        # The prefix binds the cookie to this host, and browsers demand https for it.
        SESSION_COOKIE_NAME="__Host-outreach" if secure else "outreach",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.url_map.converters["int"] = RowNumber
    # /planning and /planning/ are one page: no address costs a second request.
    app.url_map.strict_slashes = False
    app.debug = known.settings.debug
    app.extensions["outreach"] = known
    web.attach(app)
    api.attach(app)
    return app
