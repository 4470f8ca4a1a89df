"""Where providers report: verified, kept, and only then acknowledged."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from campaigns.delivery.provider import Callback, NotAuthentic
from campaigns.errors import NotReady
from outreach import inbox
from outreach.web.gate import open_to_everyone, wired
from outreach.web.safety import csrf, limiter

bp = Blueprint("callbacks", __name__, url_prefix="/callbacks")
_BYTES = 64 * 1024


@bp.post("/<provider>/<token>")
@open_to_everyone
@csrf.exempt
@limiter.exempt
def take(provider: str, token: str) -> Response:
    """Keep a provider's report; 204 when it is on disk, 503 to have it repeated."""
    try:
        carrier = wired().provider(provider)
        reports = carrier.read_callback(_callback(token))
    except NotReady:
        return Response(status=404)
    except (NotAuthentic, HTTPException, UnicodeDecodeError):
        return Response(status=403)
    try:
        inbox.of(wired()).keep(reports)
    except inbox.NotStored:
        return Response(status=503, headers={"Retry-After": "5"})
    return Response(status=204)


def _callback(token: str) -> Callback:
    """The request as the provider signed it: at our public address, whole."""
    request.max_content_length = _BYTES
    body = request.get_data(cache=True, parse_form_data=False)
    form = list(request.form.items(multi=True))
    address = wired().settings.own_url + request.full_path.rstrip("?")
    headers = dict(request.headers)
    return Callback(address, headers, form, body=body, token=token)
