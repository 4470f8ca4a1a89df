"""Tables of bulletins and their versions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaigns.orm import Base, Key, closed
from campaigns.vocabulary import BulletinState, Urgency


class Pronunciation(Base):
    """A word that the voice must read as ``reading`` says: pinyin or a respelling."""

    __tablename__ = "pronunciation"

    word: Mapped[str] = mapped_column(String(20), primary_key=True)
    reading: Mapped[str] = mapped_column(String(120))
    set_by: Mapped[int | None] = mapped_column(Key)
    set_at: Mapped[datetime]


class CarrierTemplate(Base):
    """A text as one carrier has approved it, or not, under the carrier's own code.

    ``text_hash`` is the SHA-256 of the text with its variables' Latin names, so that
    every version with the same words goes out under the same template. ``state`` is
    filed, approved or refused.
    """

    __tablename__ = "carrier_template"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200), default="")
    noted_by: Mapped[int | None] = mapped_column(Key)
    noted_at: Mapped[datetime]


class Bulletin(Base):
    """One thing to say; its words are in versions, of which the last is current."""

    __tablename__ = "bulletin"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    topic: Mapped[str] = mapped_column(String(40), default="")
    library_id: Mapped[str | None] = mapped_column(String(8))
    categories: Mapped[int] = mapped_column(SmallInteger, default=0)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    versions: Mapped[list[BulletinVersion]] = relationship(
        order_by="BulletinVersion.number", back_populates="bulletin"
    )


class BulletinVersion(Base):
    """The words of a bulletin, frozen once issued.

    ``values`` are the variables' values, ``samples`` the sample values that the
    county must replace by its own before issue, ``content_hash`` the SHA-256 that
    approvals are bound to. ``heard_by`` names who listened to the clip and confirmed
    it, ``call_heard_by`` who listened to the one that calls play, ``writers`` everyone
    who edited the words: none of them may review or issue.
    """

    __tablename__ = "bulletin_version"
    __table_args__ = (UniqueConstraint("bulletin_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    urgency: Mapped[Urgency] = mapped_column(closed(Urgency))
    sms_text: Mapped[str] = mapped_column(Text, default="")
    spoken_text: Mapped[str] = mapped_column(Text, default="")
    easy_read: Mapped[list[str]] = mapped_column(default=list)
    values: Mapped[dict[str, str]] = mapped_column(default=dict)
    samples: Mapped[dict[str, str]] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(String(120), default="")
    valid_until: Mapped[date | None]
    state: Mapped[BulletinState] = mapped_column(closed(BulletinState))
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    issue_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    return_reason: Mapped[str | None] = mapped_column(Text)
    voice: Mapped[str] = mapped_column(String(20), default="kokoro")
    recording: Mapped[str | None] = mapped_column(String(64))
    heard_by: Mapped[str | None] = mapped_column(String(60))
    heard_at: Mapped[datetime | None]
    call_heard_by: Mapped[str | None] = mapped_column(String(60))
    call_heard_at: Mapped[datetime | None]
    written_by: Mapped[int | None] = mapped_column(Key)
    writers: Mapped[list[int]] = mapped_column(default=list)
    reviewed_by: Mapped[int | None] = mapped_column(Key)
    issued_by: Mapped[int | None] = mapped_column(Key)
    written_at: Mapped[datetime]
    reviewed_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]
    bulletin: Mapped[Bulletin] = relationship(back_populates="versions")
