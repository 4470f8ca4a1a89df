"""Institutions, shops and staff: a list of units to tell, kept apart from members."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import Refused, mark
from campaigns.orm import Base, Key
from campaigns.privacy import Sealed
from campaigns.register import practice
from campaigns.register.phones import read_phone
from campaigns.register.sheets.reading import open_table

KINDS = {
    "托养": "care",
    "康复机构": "rehabilitation",
    "盲人按摩店": "massage",
    "工作人员": "staff",
    "其他": "other",
}
_COLUMNS = {
    "name": ("名称", "单位名称", "姓名"),
    "kind": ("种类", "类型"),
    "township": ("乡镇", "乡镇（街道）"),
    "phone": ("联系电话", "电话", "手机"),
    "in_charge": ("负责人", "联系人"),
}
_TITLES = 5
_MOST = 5_000


class Organisation(Base):
    """An institution, a shop, or a member of staff who is told what members are."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(24))
    township: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(Sealed("organisation.phone"))
    in_charge: Mapped[str | None] = mapped_column(Sealed("organisation.in_charge"))
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]


def replace_list(session: Session, path: Path, *, by: int | None, now: datetime) -> int:
    """Put a workbook's rows in the place of the list; return how many there are.

    Raises Unreadable for no table, Refused naming the row that cannot be taken: then
    the list stays as it was. Raises NotReady while practice data stands.
    """
    practice.demand_earnest(session)
    with open_table(path) as table:
        rows = list(enumerate(table.rows, 1))
    where, first = _header([cells for _, cells in rows[:_TITLES]])
    found = [
        _row(number, cells, where, by, now)
        for number, cells in rows
        if number > first and any(cell not in {"", None} for cell in cells)
    ]
    if len(found) > _MOST:
        raise Refused(mark("名单最多 %(most)s 行，请分开。"), most=_MOST)
    session.execute(delete(Organisation))
    session.add_all(found)
    session.flush()
    return len(found)


def list_organisations(session: Session, kind: str = "") -> list[Organisation]:
    """Everybody on the list, or those of one kind, by kind and name."""
    query = select(Organisation).order_by(Organisation.kind, Organisation.name)
    if kind:
        query = query.where(Organisation.kind == kind)
    return list(session.scalars(query))


def _header(rows: list[list[object]]) -> tuple[dict[str, int], int]:
    """Column of each field, and the number of the row of headings."""
    for number, cells in enumerate(rows, 1):
        titles = [str(cell or "").strip() for cell in cells]
        where = {
            field: titles.index(title)
            for field, names in _COLUMNS.items()
            for title in names
            if title in titles
        }
        if {"name", "phone"} <= where.keys():
            return where, number
    raise Refused(mark("没有找到“名称”和“联系电话”两列。请写上列名，再上传。"))


def _row(
    number: int,
    cells: list[object],
    where: dict[str, int],
    by: int | None,
    now: datetime,
) -> Organisation:
    told = {
        field: _text(cells[place]) if place < len(cells) else ""
        for field, place in where.items()
    }
    kind = told.get("kind") or "其他"
    if not told["name"] or kind not in KINDS:
        raise Refused(
            mark("第 %(row)s 行要有名称，种类写%(kinds)s。"),
            row=number,
            kinds="、".join(KINDS),
        )
    try:
        phone = read_phone(told["phone"])
    except Refused:
        raise Refused(
            mark("第 %(row)s 行的电话不是手机号，收不到短信。请核对。"), row=number
        ) from None
    return Organisation(
        name=told["name"][:80],
        kind=KINDS[kind],
        township=told.get("township", "")[:60],
        phone=phone,
        in_charge=told.get("in_charge") or None,
        made_by=by,
        made_at=now,
    )


def _text(cell: object) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell or "").strip()  # type: ignore[call-overload]
