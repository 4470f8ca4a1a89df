"""Headers, forged requests and too many requests: the same for every page."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from outreach.wiring import Wiring

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=False)

# Style, script and pictures come from here alone; Bootstrap draws its ticks and
# arrows as data: pictures. Nothing inline, nothing framed, nothing sent elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HSTS = "max-age=31536000"


def register(app: Flask) -> None:
    """Protect every form, count requests, and set the headers."""
    wiring: Wiring = app.extensions["outreach"]
    # Kombu and the limiter name a socket differently.
    shared = wiring.settings.broker_url.replace("redis+socket:", "redis+unix:")
    # One web process counts in memory; several share the production broker.
    app.config["RATELIMIT_STORAGE_URI"] = shared if "://" in shared else "memory://"
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)


def _headers(answer: Response) -> Response:
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.is_secure:
        answer.headers.setdefault("Strict-Transport-Security", _HSTS)
    if not answer.cache_control.public and "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer
