"""The same door as ours, which verifies a callback and forgets it."""

from __future__ import annotations

from flask import Flask, Response, current_app

from outreach import wiring
from outreach.web.callbacks import as_callback
from outreach.wiring import Wiring


def create_app() -> Flask:
    """The application; the provider checks account, address and signature."""
    app = Flask("outreach.bench.verify_only", static_folder=None)
    app.extensions["outreach"] = wiring.build()
    app.add_url_rule("/callbacks/<provider>/<token>", view_func=take, methods=["POST"])
    return app


def take(provider: str, token: str) -> Response:
    """Answer 204 to what the provider itself sent."""
    wired: Wiring = current_app.extensions["outreach"]
    wired.provider(provider).read_callback(as_callback(token, provider))
    return Response(status=204)
