"""How long each kind of data is kept: a number of days, changed by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaigns.errors import NotAllowed, Refused, Stale, mark
from campaigns.orm import Base, Key


@dataclass(frozen=True, slots=True)
class Kind:
    """Days that a kind is kept unless somebody changed them, the least, the most."""

    days: int
    least: int
    most: int


KINDS = {
    "receipts": Kind(90, 30, 1100),
    "attempts": Kind(396, 150, 1100),
    "replies": Kind(396, 150, 1100),
    "uploads": Kind(7, 1, 30),
    "gone": Kind(30, 1, 365),
    "sign_ins": Kind(90, 30, 365),
}
"""Carriers' reports, attempts, words of closed replies, lists that were not taken in
and what others wrote over (so long can they be taken back), people who left the
register, sign-ins. Records of sending are kept for five months at least; the record of
deeds is never cut."""


class Keeping(Base):
    """What was decided about one kind, and what is proposed."""

    __tablename__ = "keeping"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> proposed_by", name="two"),
    )

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    days: Mapped[int]
    proposed_days: Mapped[int | None]
    proposed_by: Mapped[int | None] = mapped_column(Key)
    proposed_at: Mapped[datetime | None]
    agreed_by: Mapped[int | None] = mapped_column(Key)


def all_kinds(session: Session) -> dict[str, Keeping]:
    """Every kind with its days, decided or not."""
    known = {row.kind: row for row in session.scalars(select(Keeping))}
    return {
        name: known.get(name) or Keeping(kind=name, days=kind.days)
        for name, kind in KINDS.items()
    }


def until(session: Session, name: str, now: datetime) -> datetime:
    """What is older than this is not kept."""
    return now - timedelta(days=all_kinds(session)[name].days)


def propose(session: Session, name: str, days: int, *, by: int, now: datetime) -> None:
    """Propose another time; a coordinator has to agree. Raises Refused."""
    kind = KINDS.get(name)
    if kind is None or not kind.least <= days <= kind.most:
        least, most = (kind.least, kind.most) if kind else (1, 1)
        raise Refused(
            mark("这一类要保存 %(least)s 到 %(most)s 天。请改成这个范围里的数。"),
            least=least,
            most=most,
        )
    row = session.merge(all_kinds(session)[name])
    row.proposed_days, row.proposed_by, row.proposed_at = days, by, now
    row.agreed_by = None
    session.flush()


def agree(session: Session, name: str, *, by: int) -> int:
    """Let a proposed time hold; returns it. Raises Stale, NotAllowed for its maker."""
    row = session.get(Keeping, name, with_for_update=True)
    if row is None or row.proposed_days is None:
        raise Stale(mark("没有待同意的修改，可能已经有人办了。"))
    if row.proposed_by == by:
        raise NotAllowed(mark("修改是您提出的，要请另一位同事同意。"))
    row.days, row.proposed_days, row.agreed_by = row.proposed_days, None, by
    session.flush()
    return row.days
