"""What is known of telephone numbers, a member's and a guardian's alike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, SmallInteger, select
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, closed
from campaigns.vocabulary import NumberStatus


class NumberRecord(Base):
    """What campaigns found out about a number since it last took a text.

    ``strikes`` counts campaigns, ``says`` is what carriers call it: empty, suspended,
    blocked, or suspect where they name no cause.
    """

    __tablename__ = "number_record"

    phone_index: Mapped[bytes] = mapped_column(primary_key=True)
    says: Mapped[NumberStatus] = mapped_column(closed(NumberStatus))
    status: Mapped[NumberStatus] = mapped_column(closed(NumberStatus))
    strikes: Mapped[int] = mapped_column(SmallInteger)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


def recorded(statuses: Collection[NumberStatus]) -> Select[bytes]:
    """Keys of the numbers that are on record with one of ``statuses``."""
    return select(NumberRecord.phone_index).where(NumberRecord.status.in_(statuses))
