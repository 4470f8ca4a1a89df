"""Whether one carrier would take what a campaign says, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.carrier_rules import faults, length, template_faults
from campaigns.bulletins.readiness import longest_places
from campaigns.bulletins.templates import lacking
from campaigns.bulletins.wording import ALERT, fill, names_in, values_for
from campaigns.errors import CampaignError, Refused
from campaigns.planning.foreign import refusal
from campaigns.planning.models import Campaign
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Channel

_BY_PLACE = frozenset({"township", "village"})


def carrier_faults(
    session: Session, campaign: Campaign, provider: str
) -> Iterator[CampaignError]:
    """Every reason why ``provider`` may not carry the texts, or would refuse them."""
    if closed := refusal(session, provider):
        yield closed
    for pattern, filled in _texts(session, campaign):
        unit = current_unit(session)
        carrier, signature = (provider, campaign.urgency), unit.signature
        try:
            whole = [(fill(pattern, known), known) for known in filled]
        except Refused as missing:
            yield missing
            continue
        text, known = max(
            whole, key=lambda pair: length(*carrier, pair[0], signature).units
        )
        names = _names(session) if _BY_PLACE & set(names_in(pattern)) else ""
        yield from faults(*carrier, text, signature, names=names)
        yield from template_faults(provider, pattern, known)
        yield from lacking(session, provider, pattern)


def _texts(
    session: Session, campaign: Campaign
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The patterns that a carrier sees, each with its values in every township."""
    unit, version = current_unit(session), campaign.version
    places = longest_places(session, unit)
    if Channel.SMS in campaign.channels and version.sms_text.strip():
        yield (
            version.sms_text,
            [values_for(version, unit, *place) for place in places],
        )
    if Channel.LOUDSPEAKER in campaign.channels:
        title = version.bulletin.title
        yield ALERT, [{"village": village, "title": title} for _, village in places]


def _names(session: Session) -> str:
    """Every letter of the county's place names: one rare one stops one village."""
    return "".join({letter for name in session.scalars(_NAMES) for letter in name})


_NAMES = select(Place.name)
