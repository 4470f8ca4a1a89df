"""People on the register as a workbook: masked, or whole where that was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.privacy import mask_name, mask_phone
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.reporting.sheets import Formats, Heading, write_sheet
from campaigns.reporting.tables import Value
from campaigns.vocabulary import MemberStatus
from campaigns.words import word

PAGE = 1000
_HEADER = (
    *("serial", "name", "township", "village", "phone"),
    *("field.guardian_name", "field.guardian_phone"),
)
_COLUMNS = (
    Member.id,
    Member.name,
    Member.township,
    Member.village,
    Member.phone,
    Member.guardian_name,
    Member.guardian_phone,
    Member.certificate_category,
)


def write_people(  # noqa: PLR0913 - whom, where to, how, and in which words
    session: Session,
    scope: Scope,
    to: Path,
    *,
    whole: bool,
    with_category: bool,
    names: Mapping[str, str],
    heading: Heading,
) -> int:
    """Write people within ``scope`` to ``to``; return how many.

    Neither ID nor certificate number, masked or not. Read in short pages, so that no
    snapshot stays open; ``whole`` leaves the masks off.
    """
    say = partial(word, language=heading.language)
    header = [say(code) for code in _HEADER]
    header += [say("category")] if with_category else []
    with xlsxwriter.Workbook(to, {"constant_memory": True}) as workbook:
        workbook.set_properties({"comments": heading.mark})
        count = 0

        def lines() -> Iterator[tuple[Value, ...]]:
            nonlocal count
            for row in _rows(session, scope):
                count += 1
                yield (
                    count,
                    *_line(row, names, whole=whole),
                    *(
                        [say(f"category_{row.certificate_category}")]
                        if with_category
                        else []
                    ),
                )

        write_sheet(
            workbook,
            Formats.of(workbook),
            heading,
            say("nav.register"),
            header,
            lines(),
        )
    return count


def _rows(session: Session, scope: Scope) -> Iterator[Any]:
    last = 0
    active = Member.status == MemberStatus.ACTIVE
    while True:
        query = select(*_COLUMNS).where(active, Member.id > last, *scope.where())
        found = session.execute(query.order_by(Member.id).limit(PAGE)).all()
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1].id


def _line(row: Any, names: Mapping[str, str], *, whole: bool) -> tuple[Value, ...]:  # noqa: ANN401
    name, phone = (str, str) if whole else (mask_name, mask_phone)
    return (
        name(row.name),
        names.get(row.township, row.township),
        names.get(row.village or "", ""),
        phone(row.phone) if row.phone else "",
        name(row.guardian_name) if row.guardian_name else "",
        phone(row.guardian_phone) if row.guardian_phone else "",
    )
