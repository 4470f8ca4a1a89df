"""What a sending task knows of its campaign: the words for each place, and its hours.

Read once a task and kept for its seconds; what may change meanwhile (pause, refusal,
the last moment to send) is asked again by every claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from campaigns.bulletins import carrier_rules
from campaigns.bulletins.models import BulletinVersion
from campaigns.bulletins.templates import template_of
from campaigns.bulletins.wording import (
    ALERT,
    NOTICE,
    SILENT,
    fill,
    names_in,
    values_for,
)
from campaigns.orm import instant
from campaigns.planning.calendar import open_until
from campaigns.planning.models import Campaign
from campaigns.register import practice
from campaigns.register.models import Place, Unit
from campaigns.vocabulary import Addressee, Channel

_BY_PLACE = frozenset({"township", "village"})
ALERTS = {
    Addressee.DUTY: ALERT,
    Addressee.LEADER: SILENT,
    Addressee.MEMBER: NOTICE,
}
"""What an alert says, by whom it is for."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it goes to one place, and how many parts are billed for it.

    ``text`` is what the carrier is handed, ``values`` what fills ``template``.
    """

    text: str
    parts: int
    values: Mapping[str, str] = field(default_factory=dict)
    template: str = ""


_UNWRITTEN = Words("", 0)


@dataclass(slots=True)
class Dispatch:
    """One campaign, as a lane needs it; ``templates`` are codes by pattern.

    ``sounds`` are addresses of what calls play, by township.
    """

    campaign: Campaign
    version: BulletinVersion
    unit: Unit
    places: dict[str, str]
    provider: str
    templates: Mapping[str, str]
    _by_place: bool
    _words: dict[tuple[str, str, str], Words] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, campaign_id: int, provider: str = "") -> Dispatch:
        """Read what sending ``campaign_id`` needs, through its provider or another."""
        campaign = session.get_one(
            Campaign,
            campaign_id,
            options=[joinedload(Campaign.version).joinedload(BulletinVersion.bulletin)],
        )
        version = campaign.version
        by_place = not _BY_PLACE.isdisjoint(names_in(version.sms_text))
        places = dict(session.execute(select(Place.code, Place.name)).all())
        unit = session.scalars(select(Unit)).one()
        carrier = provider or campaign.provider
        if unit.practice_since is not None:
            carrier = practice.CARRIER
        codes = _templates(session, carrier, version)
        return cls(campaign, version, unit, places, carrier, codes, by_place)

    def through(self, session: Session, provider: str) -> Dispatch:
        """The same campaign through another provider."""
        codes = _templates(session, provider, self.version)
        return replace(self, provider=provider, templates=codes, _words={})

    def words(
        self,
        channel: str,
        township: str,
        village: str | None,
        addressee: str = Addressee.MEMBER,
    ) -> Words:
        """The text for a place. Raises Refused where a variable has no value.

        A call has none, and no parts: it is billed by its minutes.
        """
        if channel == Channel.VOICE:
            return _UNWRITTEN
        alert = channel == Channel.ALERT
        pattern = ALERTS[Addressee(addressee)] if alert else self.version.sms_text
        varies = self._by_place or alert
        key = (pattern, township, village or "") if varies else (pattern, "", "")
        if key not in self._words:
            self._words[key] = self._written(*key)
        return self._words[key]

    @property
    def usual_parts(self) -> int | None:
        """Billed parts of the text where it is the same everywhere."""
        return None if self._by_place else self.words(Channel.SMS, "", None).parts

    def closes_at(self, now: datetime) -> datetime:
        """When the window that is open ``now`` closes; the past where it is shut."""
        return min(
            open_until(self.campaign, now) or instant(0), self.campaign.send_before
        )

    def _written(self, pattern: str, township: str, village: str) -> Words:
        # Somebody without a village hears the township's name: a gap in the register
        # must not stop a campaign.
        town = self.places.get(township) or self.places.get(self.unit.place_code, "")
        place = town, self.places.get(village) or town
        known = values_for(self.version, self.unit, *place)
        if pattern in ALERTS.values():
            known = {**known, "title": self.version.bulletin.title}
        carrier = self.provider, self.campaign.urgency
        text, signature = fill(pattern, known), self.unit.signature
        return Words(
            carrier_rules.as_carried(*carrier, text, signature),
            carrier_rules.length(*carrier, text, signature).parts,
            {name: known[name] for name in names_in(pattern)},
            self.templates.get(pattern, ""),
        )


def _templates(
    session: Session, provider: str, version: BulletinVersion
) -> dict[str, str]:
    found = {
        text: template_of(session, provider, text)
        for text in (version.sms_text, *ALERTS.values())
        if carrier_rules.rules_of(provider).templates and text
    }
    return {text: kept.code for text, kept in found.items() if kept}
