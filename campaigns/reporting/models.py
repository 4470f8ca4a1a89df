"""Table of reporting: how far a campaign was at one moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key


class Progress(Base):
    """Cumulative figures of a campaign's texts, kept so that no receipt is recounted.

    ``submitted`` the provider took, ``delivered`` a phone reported, ``ended`` will not
    change by themselves any more.
    """

    __tablename__ = "progress"

    campaign_id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    submitted: Mapped[int]
    delivered: Mapped[int]
    ended: Mapped[int]
