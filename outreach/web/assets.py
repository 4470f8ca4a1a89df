"""Style, script and icons: compressed once at start, cached by browsers for a year."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from mimetypes import guess_type

from flask import Blueprint, Flask, Response, abort, request, url_for

from outreach.web import icons
from outreach.web.gate import open_to_everyone

bp = Blueprint("assets", __name__, url_prefix="/assets")
_YEAR = 365 * 24 * 3600
_PRINT_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it goes over the wire: plain and gzipped, with its fingerprint."""

    kind: str
    plain: bytes
    packed: bytes
    fingerprint: str


def register(app: Flask) -> None:
    """Serve the assets and give templates ``asset(name)``."""
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of an asset; it changes whenever the content does."""
    return url_for("assets.show", mark=_assets()[name].fingerprint, name=name)


@bp.get("/<mark>/<name>")
@open_to_everyone
def show(mark: str, name: str) -> Response:
    """One asset; an old fingerprint gets today's file without the long cache."""
    found = _assets().get(name) or abort(404)
    packs = bool(request.accept_encodings["gzip"])
    answer = Response(found.packed if packs else found.plain, mimetype=found.kind)
    if packs:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.cache_control.public = True
    answer.cache_control.max_age = _YEAR if mark == found.fingerprint else 60
    return answer


@cache
def _assets() -> dict[str, Asset]:
    return {name: _packed(name, body) for name, body in _sources()}


def _sources() -> Iterator[tuple[str, bytes]]:
    framework = files("flask_bootstrap") / "static" / "bootstrap5" / "css"
    css = framework.joinpath("bootstrap.min.css").read_bytes()
    # The comment at its end names a map that is not served.
    yield "bootstrap.css", css.split(b"/*# sourceMappingURL")[0]
    yield "icons.svg", icons.sprite()
    for part in files("outreach.web").joinpath("static").iterdir():
        if part.name.endswith((".css", ".js", ".svg")):
            yield part.name, part.read_bytes()


def _packed(name: str, body: bytes) -> Asset:
    kind = guess_type(name)[0] or "application/octet-stream"
    fingerprint = sha256(body).hexdigest()[:_PRINT_DIGITS]
    return Asset(kind, body, gzip.compress(body, mtime=0), fingerprint)
