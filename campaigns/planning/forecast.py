"""What a campaign would do: whom it reaches, whom not and why, its cost and its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CTE, Row, and_, case, func, literal, select
from sqlalchemy.orm import Session

from campaigns.audience.channel_choice import choose
from campaigns.audience.rules import Rule
from campaigns.audience.segments import rule_of
from campaigns.audience.selection import where
from campaigns.bulletins.carrier_rules import length
from campaigns.bulletins.sms_length import price
from campaigns.bulletins.wording import fill, names_in, values_for
from campaigns.planning.calendar import ends_after, next_opening
from campaigns.planning.earshot import villages_of
from campaigns.planning.lifecycle import hold
from campaigns.planning.models import Campaign
from campaigns.register.models import Member, Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Addressee, CampaignState, Channel, Reason

_NAMES = select(Place.code, Place.name)


@dataclass(frozen=True, slots=True)
class Forecast:
    """``audience`` is ``will_send`` messages and ``skipped`` people, by reason.

    ``longest`` is the most parts a single message has; ``cost`` is in yuan.
    ``ends_at`` is when the last one is handed over, None past ``send_before``.
    """

    audience: int
    will_send: int
    to_guardians: int
    skipped: dict[Reason, int]
    parts: int
    longest: int
    cost: Decimal
    villages: int
    begins_at: datetime
    ends_at: datetime | None

    @property
    def not_sent(self) -> int:
        """People to whom no message of their own goes."""
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
    skipped: Counter[Reason] = Counter()
    sending: list[tuple[int, int]] = []
    for cell in cells:
        if cell.reason == Reason.NONE:
            sending.append((cell.n, parts(cell.township, cell.village)))
        else:
            skipped[Reason(cell.reason)] += cell.n
    will_send = sum(n for n, _ in sending)
    total = sum(n * each for n, each in sending)
    begins = _begins(session, campaign, now)
    ends = ends_after(campaign, begins, will_send / per_second)
    loud = Channel.LOUDSPEAKER in campaign.channels
    return Forecast(
        audience=will_send + sum(skipped.values()),
        will_send=will_send,
        to_guardians=_to_guardians(cells),
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


def _to_guardians(cells: list[Row[tuple[str, str, str, str, int]]]) -> int:
    return sum(
        cell.n
        for cell in cells
        if cell.addressee == Addressee.GUARDIAN and cell.reason == Reason.NONE
    )


def _cells(
    session: Session, campaign: Campaign, rule: Rule, now: datetime
) -> list[Row[tuple[str, str, str, str, int]]]:
    """People by township, village, addressee and reason.

    The village is empty where the text does not name it.
    """
    final = _shared(_chosen(campaign, rule, now))
    keys = (final.c.township, final.c.village, final.c.addressee, final.c.reason)
    counted = select(*keys, func.count().label("n")).group_by(*keys)
    return list(session.execute(counted))


def _chosen(campaign: Campaign, rule: Rule, now: datetime) -> CTE:
    loud = Channel.LOUDSPEAKER in campaign.channels
    choice = choose(campaign.urgency, now, loudspeaker=loud)
    by_village = "village" in names_in(campaign.version.sms_text)
    texts = Channel.SMS in campaign.channels
    reason = choice.reason if texts else literal(Reason.WRONG_CHANNEL.value)
    return (
        select(
            Member.id,
            Member.township,
            (Member.village if by_village else literal("")).label("village"),
            choice.addressee.label("addressee"),
            choice.phone_index.label("phone_index"),
            reason.label("reason"),
        )
        .where(*where(rule, now))
        .cte("chosen")
    )


def _shared(chosen: CTE) -> CTE:
    """One message a phone, as delivery will choose it: a member before a guardian."""
    own_first = case((chosen.c.addressee == Addressee.MEMBER, 0), else_=1)
    turn = func.row_number().over(
        partition_by=[chosen.c.phone_index, chosen.c.reason],
        order_by=[own_first, chosen.c.id],
    )
    ranked = select(chosen, turn.label("turn")).cte("ranked")
    again = and_(ranked.c.reason == Reason.NONE, ranked.c.turn > 1)
    reason = case((again, Reason.SHARED_PHONE.value), else_=ranked.c.reason)
    columns = (ranked.c.township, ranked.c.village, ranked.c.addressee)
    return select(*columns, reason.label("reason")).cte("final")


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
