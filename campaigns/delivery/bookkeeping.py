"""Tables beside the messages: counts, lines, number files, replies and resends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import Level, Wish


class Tally(Base):
    """How many are in which state; ``channel`` is ``person`` for people."""

    __tablename__ = "tally"

    campaign_id: Mapped[int] = mapped_column(Key, primary_key=True)
    township: Mapped[str] = mapped_column(String(20), primary_key=True)
    category: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(String(24), primary_key=True)
    state: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    reason: Mapped[str] = mapped_column(String(24), primary_key=True)
    n: Mapped[int]


class TallyDelta(Base):
    """A change of a tally cell, written with the rows it counts, squashed later."""

    __tablename__ = "tally_delta"
    __table_args__ = (Index("tally_delta_campaign", "campaign_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Key)
    township: Mapped[str] = mapped_column(String(20))
    category: Mapped[int] = mapped_column(SmallInteger)
    channel: Mapped[str] = mapped_column(String(24))
    state: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(24))
    n: Mapped[int]


class Line(Base):
    """A provider's shared rate: when it is free again, its gap, its breaker.

    ``gap_us`` is microseconds between two messages; ``penalty`` multiplies it after
    a throttle (at ``slowed_at``) and fades. ``failures`` counts what opened the
    breaker since the last success, ``missed`` messages in a row without an answer.
    """

    __tablename__ = "line"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    free_at: Mapped[datetime]
    gap_us: Mapped[int]
    open_until: Mapped[datetime | None]
    penalty: Mapped[int] = mapped_column(default=1)
    slowed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    missed: Mapped[int] = mapped_column(default=0)


class DutyRow(Base):
    """Which sweep is due when; whoever moves ``next_at`` on does it."""

    __tablename__ = "duty"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime]


class PortalBatch(Base):
    """A number file for a carrier's web portal, and what a person did with it.

    ``state``: made, submitted (ticked off with the portal's number), returned
    (results read), totals (only totals known), abandoned (never submitted).
    """

    __tablename__ = "portal_batch"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    carrier: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="made")
    portal_number: Mapped[str | None] = mapped_column(String(60))
    totals: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    downloaded_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(Key)
    submitted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]


class Reply(Base):
    """What somebody wrote back or said on the telephone, kept until it is closed.

    ``provider_ref`` is what the provider calls it, so that one is taken in once.
    ``member_id`` is who wrote, only where that is clear: it is evidence of contact
    with this very person. ``campaign_id`` is the campaign that last wrote to the
    number in the week before, or rang it. ``township`` and ``village`` are where those
    behind the number live, ``held_by`` the level that must answer until ``due_at``.
    ``outcome`` says what was done, ``entered_by`` who typed in a telephone call.
    """

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("provider", "provider_ref"),
        Index(
            "reply_open",
            "due_at",
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_ref: Mapped[str | None] = mapped_column(String(80))
    phone_index: Mapped[bytes] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(Sealed("reply.phone"))
    text: Mapped[str] = mapped_column(Sealed("reply.text"))
    emptied_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(Key, index=True)
    campaign_id: Mapped[int | None] = mapped_column(Key, index=True)
    wish: Mapped[Wish] = mapped_column(closed(Wish), default=Wish.OTHER)
    township: Mapped[str | None] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    held_by: Mapped[Level] = mapped_column(closed(Level), default=Level.COUNTY)
    due_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(Key)
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(Key)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(Key)
    outcome: Mapped[str | None] = mapped_column(Sealed("reply.outcome"))


class Resend(Base):
    """A wish to send again what may have been sent: asked by one, agreed by another.

    ``messages`` are the ids that were asked for; only those still in doubt go.
    """

    __tablename__ = "resend"
    __table_args__ = (
        CheckConstraint("agreed_by IS NULL OR agreed_by <> asked_by", name="two"),
        Index("resend_campaign", "campaign_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    messages: Mapped[list[int]]
    reason: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[int] = mapped_column(Key)
    asked_at: Mapped[datetime]
    agreed_by: Mapped[int | None] = mapped_column(Key)
    ended_at: Mapped[datetime | None]
    sent: Mapped[int | None]
