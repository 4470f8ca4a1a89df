"""Tables of delivery: recipients, messages, attempts, receipts, counts and lines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.delivery.bookkeeping import (
    DutyRow,
    Line,
    PortalBatch,
    Reply,
    Resend,
    Tally,
    TallyDelta,
)
from campaigns.delivery.reported import STRANGE, Attempt, Receipt
from campaigns.orm import Base, Key, closed
from campaigns.vocabulary import Addressee, Channel, MessageState, Reason

_QUEUED = int(MessageState.QUEUED)
_SUBMITTING = int(MessageState.SUBMITTING)
_IN_DOUBT = int(MessageState.IN_DOUBT)
_SKIPPED = int(MessageState.SKIPPED)
_UNDELIVERED = int(MessageState.UNDELIVERED)
PRESSED = literal_column(f"'{Reason.MET}'", String)
"""The reason of a call during which somebody pressed the key.

Written out, or its partial index would not be used.
"""
BY_REFERENCE = "mas"
"""The provider whose receipts name neither token nor serial of ours."""


class Recipient(Base):
    """One person of a campaign's frozen audience; figures about people come from here.

    ``best`` is 0 while open, 40 no receipt, 50 undelivered, 60 delivered, and
    ``state - 100`` (so -10, -9, -8) once rejected, skipped or cancelled.
    ``reason`` says why, ``unsuitable`` where delivery to a phone alone does not reach
    this person, and one of ``BY_PERSON`` once a person has spoken for them. Campaign
    and member are not referenced by constraints, here and in ``Message``: one statement
    makes these rows from those very rows, nobody deletes those, and asking after each
    one again was a third of the time that freezing an audience took.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("campaign_id", "member_id"),
        Index(
            "recipient_missed",
            "campaign_id",
            "id",
            sqlite_where=text(f"best < 0 OR best = {_UNDELIVERED}"),
            postgresql_where=text(f"best < 0 OR best = {_UNDELIVERED}"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Key)
    member_id: Mapped[int] = mapped_column(Key)
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[int] = mapped_column(SmallInteger)
    best: Mapped[int] = mapped_column(SmallInteger, default=0)
    was: Mapped[int] = mapped_column(SmallInteger, default=0)
    suits: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)
    was_reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)


class Message(Base):
    """One bulletin to one phone over one channel.

    ``state`` is a ``MessageState`` and ``was`` the one before it, written by the same
    UPDATE so that the tally can move the right cells. ``attempt`` counts claims and
    is the fence against a late worker; ``claim`` names the batch that holds the
    lease. ``due_at`` is when a queued message may be claimed, and when the provider
    is asked next about one in doubt; ``asked`` counts those questions, ``polled`` how
    often it was asked for a report that never came. An alert has no member: its phone
    is the village's duty person's.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "message_one_per_addressee",
            "campaign_id",
            "member_id",
            "channel",
            "addressee",
            unique=True,
        ),
        Index(
            "message_one_per_phone",
            "campaign_id",
            "channel",
            "phone_index",
            unique=True,
            sqlite_where=text(f"state <> {_SKIPPED}"),
            postgresql_where=text(f"state <> {_SKIPPED}"),
        ),
        Index(
            "message_due",
            "campaign_id",
            "due_at",
            "id",
            sqlite_where=text(f"state = {_QUEUED}"),
            postgresql_where=text(f"state = {_QUEUED}"),
        ),
        Index(
            "message_leased",
            "lease_until",
            sqlite_where=text(f"state = {_SUBMITTING}"),
            postgresql_where=text(f"state = {_SUBMITTING}"),
        ),
        Index(
            "message_open_phone",
            "phone_index",
            sqlite_where=text(f"state IN ({_QUEUED}, {_SUBMITTING}, {_IN_DOUBT})"),
            postgresql_where=text(f"state IN ({_QUEUED}, {_SUBMITTING}, {_IN_DOUBT})"),
        ),
        Index(
            "message_carried_by",
            "carried_by",
            sqlite_where=text("carried_by IS NOT NULL"),
            postgresql_where=text("carried_by IS NOT NULL"),
        ),
        Index(
            "message_doubted",
            "due_at",
            sqlite_where=text(f"state = {_IN_DOUBT}"),
            postgresql_where=text(f"state = {_IN_DOUBT}"),
        ),
        Index(
            "message_reference",
            "provider_ref",
            sqlite_where=text(f"provider = '{BY_REFERENCE}'"),
            postgresql_where=text(f"provider = '{BY_REFERENCE}'"),
        ),
        Index(
            "message_pressed",
            "finished_at",
            sqlite_where=text(f"reason = '{Reason.MET}'"),
            postgresql_where=text(f"reason = '{Reason.MET}'"),
        ),
        Index(
            "message_batch",
            "portal_batch_id",
            sqlite_where=text("portal_batch_id IS NOT NULL"),
            postgresql_where=text("portal_batch_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Key)
    member_id: Mapped[int | None] = mapped_column(Key)
    channel: Mapped[Channel] = mapped_column(closed(Channel))
    addressee: Mapped[Addressee] = mapped_column(closed(Addressee))
    phone_index: Mapped[bytes | None] = mapped_column()
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[int] = mapped_column(SmallInteger)
    carried_by: Mapped[int | None] = mapped_column(Key)
    state: Mapped[int] = mapped_column(SmallInteger)
    was: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)
    was_reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)
    code: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    provider: Mapped[str | None] = mapped_column(String(20))
    provider_ref: Mapped[str | None] = mapped_column(String(80))
    portal_batch_id: Mapped[int | None] = mapped_column(Key)
    parts: Mapped[int | None] = mapped_column(SmallInteger)
    cost: Mapped[int | None]
    asked: Mapped[int] = mapped_column(SmallInteger, default=0)
    polled: Mapped[int] = mapped_column(SmallInteger, default=0)
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


__all__ = [
    "PRESSED",
    "STRANGE",
    "Attempt",
    "DutyRow",
    "Line",
    "Message",
    "PortalBatch",
    "Receipt",
    "Recipient",
    "Reply",
    "Resend",
    "Tally",
    "TallyDelta",
]
