"""Tables of campaigns and approvals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaigns.audience.models import Segment
from campaigns.bulletins.models import BulletinVersion
from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import ApprovalWay, CampaignState, Follows, Urgency


class Campaign(Base):
    """One decision to tell one audience one bulletin.

    ``rule`` is the segment's rule, frozen when the campaign is submitted. ``channels``
    lists ``sms``, ``voice`` and ``loudspeaker``. ``due_at`` is when it may begin
    (release plus hold), ``send_before`` when unsent messages are cancelled, window
    bounds are minutes of the day in Asia/Shanghai. ``call_clips`` are fingerprints of
    what calls play, by township; until ``calls_ready_at`` nobody is called. With
    ``resend_absent`` a message of which the provider's records prove that it never
    came is sent once more. ``moved_by`` is whoever changed the status last, and nobody
    where the service did.
    ``visits_opened_at`` is when everybody whom it had not reached by ``confirm_by`` had
    a visit, ``numbers_read_at`` when numbers that failed were noted.
    ``released_alone_by`` is the duty officer who released a standing emergency text,
    whom somebody else countersigns. A campaign that ``follows`` another goes to people
    of that one's audience only.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> made_by", name="two_people"
        ),
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> submitted_by", name="other_hands"
        ),
        CheckConstraint(
            "countersigned_by IS NULL OR countersigned_by <> released_alone_by",
            name="countersigned",
        ),
        Index("campaign_status", "status", "due_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    version_id: Mapped[int] = mapped_column(ForeignKey("bulletin_version.id"))
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(default=dict)
    channels: Mapped[list[str]]
    provider: Mapped[str] = mapped_column(String(20))
    urgency: Mapped[Urgency] = mapped_column(closed(Urgency))
    status: Mapped[CampaignState] = mapped_column(closed(CampaignState))
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    starts_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    send_before: Mapped[datetime]
    window_from: Mapped[int] = mapped_column(SmallInteger)
    window_to: Mapped[int] = mapped_column(SmallInteger)
    resend_absent: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    submitted_by: Mapped[int | None] = mapped_column(Key)
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(Key)
    approved_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    recording_error: Mapped[str | None] = mapped_column(Text)
    call_clips: Mapped[dict[str, Any]] = mapped_column(default=dict)
    calls_ready_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    visits_opened_at: Mapped[datetime | None]
    numbers_read_at: Mapped[datetime | None]
    released_alone_by: Mapped[int | None] = mapped_column(Key)
    countersigned_by: Mapped[int | None] = mapped_column(Key)
    countersigned_at: Mapped[datetime | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    follows: Mapped[Follows | None] = mapped_column(closed(Follows))
    finished_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    moved_by: Mapped[int | None] = mapped_column(Key)
    moved_at: Mapped[datetime | None]
    version: Mapped[BulletinVersion] = relationship()
    segment: Mapped[Segment] = relationship()


class Approval(Base):
    """How a campaign was approved where nobody else pressed the button in the office.

    By phone ``approver_id`` agreed with a signed link; on paper ``signer`` did, as
    ``number`` (of the form) or ``scan`` (base64 of a file of ``scan_kind``) prove, and
    ``entered_by`` only typed it in; alone ``entered_by`` released it after a long hold.
    By a standing permission ``approver_id``, of the association itself, released it,
    and ``messages`` of that permission's quota went to it.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "way <> 'paper' OR number <> '' OR scan IS NOT NULL", name="evidence"
        ),
        CheckConstraint(
            "way <> 'phone' OR approver_id IS NOT NULL", name="somebody_agreed"
        ),
        CheckConstraint(
            "(way = 'permission') = (permission_id IS NOT NULL)", name="by_permission"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    way: Mapped[ApprovalWay] = mapped_column(closed(ApprovalWay))
    approver_id: Mapped[int | None] = mapped_column(Key)
    entered_by: Mapped[int | None] = mapped_column(Key)
    signer: Mapped[str | None] = mapped_column(Sealed("approval.signer"))
    number: Mapped[str] = mapped_column(String(60), default="")
    scan: Mapped[str | None] = mapped_column(Sealed("approval.scan"))
    scan_kind: Mapped[str] = mapped_column(String(20), default="")
    permission_id: Mapped[int | None] = mapped_column(
        ForeignKey("standing_permission.id"), index=True
    )
    messages: Mapped[int] = mapped_column(default=0)
    content_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Permission(Base):
    """Two people of the county let an association send library texts for a year.

    ``categories`` is the bit mask of the association, ``quota`` the texts and calls of
    a calendar month in Asia/Shanghai, ``until`` the last day, set by whoever confirms.
    One that was refused, withdrawn or replaced has ``ended_at``.
    """

    __tablename__ = "standing_permission"
    __table_args__ = (
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("quota > 0 AND categories > 0", name="bounded"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    categories: Mapped[int] = mapped_column(SmallInteger)
    quota: Mapped[int]
    proposed_by: Mapped[int] = mapped_column(Key)
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(Key)
    confirmed_at: Mapped[datetime | None]
    until: Mapped[date | None]
    ended_by: Mapped[int | None] = mapped_column(Key)
    ended_at: Mapped[datetime | None]


class ForeignRoute(Base):
    """A carrier or a voice abroad, with the document that allows it.

    An administrator proposes it, a coordinator opens it with ``confirmed_by``; refused
    or closed again it has ``ended_at``.
    """

    __tablename__ = "foreign_route"
    __table_args__ = (
        CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    route: Mapped[str] = mapped_column(String(20))
    document: Mapped[str] = mapped_column(String(60))
    proposed_by: Mapped[int] = mapped_column(Key)
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(Key)
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(Key)
    ended_at: Mapped[datetime | None]
