"""Through whom a campaign goes: its own provider, and another if that one fails."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.provider import Provider
from campaigns.errors import NotReady
from campaigns.planning.carriage import carrier_faults
from campaigns.planning.foreign import refusal
from campaigns.register.practice import CARRIER
from outreach import call_sound
from outreach.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Route:
    """A campaign's words for one provider, and that provider."""

    dispatch: Dispatch
    provider: Provider


def routes(wiring: Wiring, session: Session, campaign_id: int) -> list[Route]:
    """The campaign's own route, then the second provider's where it may help out.

    It may not where it would refuse the text, and never for what is only practised:
    nobody must be written to in earnest because a simulation failed. Raises NotReady
    where the campaign's own provider cannot be used, or goes abroad unapproved.
    """
    dispatch = Dispatch.of(session, campaign_id)
    if closed := refusal(session, dispatch.provider):
        raise closed
    dispatch.sounds = call_sound.addresses(wiring, dispatch.campaign, dispatch.provider)
    first = Route(dispatch, wiring.provider(dispatch.provider))
    name = wiring.settings.second_provider
    if not name or name == dispatch.provider or CARRIER in {name, dispatch.provider}:
        return [first]
    if any(carrier_faults(session, dispatch.campaign, name)):
        return [first]
    try:
        provider = wiring.provider(name)
    except NotReady:
        return [first]
    return [first, Route(dispatch.through(session, name), provider)]
