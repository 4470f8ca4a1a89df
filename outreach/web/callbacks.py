"""Where providers report: verified, kept, and only then acknowledged.

An application of its own, beside the pages: tens of thousands of reports come in a
few minutes, and the pages' sessions, forms and limits cost four times the work of
verifying and keeping one.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from campaigns.delivery.provider import Callback, NotAuthentic, Provider
from campaigns.errors import NotReady
from outreach import inbox, replying
from outreach.web.gate import wired
from outreach.wiring import Wiring

_BYTES = 4 * 1024 * 1024
"""Carriers push up to ten thousand receipts at once."""
_ONE_BY_ONE = frozenset({"simulator", "twilio"})
_ONE_BYTES = 64 * 1024
"""A report about one message is smaller than this."""


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
    for rule, view in (
        ("/<provider>/<token>", take),
        ("/<provider>/<token>/key", take_key),
        ("/<provider>/replies", take_replies),
        ("/<provider>/<token>/replies", take_replies),
    ):
        receiver.add_url_rule(rule, view_func=view, methods=["POST"])
    return receiver


def take(provider: str, token: str) -> Response:
    """Keep a provider's report; its answer says that it is on disk."""
    wiring = wired()
    return _kept(
        provider,
        lambda carrier: inbox.of(wiring).keep(
            carrier.read_callback(as_callback(token, provider))
        ),
    )


def take_key(provider: str, token: str) -> Response:
    """Keep a key that somebody pressed during a call; then the call may end."""
    kept = take(provider, token)
    if kept.status_code != HTTPStatus.NO_CONTENT:
        return kept
    return Response("<Response/>", mimetype="text/xml")


def take_replies(provider: str, token: str | None = None) -> Response:
    """Keep what people wrote back, for a person to read."""

    def keep(carrier: Provider) -> None:
        replying.keep(wired(), carrier.read_replies(as_callback(token, provider)))

    return _kept(provider, keep)


def _kept(provider: str, keep: Callable[[Provider], None]) -> Response:
    """Answer as the provider wants it, or 503 to have the call repeated."""
    if provider in _ONE_BY_ONE:
        request.max_content_length = _ONE_BYTES
    try:
        carrier = wired().provider(provider)
        keep(carrier)
    except NotReady:
        return Response(status=404)
    except HTTPException as error:  # too large, or too many wait for their bodies
        return Response(status=error.code or 400, headers=error.get_headers())
    except (NotAuthentic, UnicodeDecodeError):
        return Response(status=403)
    except (inbox.NotStored, SQLAlchemyError):
        return Response(status=503, headers={"Retry-After": "5"})
    if not carrier.kept:
        return Response(status=204)
    return Response(carrier.kept, mimetype="application/json")


def as_callback(token: str | None, provider: str) -> Callback:
    """The request as the provider signed it: at the address it knows us by, whole."""
    body = request.get_data(cache=True, parse_form_data=False)
    form = list(request.form.items(multi=True))
    path = request.script_root + request.full_path.rstrip("?")
    return Callback(
        wired().settings.heard_at(provider) + path,
        dict(request.headers),
        form,
        body,
        token,
        request.remote_addr or "",
    )
