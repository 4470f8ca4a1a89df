"""For whom a text is shown: people of a segment, masked, one after another."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from campaigns.audience import segments
from campaigns.audience.explaining import explain
from campaigns.audience.selection import sample
from campaigns.errors import CampaignError
from campaigns.privacy import mask_name
from campaigns.register.place_names import spoken
from campaigns.register.places import names_by_code
from campaigns.vocabulary import Urgency
from outreach.access import Action, may, scope
from outreach.providers import calls_here
from outreach.web.forms import asked_id
from outreach.web.gate import acting, now, wired

_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """One person of a segment: the ``nth`` of ``of``, and how a text reaches them.

    ``township`` is a code, ``village`` a name; ``sentence`` a msgid.
    """

    segment: int
    nth: int
    of: int
    name: str
    township: str
    village: str
    place: str
    sentence: str


def choices(session: Session) -> list[tuple[int, str]]:
    """Segments whose people this reader may look at."""
    if not may(acting(), Action.LIST_MEMBERS):
        return []
    return [(each.id, each.name) for each in segments.list_segments(session)]


def asked(session: Session, urgency: Urgency) -> Seen | None:
    """Whom the address asks for; None for nobody."""
    number = asked_id("segment")
    if number is None or not may(acting(), Action.LIST_MEMBERS):
        return None
    try:
        rule = segments.rule_of(session, segments.get_segment(session, number))
    except CampaignError:
        return None
    whole, mine = rule.within(acting().categories), scope(acting())
    people = sample(session, whole, mine, now(), _PEOPLE)
    if not people:
        return None
    nth = min(asked_id("person") or 1, len(people))
    one = people[nth - 1]
    names = names_by_code(session, one.township[:6])
    village = spoken(names.get(one.village or "", ""))
    voice = calls_here(wired().settings)
    how = explain(session, one, now(), urgency=urgency, voice=voice)
    return Seen(
        segment=number,
        nth=nth,
        of=len(people),
        name=mask_name(one.name),
        township=one.township,
        village=village,
        place=f"{names.get(one.township, one.township)} {village}".strip(),
        sentence=how.sentence,
    )
