"""A bulletin's fields as the editor sends them, and what the editor says about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from audio.reading.cleaning import clean
from campaigns.bulletins import plain_language, readiness
from campaigns.bulletins.drafting import Fields
from campaigns.bulletins.forbidden import Hint, Kind
from campaigns.bulletins.listing import LETTERS_A_SECOND
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.bulletins.sms_length import ONE_PART, Length, price
from campaigns.bulletins.wording import CHINESE, LATIN, STANDARD, canonical, names_in
from campaigns.errors import CampaignError, Refused, mark
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Urgency
from outreach.web.forms import Typed, sent
from outreach.web.languages import language, sentence

TOPICS = ("health", "disaster", "policy", "service", "safety")
_VALUE = "value-"
_EASY = "easy_"
_EASY_LINES = 3
_DERIVED = "_spoken"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_PEOPLE = 1000
_KEPT = 0xE000
"""Letters of private use stand for variables while a text is tidied."""

_FORMS = {"sms": Kind.SMS, "spoken": Kind.SPOKEN, "easy_read": Kind.EASY_READ}


@dataclass(frozen=True, slots=True)
class Count:
    """How long the SMS is: ``over`` letters more than one part, ``price`` in yuan."""

    fault: str = ""
    length: Length | None = None
    over: int = 0
    price: Decimal = Decimal()
    varies: bool = False


@dataclass(frozen=True, slots=True)
class ValueField:
    """A variable's input; a ``standing`` one has a value when nobody enters any."""

    name: str
    label: str
    value: str
    hint: str
    standing: bool


def read_fields(form: MultiDict[str, str]) -> Fields:
    """What the editor sent, tidied where that was asked.

    Raises Refused for a date or an urgency that is none.
    """
    tidy = _tidied if form.get("deed") == "tidy" else str
    return Fields(
        title=form.get("title", ""),
        topic=form.get("topic", "") if form.get("topic") in TOPICS else "",
        urgency=Urgency(form.get("urgency", Urgency.TIP)),
        sms_text=tidy(_plain(form.get("sms_text", ""))),
        spoken_text=tidy(_plain(form.get("spoken_text", ""))),
        easy_read=[tidy(line) for line in _lines(form)],
        values={
            key.removeprefix(_VALUE): text
            for key, text in form.items()
            if key.startswith(_VALUE)
        },
        source=form.get("source", "").strip(),
        valid_until=_day(form.get("valid_until", "")),
    )


def waited() -> Fields | None:
    """What somebody typed before they had to sign in again; None where nothing."""
    form = sent()
    try:
        return read_fields(form) if form is not None else None
    except CampaignError:
        return None


def replaced(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form after the press of a "replace" button, such as ``sms:12``."""
    which, _, start = form.get("replace", "").partition(":")
    fresh = MultiDict(form)
    name = {"sms": "sms_text", "spoken": "spoken_text"}.get(which, "")
    text = _plain(form.get(name, "")) if name else "\n".join(_lines(form))
    for hint in plain_language.hints(text, _FORMS.get(which, Kind.EASY_READ)):
        if hint.better is not None and str(hint.start) == start:
            text = plain_language.replace(text, hint)
            break
    if name:
        fresh[name] = text
    else:
        fresh.update({f"{_EASY}{at}": line for at, line in enumerate(text.split("\n"))})
    return fresh


def hints_of(words: Fields) -> dict[str, list[Hint]]:
    """Advice for each of the three forms."""
    return {
        "sms": plain_language.hints(words["sms_text"], Kind.SMS),
        "spoken": plain_language.hints(words["spoken_text"], Kind.SPOKEN),
        "easy_read": plain_language.hints(
            "\n".join(words["easy_read"]), Kind.EASY_READ
        ),
    }


def count(session: Session, words: Fields) -> Count:
    """Length and price of the SMS where it is longest."""
    text = words["sms_text"]
    if not text.strip():
        return Count()
    draft = BulletinVersion(
        sms_text=text,
        values={canonical(name): value for name, value in words["values"].items()},
    )
    try:
        length = readiness.longest(session, draft)
    except CampaignError as error:
        return Count(fault=sentence(error))
    cost = price(length.parts * _PEOPLE, current_unit(session).part_price)
    over = max(length.units - ONE_PART, 0)
    return Count("", length, over, cost, varies=bool(names_in(text)))


def spoken_length(text: str) -> dict[str, int]:
    """Letters and about how many seconds one reading takes."""
    return {"letters": len(text), "seconds": round(len(text) / LETTERS_A_SECOND)}


def value_fields(version: BulletinVersion, words: Fields) -> list[ValueField]:
    """An input for every variable that has no value by itself."""
    given = {canonical(name): value for name, value in words["values"].items()}
    try:
        used = names_in(words["sms_text"], words["spoken_text"], *words["easy_read"])
    except Refused:
        used = []
    asked = [n for n in used if n not in STANDARD and not n.endswith(_DERIVED)]
    local = [n for n in version.samples if not n.endswith(_DERIVED)]
    names = dict.fromkeys([*asked, *(n for n in given if n in used), *local])
    return [
        ValueField(
            name,
            _label(name),
            given.get(name, ""),
            _hint(version, name),
            name in STANDARD,
        )
        for name in names
    ]


def fields_of(bulletin: Bulletin, version: BulletinVersion) -> Fields:
    """The editor's fields as they are stored, variables in the reader's language."""
    return Fields(
        title=bulletin.title,
        topic=bulletin.topic,
        urgency=version.urgency,
        sms_text=_named(version.sms_text),
        spoken_text=_named(version.spoken_text),
        easy_read=[_named(line) for line in version.easy_read],
        values=dict(version.values),
        source=version.source,
        valid_until=version.valid_until,
    )


def shown(fields: Fields, faults: dict[str, str]) -> Typed:
    """The fields as the page's form reads them, with what is wrong beside each."""
    typed = Typed()
    plain = {name: str(value or "") for name, value in fields.items()}
    easy = {f"{_EASY}{at}": line for at, line in enumerate(fields["easy_read"])}
    values = {f"{_VALUE}{canonical(n)}": v for n, v in fields["values"].items()}
    typed.values = {**plain, **easy, **values}
    typed.errors = faults
    return typed


def _label(name: str) -> str:
    return CHINESE.get(name, name) if language() == "zh" else name


def _named(text: str) -> str:
    """``text`` with its variables as the reader calls them: ${日期} or ${date}."""
    names = CHINESE if language() == "zh" else LATIN
    return _VARIABLE.sub(lambda found: f"${{{names.get(found[1], found[1])}}}", text)


def _hint(version: BulletinVersion, name: str) -> str:
    if name in STANDARD:
        return _("不填就用本单位的。")
    sample = version.samples.get(name, "")
    return (
        _("“%(sample)s”是样例，换成本地的才能签发。", sample=sample) if sample else ""
    )


def _lines(form: MultiDict[str, str]) -> list[str]:
    lines = (form.get(f"{_EASY}{at}", "").strip() for at in range(_EASY_LINES))
    return [line for line in lines if line]


def _tidied(text: str) -> str:
    """Pasted text without ornaments, glosses and broken lines; variables stay."""
    names: list[str] = []

    def keep(found: re.Match[str]) -> str:
        names.append(found.group())
        return chr(_KEPT + len(names) - 1)

    cleaned = clean(_VARIABLE.sub(keep, text)).text
    for place, name in enumerate(names):
        cleaned = cleaned.replace(chr(_KEPT + place), name)
    return cleaned


def _plain(text: str) -> str:
    """Browsers send line ends as CR LF; a text message has none of the CRs."""
    return text.replace("\r\n", "\n").strip()


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            mark("“%(text)s”不是日期。请写成 2026-11-25 的样子。"), text=text[:20]
        ) from None
