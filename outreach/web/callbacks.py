"""Where providers report: verified, kept, and only then acknowledged.

An application of its own, beside the pages: tens of thousands of reports come in a
few minutes, and the pages' sessions, forms and limits cost four times the work of
verifying and keeping one.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from campaigns.delivery.provider import Callback, NotAuthentic
from campaigns.errors import NotReady
from outreach import inbox
from outreach.wiring import Wiring

_BYTES = 64 * 1024


def register(app: Flask) -> None:
    """Answer below ``/callbacks``, before the pages see anything."""
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/callbacks": make(app.extensions["outreach"])}
    )


def make(wiring: Wiring) -> Flask:
    """The application that takes reports."""
    receiver = Flask("outreach.callbacks", static_folder=None)
    receiver.config["MAX_CONTENT_LENGTH"] = _BYTES
    receiver.extensions["outreach"] = wiring
    receiver.add_url_rule("/<provider>/<token>", view_func=take, methods=["POST"])
    return receiver


def take(provider: str, token: str) -> Response:
    """Keep a provider's report; 204 when it is on disk, 503 to have it repeated."""
    wiring: Wiring = current_app.extensions["outreach"]
    try:
        carrier = wiring.provider(provider)
        reports = carrier.read_callback(_callback(wiring, token))
    except NotReady:
        return Response(status=404)
    except (NotAuthentic, HTTPException, UnicodeDecodeError):
        return Response(status=403)
    try:
        inbox.of(wiring).keep(reports)
    except inbox.NotStored:
        return Response(status=503, headers={"Retry-After": "5"})
    return Response(status=204)


def _callback(wiring: Wiring, token: str) -> Callback:
    """The request as the provider signed it: at our public address, whole."""
    body = request.get_data(cache=True, parse_form_data=False)
    form = list(request.form.items(multi=True))
    path = request.script_root + request.full_path.rstrip("?")
    headers = dict(request.headers)
    return Callback(wiring.settings.own_url + path, headers, form, body, token)
