"""Table of the audience: saved segments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
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
