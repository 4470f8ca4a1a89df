"""Tables of delivery: recipients, messages, attempts, receipts, counts and lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import Addressee, Channel, MessageState, Reason

_QUEUED = int(MessageState.QUEUED)
_SUBMITTING = int(MessageState.SUBMITTING)
_IN_DOUBT = int(MessageState.IN_DOUBT)
_SKIPPED = int(MessageState.SKIPPED)


class Recipient(Base):
    """One person of a campaign's frozen audience; figures about people come from here.

    ``best`` is 0 while open, 40 no receipt, 50 undelivered, 60 delivered, and
    ``state - 100`` (so -10, -9, -8) once rejected, skipped or cancelled.
    ``reason`` says why, and ``unsuitable`` where delivery to a phone alone does not
    reach this person.
    """

    __tablename__ = "recipient"
    __table_args__ = (UniqueConstraint("campaign_id", "member_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
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
    is asked next about one in doubt; ``asked`` counts those questions. An alert has
    no member: its phone is the village's duty person's.
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
            "message_batch",
            "portal_batch_id",
            sqlite_where=text("portal_batch_id IS NOT NULL"),
            postgresql_where=text("portal_batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
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
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Attempt(Base):
    """A try that did not end in acceptance: when, to whom, and what was answered."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    message_id: Mapped[int] = mapped_column(Key, index=True)
    number: Mapped[int]
    provider: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(24))
    code: Mapped[str | None] = mapped_column(String(40))
    answer: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]


class Receipt(Base):
    """The append-only inbox of what providers reported.

    ``report`` is the SHA-256 of what identifies a report, so that a repeated one is
    stored once. ``part`` 0 means the whole message. ``applied_at`` stays empty until
    it is applied; one that matches nothing waits with ``retry_at``.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        Index(
            "receipt_waiting",
            "retry_at",
            "id",
            sqlite_where=text("applied_at IS NULL"),
            postgresql_where=text("applied_at IS NULL"),
        ),
        Index("receipt_message", "message_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    report: Mapped[bytes] = mapped_column(unique=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_ref: Mapped[str | None] = mapped_column(String(80))
    message_id: Mapped[int | None] = mapped_column(Key)
    attempt: Mapped[int | None]
    part: Mapped[int] = mapped_column(SmallInteger, default=0)
    state: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(24), default=Reason.NONE)
    status: Mapped[str] = mapped_column(String(40), default="")
    code: Mapped[str | None] = mapped_column(String(40))
    phone_index: Mapped[bytes | None] = mapped_column()
    provider_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    retry_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(24))


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
    breaker since the last success.
    """

    __tablename__ = "line"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    free_at: Mapped[datetime]
    gap_us: Mapped[int]
    open_until: Mapped[datetime | None]
    penalty: Mapped[int] = mapped_column(default=1)
    slowed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)


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
    """What somebody wrote back, kept until a person has read it."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    phone_index: Mapped[bytes] = mapped_column(index=True)
    phone: Mapped[str] = mapped_column(Sealed("reply.phone"))
    text: Mapped[str] = mapped_column(Sealed("reply.text"))
    member_id: Mapped[int | None] = mapped_column(Key)
    wish: Mapped[str] = mapped_column(String(24), default="")
    received_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
