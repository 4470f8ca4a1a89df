"""Tables of fieldwork: announcements, their log, and the links that open them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.vocabulary import AnnouncementState


class Announcement(Base):
    """A campaign's bulletin on one village's loudspeaker.

    ``clip`` is the fingerprint of the finished clip, ``clip_facts`` its seconds, lufs,
    true_peak_dbtp, sha256 and bytes, ``prepared_at`` when it arrived. ``pack`` is the
    ZIP's name in storage, ``plays`` how many slots were played. ``rung`` is how far
    the ladder was climbed: 0 the first duty person, 1 the second, 2 the township;
    ``answer`` is received or cannot. ``village_signed`` names who signed in the
    village, ``told_at`` is when a village that had a withdrawn clip was told.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        UniqueConstraint("campaign_id", "village"),
        Index("announcement_place", "village"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    township: Mapped[str] = mapped_column(String(20))
    village: Mapped[str] = mapped_column(String(20))
    state: Mapped[AnnouncementState] = mapped_column(closed(AnnouncementState))
    clip: Mapped[str | None] = mapped_column(String(64))
    clip_facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pack: Mapped[str | None] = mapped_column(String(120))
    made_at: Mapped[datetime]
    prepared_at: Mapped[datetime | None]
    alerted_at: Mapped[datetime | None]
    downloaded_at: Mapped[datetime | None]
    played_at: Mapped[datetime | None]
    plays: Mapped[int] = mapped_column(SmallInteger, default=0)
    missed_reason: Mapped[str | None] = mapped_column(String(24))
    remark: Mapped[str | None] = mapped_column(Text)
    rung: Mapped[int] = mapped_column(SmallInteger, default=0)
    rung_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(12))
    answered_at: Mapped[datetime | None]
    village_signed: Mapped[str | None] = mapped_column(String(60))
    village_signed_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    signed_by: Mapped[int | None] = mapped_column(Key)
    signed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class QuietTime(Base):
    """When loudspeakers of a place and all below it keep silent, but for emergencies.

    ``kind`` is exam, ceremony, market or other; bounds are minutes of the day in
    Asia/Shanghai.
    """

    __tablename__ = "quiet_time"
    __table_args__ = (Index("quiet_time_day", "day", "place"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    begins: Mapped[int] = mapped_column(SmallInteger, default=0)
    ends: Mapped[int] = mapped_column(SmallInteger, default=1440)
    made_by: Mapped[str] = mapped_column(String(60), default="")
    made_at: Mapped[datetime]


class AnnouncementLog(Base):
    """Who did what with an announcement, when and how: the play log's source."""

    __tablename__ = "announcement_log"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"))
    deed: Mapped[str] = mapped_column(String(24))
    way: Mapped[str] = mapped_column(String(24))
    actor: Mapped[str] = mapped_column(String(60), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
