"""The API at ``/api/v1``: the same rights, scopes and sentences as the pages."""

from __future__ import annotations

from flask import Flask

from outreach.api import (  # noqa: F401 - each module declares its operations
    audience,
    bulletins,
    delivery,
    document,
    gate,
    planning,
    register,
    reporting,
)
from outreach.web.safety import csrf


def attach(app: Flask) -> None:
    """Give ``app`` every operation and the document that describes them.

    Cookies open nothing here, so that no other site's form can: tokens do.
    """
    document.publish()
    csrf.exempt(gate.bp)
    app.register_blueprint(gate.bp)
