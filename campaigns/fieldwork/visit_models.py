"""Tables of visits: who must be met by a person, each try, and what they need."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import Addressee, NeedKind, NeedState, VisitOutcome, VisitWay

_OPEN = text("closed_at IS NULL")


class Visit(Base):
    """A person whom a person must meet: one open visit each, whatever was missed.

    ``rank`` is who goes first (``audience.urgent_order``), ``worker`` who is
    responsible by name, ``tries`` how often somebody went or rang without an end.
    An ``emergency``'s visit is closed by a person alone.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index(
            "visit_one_open",
            "member_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "visit_open_place",
            "township",
            "village",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("visit_closed", "closed_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    emergency: Mapped[bool] = mapped_column(default=False)
    rank: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    worker: Mapped[str | None] = mapped_column(String(60))
    assigned_by: Mapped[int | None] = mapped_column(Key)
    assigned_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    tried_at: Mapped[datetime | None]
    outcome: Mapped[VisitOutcome | None] = mapped_column(closed(VisitOutcome))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(Key)


class VisitMissed(Base):
    """A campaign that did not reach this person, and why; ``told_at``: it did later."""

    __tablename__ = "visit_missed"
    __table_args__ = (
        UniqueConstraint("campaign_id", "member_id"),
        Index("visit_missed_visit", "visit_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(24))
    added_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class VisitTry(Base):
    """One call at the door or on the telephone; ``at`` is when it was recorded.

    Without a visit somebody met or rang the person though no campaign missed them.

    ``new_phone`` waits until the county has taken it over, as the person's own or, by
    ``phone_of``, as their guardian's.
    """

    __tablename__ = "visit_try"
    __table_args__ = (Index("visit_try_at", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    way: Mapped[VisitWay] = mapped_column(closed(VisitWay), default=VisitWay.DOOR)
    outcome: Mapped[VisitOutcome] = mapped_column(closed(VisitOutcome))
    remark: Mapped[str | None] = mapped_column(Sealed("visit_try.remark"))
    new_phone: Mapped[str | None] = mapped_column(Sealed("visit_try.new_phone"))
    phone_of: Mapped[Addressee] = mapped_column(
        closed(Addressee), default=Addressee.MEMBER
    )
    taken_over_at: Mapped[datetime | None]
    by: Mapped[int | None] = mapped_column(Key)
    at: Mapped[datetime]


class Need(Base):
    """What a person needs, followed until they say themselves that it is solved.

    ``solved`` is the person's own answer; PASSED was handed to ``passed_to`` and is
    not solved by that.
    """

    __tablename__ = "need"
    __table_args__ = (
        Index("need_raised", "raised_at"),
        Index("need_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    kind: Mapped[NeedKind] = mapped_column(closed(NeedKind))
    words: Mapped[str | None] = mapped_column(Sealed("need.words"))
    state: Mapped[NeedState] = mapped_column(closed(NeedState))
    due_at: Mapped[datetime]
    passed_to: Mapped[str | None] = mapped_column(String(60))
    passed_at: Mapped[datetime | None]
    raised_by: Mapped[int | None] = mapped_column(Key)
    raised_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(Key)
    closed_at: Mapped[datetime | None]
