"""What a text still lacks before it may be issued, said all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins import sensitive
from campaigns.bulletins.agreement import disagreements
from campaigns.bulletins.forbidden import Kind, blocks, in_value
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.sms_length import MAXIMUM_PARTS, Length, measure
from campaigns.bulletins.wording import CHINESE, fill, names_in, values_for
from campaigns.errors import CampaignError, Refused, mark
from campaigns.register.models import Place, Unit
from campaigns.register.unit import current_unit
from campaigns.shanghai import day_of
from campaigns.vocabulary import Level

_DAY = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(3[01]|[12]\d|[1-9])[日号]")
_FORMS = {"sms_text": Kind.SMS, "spoken_text": Kind.SPOKEN}


def faults(
    session: Session, version: BulletinVersion, now: datetime
) -> list[CampaignError]:
    """Every reason why ``version`` may not be issued now; empty when it may."""
    today = day_of(now)
    unit = current_unit(session)
    return [
        *_formal(version, today),
        *_undecided(version, unit),
        *_wording(version),
        *(found.error for found in disagreements(version)),
        *_sensitive(session, version),
        *_filled(session, version, unit, today),
    ]


def longest(session: Session, version: BulletinVersion, signature: str = "") -> Length:
    """Length of the SMS in the township where it is longest.

    Raises Refused when a variable has no value.
    """
    unit = current_unit(session)
    return longest_of(version, unit, longest_places(session, unit), signature)


def longest_of(
    version: BulletinVersion,
    unit: Unit,
    places: Sequence[tuple[str, str]],
    signature: str = "",
) -> Length:
    """The same over ``longest_places`` that were read before."""
    signed = signature or unit.signature
    texts = [
        fill(version.sms_text, values_for(version, unit, township, village))
        for township, village in places
    ]
    return max((measure(text, signed) for text in texts), key=lambda it: it.units)


def longest_places(session: Session, unit: Unit) -> list[tuple[str, str]]:
    """Names of each township with its longest village name, as texts show them."""
    rows = session.execute(
        select(Place.code, Place.name, Place.level, Place.parent).where(
            Place.code.startswith(unit.place_code),
            Place.level.in_([Level.TOWNSHIP, Level.VILLAGE]),
        )
    )
    townships: dict[str, str] = {}
    villages: dict[str, str] = {}
    for code, name, level, parent in rows:
        if level is Level.TOWNSHIP:
            townships[code] = name
        elif parent and len(name) > len(villages.get(parent, "")):
            villages[parent] = name
    places = [(name, villages.get(code, "")) for code, name in townships.items()]
    return places or [(unit.name, unit.name)]


def _formal(version: BulletinVersion, today: date) -> Iterator[CampaignError]:
    if not version.sms_text.strip() and not version.spoken_text.strip():
        yield Refused(mark("还没有正文：短信正文和口播稿至少写一样。"))
    if not version.source.strip():
        yield Refused(mark("来源没填：写明哪个单位、哪份通知。"))
    if version.valid_until is None:
        yield Refused(mark("有效期没填：写明这篇文稿用到哪一天。"))
    elif version.valid_until < today:
        yield Refused(
            mark("有效期 %(day)s 已经过了，改成以后的日期。"), day=version.valid_until
        )


def _undecided(version: BulletinVersion, unit: Unit) -> Iterator[CampaignError]:
    values = values_for(version, unit)
    used = _used(version)
    for name, sample in version.samples.items():
        if name in used and values.get(name, "") in {"", sample}:
            yield Refused(
                mark("“%(name)s”还是样例“%(sample)s”，换成本地的再签发。"),
                name=CHINESE.get(name, name),
                sample=sample,
            )


def _wording(version: BulletinVersion) -> Iterator[CampaignError]:
    forms = [(getattr(version, name), kind) for name, kind in _FORMS.items()]
    forms += [(line, Kind.EASY_READ) for line in version.easy_read]
    found = [hint for text, kind in forms for hint in blocks(text, kind)]
    found += [hint for text in version.values.values() for hint in in_value(text)]
    for hint in found:
        yield Refused(hint.sentence, **hint.values)


def _sensitive(session: Session, version: BulletinVersion) -> Iterator[CampaignError]:
    """Words of the office's own list that it does not let through."""
    texts = (version.sms_text, version.spoken_text, *version.easy_read)
    for found in sensitive.find(session, "\n".join(texts)):
        if found.block:
            yield Refused(
                mark("“%(found)s”在本单位的敏感词表里，请换一个说法。"),
                found=found.text,
            )


def _filled(
    session: Session, version: BulletinVersion, unit: Unit, today: date
) -> Iterator[CampaignError]:
    values = values_for(version, unit, "某某镇", "某某村")
    for text in (version.sms_text, version.spoken_text, *version.easy_read):
        try:
            yield from _past_days(fill(text, values), today)
        except Refused as missing:
            yield missing
            return
    parts = longest(session, version).parts if version.sms_text else 1
    if parts > MAXIMUM_PARTS:
        yield Refused(
            mark("短信要算 %(parts)s 条，最多 %(most)s 条，请删短。"),
            parts=parts,
            most=MAXIMUM_PARTS,
        )


def _past_days(text: str, today: date) -> Iterator[CampaignError]:
    for found in _DAY.finditer(text):
        day = _nearest(int(found[1]), int(found[2]), today)
        if day is None or day < today:
            yield Refused(
                mark("文中的日期“%(day)s”已经过了，或者没有这一天。"), day=found[0]
            )


def _nearest(month: int, day: int, today: date) -> date | None:
    """That day in the year that lies nearest; None where there is no such day."""
    days = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    return min(days, key=lambda it: abs(it - today), default=None)


def _used(version: BulletinVersion) -> set[str]:
    try:
        return set(names_in(version.sms_text, version.spoken_text, *version.easy_read))
    except Refused:
        return set(version.samples)
