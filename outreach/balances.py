"""What is left on the accounts of carriers that are paid in advance."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.delivery.provider import Prepaid
from campaigns.orm import Base
from outreach import providers
from outreach.loop import LOOP
from outreach.wiring import Wiring

_log = logging.getLogger(__name__)


class Balance(Base):
    """What a provider said last; in hundredths of its own currency."""

    __tablename__ = "balance"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    hundredths: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]


def ask(wiring: Wiring) -> None:
    """Ask the providers in use that know a balance; one that does not answer waits."""
    settings = wiring.settings
    for name in {settings.provider, settings.second_provider} & {*providers.CARRIERS}:
        if providers.lacking(name, settings):
            continue
        provider = wiring.provider(name)
        if not isinstance(provider, Prepaid):
            continue
        try:
            amount, currency = LOOP.run(provider.balance())
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not known
            _log.warning("balance of %s not told: %s", name, type(error).__name__)
            continue
        row = Balance(
            provider=name,
            hundredths=round(amount * 100),
            currency=currency,
            at=wiring.clock(),
        )
        with wiring.database.writing() as session:
            session.merge(row)
