"""What a campaign would do: whom it reaches, whom not and why, its cost and its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Row, func, literal, select
from sqlalchemy.orm import Session

from campaigns.audience import lines
from campaigns.audience.rules import Rule
from campaigns.audience.segments import rule_of
from campaigns.audience.selection import where
from campaigns.bulletins.carrier_rules import length
from campaigns.bulletins.sms_length import price
from campaigns.bulletins.wording import fill, names_in, places_in, values_for
from campaigns.planning.calendar import ends_after, next_opening
from campaigns.planning.earshot import villages_of
from campaigns.planning.lifecycle import hold
from campaigns.planning.models import Campaign
from campaigns.planning.ways import choice_of
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Addressee, CampaignState, Channel, Reason

_NAMES = select(Place.code, Place.name)
_Cell = Row[tuple[str, str, str, str, bool, str, int]]


@dataclass(frozen=True, slots=True)
class Forecast:
    """``audience`` is ``will_send`` people who are told and ``skipped``, by reason.

    ``messages`` are texts, ``to_guardians`` of them beside or in place of a person's
    own, ``calls`` come beside or in place of texts and have no parts.
    ``longest`` is the most parts a single message has; ``cost`` is in yuan.
    ``ends_at`` is when the last one is handed over, None past ``send_before``.
    """

    audience: int
    will_send: int
    messages: int
    to_guardians: int
    calls: int
    skipped: dict[Reason, int]
    parts: int
    longest: int
    cost: Decimal
    villages: int
    begins_at: datetime
    ends_at: datetime | None

    @property
    def not_sent(self) -> int:
        """People to whom no message goes, nor to their guardian."""
        return sum(self.skipped.values())


def forecast(
    session: Session, campaign: Campaign, now: datetime, *, per_second: float = 30.0
) -> Forecast:
    """Foresee ``campaign`` at ``now``, through a provider of ``per_second`` messages.

    Uses the frozen rule once it is submitted and the segment's before. Raises
    Refused when a variable of the text has no value.
    """
    rule = rule_now(session, campaign)
    cells = _cells(session, campaign, rule, now)
    parts = _parts_at(session, campaign)
    due = [cell for cell in cells if cell.reason == Reason.NONE]
    goes = [cell for cell in due if cell.channel != Channel.VOICE]
    calls = sum(cell.n for cell in due) - sum(cell.n for cell in goes)
    sending = [(cell.n, parts(cell.township, cell.village)) for cell in goes]
    messages = sum(n for n, _ in sending)
    total = sum(n * each for n, each in sending)
    own = [cell for cell in cells if _is_own(cell)]
    skipped: Counter[Reason] = Counter()
    for cell in own:
        if cell.reason != Reason.NONE and not cell.beside:
            skipped[Reason(cell.reason)] += cell.n
    audience = sum(cell.n for cell in own)
    begins = _begins(session, campaign, now)
    ends = ends_after(campaign, begins, (messages + calls) / per_second)
    loud = Channel.LOUDSPEAKER in campaign.channels
    return Forecast(
        audience=audience,
        will_send=audience - sum(skipped.values()),
        messages=messages,
        to_guardians=sum(c.n for c in goes if c.addressee == Addressee.GUARDIAN),
        calls=calls,
        skipped=dict(skipped.most_common()),
        parts=total,
        longest=max((each for _, each in sending), default=0),
        cost=price(total, current_unit(session).part_price),
        villages=len(villages_of(session, rule)) if loud else 0,
        begins_at=begins,
        ends_at=ends if ends <= campaign.send_before else None,
    )


def rule_now(session: Session, campaign: Campaign) -> Rule:
    """The frozen rule, or before it is submitted the segment's."""
    if campaign.status is CampaignState.DRAFT:
        return rule_of(session, campaign.segment)
    return Rule.from_json(campaign.rule)


def _begins(session: Session, campaign: Campaign, now: datetime) -> datetime:
    if campaign.launched_at is not None:
        return campaign.launched_at
    released = campaign.due_at or now + hold(session, campaign.urgency)
    return next_opening(campaign, max(campaign.starts_at or released, released))


def _is_own(cell: _Cell) -> bool:
    return (cell.channel, cell.addressee) == (Channel.SMS, Addressee.MEMBER)


def _cells(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> list[_Cell]:
    """Messages by township, village, addressee and reason.

    The village is empty where the text does not name it.
    """
    by_place = places_in(campaign.version.sms_text)
    rows = lines.chosen(choice_of(campaign, now), where(rule, now))
    final = lines.one_a_phone(rows, rows.c.reason, by_place)
    village = final.c.village if "village" in by_place else literal("")
    reason, beside = final.c.reason, final.c.beside
    if Channel.SMS not in campaign.channels:
        reason, beside = literal(Reason.WRONG_CHANNEL.value), literal(value=False)
    keys = (
        final.c.township,
        village.label("village"),
        final.c.addressee,
        reason.label("reason"),
        beside.label("beside"),
        final.c.channel,
    )
    counted = select(*keys, func.count().label("n")).group_by(*keys)
    return list(session.execute(counted))


def _parts_at(session: Session, campaign: Campaign) -> Callable[[str, str | None], int]:
    unit = current_unit(session)
    version, carrier = campaign.version, (campaign.provider, campaign.urgency)
    by_place = {"township", "village"} & set(names_in(version.sms_text))
    names = dict(session.execute(_NAMES).all())
    known: dict[tuple[str, str], int] = {}

    def parts(township: str, village: str | None) -> int:
        key = (township, village or "") if by_place else ("", "")
        if key not in known:
            places = [names.get(code, "") for code in key]
            text = fill(version.sms_text, values_for(version, unit, *places))
            known[key] = length(*carrier, text, unit.signature).parts
        return known[key]

    return parts
