"""SIGKILL in the middle: nobody twice, everybody in one state, doubt settled."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import factories
import pytest
from delivery.ledger import Ledger
from sqlalchemy import select

from campaigns.delivery import launching, reconciling, tally
from campaigns.delivery.asking import Answer
from campaigns.delivery.models import Message
from campaigns.orm import Base
from campaigns.vocabulary import MessageState
from outreach import wiring
from outreach.settings import Settings, inherited

PEOPLE = 600
KILLS = 4
LANES, BATCH = 3, 32
TESTS = Path(__file__).parents[1]


@pytest.fixture
def put_together(tmp_path, keyring):
    from campaigns import privacy  # noqa: PLC0415 - only to give the keys back

    made = wiring.build(Settings(data_dir=tmp_path, lease_seconds=2))
    Base.metadata.create_all(made.database.engine)
    yield made
    made.database.dispose()
    privacy.unlock(keyring)


def start(folder, campaign_id, *point):
    paths = f"{TESTS}:{TESTS.parent}"
    told = [str(folder), str(campaign_id), *point]
    process = subprocess.Popen(
        [sys.executable, "-m", "delivery.sender", *told],
        env=inherited(PYTHONPATH=paths),
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"ready\n"
    return process


def settle(put_together, ledger, campaign_id):
    """Expire and ask until nothing is open; the provider's ledger is the truth."""
    import asyncio  # noqa: PLC0415

    later = datetime.now(UTC) + timedelta(minutes=5)
    with put_together.database.writing() as session:
        while reconciling.expire(session, later):
            pass
    signer = put_together.signer
    with put_together.database.reading() as session:
        asked = reconciling.questions(session, later, signer=signer, size=PEOPLE)
    answers = [Answer(q, asyncio.run(ledger.find(q.outgoing))) for q in asked]
    with put_together.database.writing() as session:
        reconciling.answered(session, answers, later)
        return tally.by_state(session, campaign_id, "sms")


@pytest.fixture
def campaign(put_together):
    with put_together.database.writing() as session:
        factories.unit(session)
        factories.places(session)
        for n in range(PEOPLE):
            factories.member(session, phone=f"+86140{n:08d}")
        now = datetime.now(UTC)
        made = factories.campaign(
            session, due_at=now, send_before=now + timedelta(hours=1)
        ).id
        assert launching.launch(session, made, now)
    return made


@pytest.mark.journey
def test_killed_senders_tell_nobody_twice(put_together, tmp_path, campaign):
    ledger = Ledger(tmp_path / "ledger")
    for _ in range(KILLS):
        sender = start(tmp_path, campaign)
        time.sleep(random.uniform(0.02, 0.15))
        sender.kill()
        sender.communicate()
    last = start(tmp_path, campaign)
    last.communicate(timeout=60)
    states = settle(put_together, ledger, campaign)
    told = Counter(line.split()[0] for line in ledger.lines())
    assert not [phone for phone, n in told.items() if n > 1]
    assert sum(states.values()) == PEOPLE
    # What the ledger has is accepted; what it never got stays honestly in doubt.
    assert states[MessageState.ACCEPTED] == len(told)
    assert states.get(MessageState.IN_DOUBT, 0) == PEOPLE - len(told)
    with put_together.database.reading() as session:
        assert tally.recount(session, campaign) == []
        attempts = set(session.scalars(select(Message.attempt)))
        # What a dead sender never began was claimed again, by proof; nothing else.
        assert attempts <= {1, 2, 3, 4, 5}


@pytest.mark.journey
@pytest.mark.parametrize(
    ("point", "doubted"),
    [
        ("before the claim is committed", 0),
        ("during the claim's commit", 0),
        ("before a byte is written", LANES),
        ("aborted", LANES),
        ("after the carrier took it", LANES * BATCH),
        ("before the outcome is committed", LANES * BATCH),
        ("after the outcome is committed", LANES * BATCH),
    ],
)
def test_wherever_a_sender_dies_nobody_is_told_twice(
    put_together, tmp_path, campaign, point, doubted
):
    """Doubt remains only where the mark was set and the byte was not written."""
    ledger = Ledger(tmp_path / "ledger")
    for _ in range(2):
        start(tmp_path, campaign, point).communicate()
    start(tmp_path, campaign).communicate(timeout=60)
    states = settle(put_together, ledger, campaign)
    told = Counter(line.split()[0] for line in ledger.lines())
    assert not [phone for phone, n in told.items() if n > 1]
    assert states[MessageState.ACCEPTED] == len(told)
    # Each lane may have had messages between mark and byte, at both deaths.
    assert states.get(MessageState.IN_DOUBT, 0) <= doubted * 2
    assert sum(states.values()) == PEOPLE
    with put_together.database.reading() as session:
        assert tally.recount(session, campaign) == []
