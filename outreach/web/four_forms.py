"""One text as people get it: on a phone, as speech, in print, and easy to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from audio.errors import AudioError
from audio.reading import built_in, read
from audio.script import Script
from campaigns.bulletins.agreement import said_where
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.sms_length import Length, bracketed, measure
from campaigns.bulletins.wording import fill, in_print, values_for
from campaigns.errors import CampaignError
from campaigns.register.models import Unit
from campaigns.register.place_names import spoken
from campaigns.register.places import Gazetteer
from campaigns.register.unit import current_unit
from outreach import previews
from outreach.previews import Progress
from outreach.recording import for_calls, script_of
from outreach.web.gate import now, wired
from outreach.web.languages import translated

_LONGEST_BREATH = 60
_SECONDS_A_LETTER = 0.12


@dataclass(frozen=True, slots=True)
class Sms:
    """The text message, signed, and its length; or what is wrong with it."""

    text: str = ""
    length: Length | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """The spoken text's clip and how far it is; ``guess`` is in seconds.

    ``progress`` is empty where nothing is to be said. ``reading`` pairs what is read
    with its pinyin.
    """

    progress: str = ""
    fault: str = ""
    address: str = ""
    record_at: str = ""
    seconds: float = 0.0
    lufs: float = 0.0
    voice: str = ""
    last_resort: bool = False
    guess: int = 0
    reading: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FourForms:
    """What stands under the four headings; ``place`` is whose names are in it.

    ``facts`` says of each in which form it stands, None where a form is not written.
    ``call`` is what a telephone plays, where calls are made.
    """

    title: str
    place: str
    sms: Sms
    sound: Sound
    spoken: str
    easy_read: list[str]
    facts: list[tuple[str, tuple[bool | None, ...]]]
    call: Sound = field(default_factory=Sound)


def townships(session: Session) -> list[tuple[str, str]]:
    """Code and name of every township of the county."""
    county = current_unit(session).place_code
    found = Gazetteer.of(session, county).townships()
    return [(place.code, place.name) for place in found]


def four_forms(  # noqa: PLR0913 - what, where, and for which ears
    session: Session,
    bulletin: Bulletin,
    version: BulletinVersion,
    township: str = "",
    *,
    village: str = "",
    calls: bool = False,
) -> FourForms:
    """The text as the township ``township`` (a code; the first by default) gets it.

    ``village`` is a name, by default that of the township's first.

    With ``calls`` also as a telephone plays it.
    """
    unit = current_unit(session)
    known = Gazetteer.of(session, unit.place_code)
    there = known.names.get(township) or next(iter(known.townships())).name
    code = township or next(iter(known.townships())).code
    villages = known.villages(code)
    village = village or (spoken(villages[0].name) if villages else "")
    values = values_for(version, unit, there, village)
    return FourForms(
        bulletin.title,
        there,
        _sms(version, unit, values),
        sound(session, version, unit, there, code),
        _filled(version.spoken_text, in_print(values)),
        [_filled(line, values) for line in version.easy_read],
        said_where(version),
        sound(session, version, unit, there, code, calls=True) if calls else Sound(),
    )


def sound(  # noqa: PLR0913 - what, where, and for which ears
    session: Session,
    version: BulletinVersion,
    unit: Unit,
    township: str,
    code: str,
    *,
    calls: bool = False,
) -> Sound:
    """The clip for a township, by its name and its code; as ``calls`` play it."""
    if not version.spoken_text.strip():
        return Sound()
    try:
        pace = wired().settings.pace
        script = script_of(session, version, unit, township, pace=pace)
        script = for_calls(script) if calls else script
        reading = _reading(script)
    except (AudioError, CampaignError) as error:
        return Sound(fault=translated(error.sentence, dict(error.values)))
    folder = wired().settings.media_dir
    preview = previews.status(folder, script.fingerprint(), now())
    of: dict[str, Any] = {"version_id": version.id, "township": code}
    of |= {"calls": 1} if calls else {}
    ask = url_for("sound.record", **of)
    if preview.clip is None:
        return Sound(
            preview.progress,
            translated(preview.sentence, preview.values) if preview.sentence else "",
            record_at=ask,
            guess=max(5, round(len(script.text) * _SECONDS_A_LETTER)),
            reading=reading,
        )
    clip = preview.clip
    return Sound(
        Progress.READY,
        address=url_for("sound.clip", **of),
        seconds=clip.seconds,
        lufs=clip.lufs,
        voice=voice_name(str(clip.manifest["voice"]["used"])),
        last_resort=bool(clip.manifest["voice"]["last_resort"]),
        reading=reading,
    )


def voice_name(name: str) -> str:
    """A voice as people call it."""
    known = {
        "kokoro": _("女声（本机合成）"),
        "google": _("女声（谷歌合成）"),
        "recorded": _("真人录音"),
        "espeak": _("备用合成声"),
        "tone": _("测试音"),
    }
    return known.get(name, name)


def _reading(script: Script) -> list[tuple[str, str]]:
    lexicon = built_in().extended(dict(script.readings))
    clauses = read(script.text, lexicon).clauses(_LONGEST_BREATH)
    return [(clause.text, " ".join(clause.syllables)) for clause in clauses]


def _sms(version: BulletinVersion, unit: Unit, values: dict[str, str]) -> Sms:
    if not version.sms_text.strip():
        return Sms()
    try:
        text = fill(version.sms_text, values)
    except CampaignError as error:
        return Sms(fault=translated(error.sentence, error.values))
    signed = bracketed(unit.signature) + text
    return Sms(signed, measure(text, unit.signature))


def _filled(text: str, values: dict[str, str]) -> str:
    try:
        return fill(text, values)
    except CampaignError:
        return text
