"""Clips made to be listened to before anything is issued, and how far they are.

A small file beside the clips says that somebody asked, or why it failed; the clip
itself, once it lies in the store, says that it is done.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from audio.clip import Clip
from audio.errors import AudioError
from audio.store import Store, place
from campaigns.bulletins.drafting import get_version
from campaigns.errors import CampaignError
from campaigns.orm import instant, micros
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from outreach.recording import clip_of, for_calls, script_of
from outreach.wiring import Wiring

_PATIENCE = timedelta(minutes=10)
"""A recording that was asked for longer ago than this is no longer on its way."""


class Progress(StrEnum):
    """How far a preview is."""

    NONE = "none"
    RECORDING = "recording"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Preview:
    """A clip, or what is known of it; ``sentence`` and ``values`` say why it failed."""

    progress: Progress
    clip: Clip | None = None
    sentence: str = ""
    values: dict[str, Any] = field(default_factory=dict)


def status(folder: Path, fingerprint: str, now: datetime) -> Preview:
    """How far the clip of ``fingerprint`` is in the studio's ``folder``."""
    clip = Store(folder).find(fingerprint)
    if clip is not None:
        return Preview(Progress.READY, clip)
    try:
        noted = json.loads(_note(folder, fingerprint).read_text("utf-8"))
    except (OSError, ValueError):
        return Preview(Progress.NONE)
    if noted.get("sentence"):
        return Preview(
            Progress.FAILED, sentence=noted["sentence"], values=noted["values"]
        )
    late = now - instant(noted["asked"]) > _PATIENCE
    return Preview(Progress.NONE if late else Progress.RECORDING)


def ask(folder: Path, fingerprint: str, now: datetime) -> None:
    """Note that somebody wants to hear it."""
    _write(folder, fingerprint, {"asked": micros(now)})


def record(
    wiring: Wiring, version_id: int, township: str, *, calls: bool = False
) -> None:
    """Record a version as ``township`` (a place code) hears it; a failure is noted.

    With ``calls`` as a telephone plays it.
    """
    with wiring.database.reading() as session:
        version = get_version(session, version_id)
        found = session.get(Place, township)
        unit = current_unit(session)
        script = script_of(
            session,
            version,
            unit,
            found.name if found else "",
            pace=wiring.settings.pace,
        )
    if calls:
        script = for_calls(script)
    folder, fingerprint = wiring.studio.store.folder, script.fingerprint()
    try:
        clip_of(wiring, script)
    except (AudioError, CampaignError) as error:
        values = {name: str(value) for name, value in error.values.items()}
        _write(folder, fingerprint, {"sentence": error.sentence, "values": values})


def _note(folder: Path, fingerprint: str) -> Path:
    return folder / "previews" / f"{fingerprint[:32]}.json"


def _write(folder: Path, fingerprint: str, facts: dict[str, Any]) -> None:
    target = _note(folder, fingerprint)
    target.parent.mkdir(parents=True, exist_ok=True)
    place(target, json.dumps(facts, ensure_ascii=False).encode())
