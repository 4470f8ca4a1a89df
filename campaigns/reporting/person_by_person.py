"""Each person's result with name and number masked, read in short pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Message
from campaigns.privacy import mask_name, mask_phone
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.reporting.sheets import Formats, Heading, minute, write_sheet
from campaigns.reporting.tables import Value
from campaigns.vocabulary import TO_PEOPLE, Addressee, MessageState
from campaigns.words import word

PAGE = 1000
_HEADER = (
    "serial",
    "name",
    "township",
    "village",
    "channel",
    "addressee",
    "addressee_phone",
    "state",
    "reason",
    "time",
)


def header(language: str = "zh") -> tuple[str, ...]:
    """The column heads of ``person_rows``."""
    return tuple(word(code, language) for code in _HEADER)


def person_rows(
    session: Session,
    campaign_id: int,
    *,
    scope: Scope,
    names: Mapping[str, str],
    language: str = "zh",
) -> Iterator[tuple[Value, ...]]:
    """One row a message to a person within ``scope``.

    Neither category nor any number in full: a list that is passed on must not tell
    what is the matter with whom. Reads by key, so that no snapshot stays open.
    """
    shown = partial(_row, names=names, language=language)
    serial, last = 0, 0
    while found := _page(session, campaign_id, scope, last):
        for row in found:
            serial += 1
            yield (serial, *shown(row))
        last = found[-1].id


def write_persons(  # noqa: PLR0913 - what, where to, whose, and in which language
    session: Session,
    campaign_id: int,
    to: Path | BinaryIO,
    *,
    scope: Scope,
    names: Mapping[str, str],
    heading: Heading,
) -> None:
    """Write ``person_rows`` as an XLSX file, row by row."""
    say = heading.language
    rows = person_rows(session, campaign_id, scope=scope, names=names, language=say)
    with xlsxwriter.Workbook(to, {"constant_memory": True}) as workbook:
        write_sheet(
            workbook,
            Formats.of(workbook),
            heading,
            word("report_persons", say),
            header(say),
            rows,
        )


# Columns and not objects: a session would keep every one of them.
_COLUMNS = (
    Message.id,
    Message.township,
    Message.village,
    Message.channel,
    Message.addressee,
    Message.phone_index,
    Message.state,
    Message.reason,
    Message.submitted_at,
    Message.accepted_at,
    Message.finished_at,
    Member.name,
    Member.phone,
    Member.guardian_phone,
)


def _page(
    session: Session, campaign_id: int, scope: Scope, after: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(*_COLUMNS)
        .join(Member, Member.id == Message.member_id)
        .where(
            Message.campaign_id == campaign_id,
            Message.channel.in_(TO_PEOPLE),
            Message.id > after,
            *scope.where(),
        )
        .order_by(Message.id)
        .limit(PAGE)
    )
    return session.execute(query).all()


def _row(
    row: Row[*tuple[Any, ...]], *, names: Mapping[str, str], language: str
) -> tuple[Value, ...]:
    return (
        mask_name(row.name),
        names.get(row.township, row.township),
        names.get(row.village or "", ""),
        word(f"channel_{row.channel.value}", language),
        word(f"addressee_{row.addressee.value}", language),
        _number(row),
        word(MessageState(row.state).word, language),
        word(f"reason.{row.reason}", language) if row.reason else "",
        minute(row.finished_at or row.accepted_at or row.submitted_at),
    )


def _number(row: Row[*tuple[Any, ...]]) -> str:
    guardian = row.addressee is Addressee.GUARDIAN
    phone = row.guardian_phone if guardian else row.phone
    return mask_phone(phone) if phone and row.phone_index else ""
