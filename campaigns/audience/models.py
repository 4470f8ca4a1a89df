"""Tables of the audience: saved segments, and how many they held when last counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key


class Segment(Base):
    """A named rule, evaluated afresh each time; ``rule`` is the JSON of a ``Rule``."""

    __tablename__ = "segment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    rule: Mapped[dict[str, Any]]
    standard: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SegmentSize(Base):
    """How many of a segment's ``people`` a text or a call reached when last counted.

    For readers of one ``place`` and of ``categories`` (a bit mask, 0 for all): each
    sees what was counted of the people whom they may see.
    """

    __tablename__ = "segment_size"

    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(20), primary_key=True)
    categories: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    people: Mapped[int]
    reachable: Mapped[int]
    counted_at: Mapped[datetime]
