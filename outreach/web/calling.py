"""What a call plays, fetched by the carrier under its signed address."""

from __future__ import annotations

from flask import Blueprint, Response

from audio.store import Store
from campaigns.errors import NotFound, mark
from outreach import call_sound
from outreach.web import media
from outreach.web.gate import now, open_to_everyone, wired

bp = Blueprint("calling", __name__, url_prefix="/calls")


@bp.get("/<token>.wav")
@open_to_everyone
def clip(token: str) -> Response:
    """The clip, whose name is the only key: it says nothing of anybody."""
    fingerprint = call_sound.read(wired().signer, token, now())
    found = Store(wired().settings.media_dir).find(fingerprint)
    if found is None:
        raise NotFound(mark("没有这段录音。"))
    # Plain samples come last: every exchange plays them, whichever law it speaks.
    file = found.files[-1]
    return media.served(file.path, media.WAV, print_=file.sha256)
