"""What the providers are doing: which is in use, whether it answers, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery.models import Line
from campaigns.delivery.provider import Prepaid
from campaigns.errors import CampaignError, NotReady, mark
from outreach import providers
from outreach.balances import Balance
from outreach.loop import LOOP
from outreach.settings import Settings
from outreach.wiring import Wiring

_SECOND_US = 1_000_000


class Condition(StrEnum):
    """How a provider's line is: closed and slow ones mend by themselves."""

    WELL = "well"
    SLOW = "slow"
    SHUT = "shut"
    UNSET = "unset"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider; ``rate`` is messages a second, ``lacks`` why it cannot be used."""

    name: str
    use: str
    condition: Condition
    lacks: CampaignError | None
    rate: Fraction | None
    balance: Balance | None
    calls: bool


def rows(session: Session, settings: Settings, now: datetime) -> list[ProviderRow]:
    """Every provider that there is, those in use first."""
    lines = {line.provider: line for line in session.scalars(select(Line))}
    money = {known.provider: known for known in session.scalars(select(Balance))}
    uses = {settings.second_provider: "second", settings.provider: "first"}
    found = []
    for name in providers.NAMES:
        lacks, line = providers.lacking(name, settings), lines.get(name)
        found.append(
            ProviderRow(
                name,
                uses.get(name, ""),
                _condition(name, lacks, line, now),
                lacks,
                Fraction(_SECOND_US, line.gap_us) if line and line.gap_us else None,
                money.get(name),
                providers.mute(name, settings) is None and not lacks,
            )
        )
    return sorted(found, key=lambda row: ("first", "second", "").index(row.use))


def probe(wiring: Wiring, name: str) -> tuple[float, str] | None:
    """Ask a provider for its balance, which sends nothing; None where it knows none.

    Raises NotReady where it is not set up, or does not answer.
    """
    if lack := providers.lacking(name, wiring.settings):
        raise lack
    if name == providers.PORTAL:
        return None
    provider = wiring.provider(name)
    if not isinstance(provider, Prepaid):
        return None
    try:
        amount, currency = LOOP.run(provider.balance())
    except Exception as error:
        raise NotReady(
            mark("通道没有回应（%(what)s）。请核对账号、密钥和网络。"),
            what=type(error).__name__,
        ) from error
    return float(amount), currency


def _condition(
    name: str, lacks: CampaignError | None, line: Line | None, now: datetime
) -> Condition:
    if lacks:
        return Condition.UNSET
    if name == providers.PORTAL:
        return Condition.BY_HAND
    if line is not None and line.open_until is not None and line.open_until > now:
        return Condition.SHUT
    slowed = line is not None and line.penalty > 1
    return Condition.SLOW if slowed else Condition.WELL
