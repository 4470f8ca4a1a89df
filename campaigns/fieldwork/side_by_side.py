"""What villages said of each campaign, counted by the database, never row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.village_pages import inside
from campaigns.planning.models import Campaign


@dataclass(frozen=True, slots=True)
class Heard:
    """One campaign on the loudspeakers of some places: villages by state.

    ``played`` are those that said they played it, signed for or not.
    """

    campaign_id: int
    title: str
    counts: Counter[str] = field(default_factory=Counter)
    played: int = 0

    @property
    def due(self) -> int:
        """Villages that are to play it."""
        apart = self.counts["not_due"] + self.counts["withdrawn"]
        return self.counts.total() - apart

    @property
    def silent(self) -> int:
        """Villages nobody has heard from."""
        return self.due - self.played - self.counts["missed"]


def side_by_side(session: Session, places: Sequence[str]) -> list[Heard]:
    """Every campaign inside ``places`` (codes; empty: all), the newest first."""
    key = Announcement.campaign_id, Announcement.state
    counted = (
        select(*key, func.count().label("n"), func.count(Announcement.played_at))
        .where(*inside(places))
        .group_by(*key)
    )
    found: dict[int, tuple[Counter[str], int]] = {}
    for number, state, n, played in session.execute(counted):
        counts, before = found.get(number, (Counter(), 0))
        counts[state.value] += n
        found[number] = counts, before + played
    titles = (
        select(Campaign.id, Bulletin.title)
        .join(BulletinVersion, BulletinVersion.id == Campaign.version_id)
        .join(Bulletin, Bulletin.id == BulletinVersion.bulletin_id)
        .where(Campaign.id.in_(found))
        .order_by(Campaign.id.desc())
    )
    return [
        Heard(number, title, *found[number])
        for number, title in session.execute(titles)
    ]
