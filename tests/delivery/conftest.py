"""A county with a launched campaign, and shortcuts through its life."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import factories
import pytest
from delivery.ledger import Ledger
from sqlalchemy.orm import Session

from campaigns.delivery import claiming, launching, sending
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.planning.models import Campaign

SIGNER = b"s" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def launched(session: Session, now: datetime) -> Callable[..., Campaign]:
    """Launch a campaign over so many adults, each with a phone of their own."""

    def launch(people: int = 3, **given: object) -> Campaign:
        factories.unit(session)
        factories.places(session)
        for _ in range(people):
            factories.member(session)
        campaign = factories.campaign(session, **given)
        assert launching.launch(session, campaign.id, now)
        return campaign

    return launch


@pytest.fixture
def claim(session: Session, now: datetime, ledger: Ledger) -> Callable[..., object]:
    """Claim some of a campaign's messages."""

    def do(
        campaign: Campaign, want: int = 32, at: datetime | None = None
    ) -> claiming.Batch:
        dispatch = Dispatch.of(session, campaign.id)
        return claiming.claim(
            session, dispatch, want, at or now, signer=SIGNER, limits=ledger.limits
        )

    return do


@pytest.fixture
def send(
    session: Session, now: datetime, ledger: Ledger, claim
) -> Callable[..., object]:
    """Claim, carry and record once."""

    def do(campaign: Campaign, want: int = 32) -> claiming.Batch:
        batch = claim(campaign, want)
        outcomes = asyncio.run(sending.carry(ledger, batch))
        sending.record(session, batch, outcomes, now)
        return batch

    return do


@pytest.fixture
def states(session: Session) -> Callable[..., list[int]]:
    """States of a campaign's messages in the order of their ids."""

    def read(campaign: Campaign) -> list[int]:
        session.expire_all()
        rows = session.query(Message).filter_by(campaign_id=campaign.id)
        return [row.state for row in rows.order_by(Message.id)]

    return read
