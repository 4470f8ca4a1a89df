"""Copied in the middle of sending, restored and started again: nobody gets it twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import factories
import pytest
from delivery.ledger import Ledger
from pydantic import SecretStr

from campaigns import privacy
from campaigns.delivery import launching, tally
from campaigns.planning import lifecycle
from campaigns.vocabulary import CampaignState
from campaigns.vocabulary import MessageState as State
from outreach import backups, enquiring, lanes, migrating, wiring
from outreach.database import connect
from outreach.settings import Settings
from outreach.wiring import Wiring

PEOPLE, UNSENT = 90, 12
KEYS = {
    name: SecretStr(os.urandom(32).hex())
    for name in ("secret_key", "data_key", "index_key", "token_key")
}
Opening = Callable[[str], Wiring]


@pytest.fixture
def opened(
    tmp_path: Path, now: datetime, keyring: privacy.Keyring
) -> Iterator[Opening]:
    """Puts a process together over one of the databases; the carrier is always one."""
    ledger, began = Ledger(tmp_path / "ledger"), time.monotonic()
    made: list[Wiring] = []

    def put_together(address: str) -> Wiring:
        folder = tmp_path / f"var{len(made)}"
        given = Settings(_env_file=None, data_dir=folder, database_url=address, **KEYS)
        privacy.unlock(wiring.keyring(given))
        made.append(
            Wiring(
                given,
                connect(given.database_address),
                lambda: now + timedelta(seconds=time.monotonic() - began),
                {"simulator": ledger},
            )
        )
        return made[-1]

    yield put_together
    for each in made:
        each.database.dispose()
    privacy.unlock(keyring)


def launched(wired: Wiring) -> int:
    """A campaign over ninety people, twelve of whom the carrier never heard of."""
    migrating.migrate(wired.settings)
    with wired.database.writing() as session:
        factories.unit(session)
        factories.places(session)
        for _ in range(PEOPLE):
            factories.member(session)
        campaign = factories.campaign(session, status=CampaignState.APPROVED).id
        launching.launch(session, campaign, wired.clock())
    return campaign


def wait_then_fail(ledger: Ledger, copied: threading.Event) -> None:
    """The carrier waits for the copy, and hears nothing of the last dozen."""

    def before(_: object) -> None:
        if len(ledger.lines()) == PEOPLE // 3:
            copied.wait(60)
        if len(ledger.lines()) >= PEOPLE - UNSENT:
            message = "no answer"
            raise TimeoutError(message)

    ledger.before = before


def test_a_restore_to_the_middle_of_sending_sends_nobody_twice(
    addresses: list[str], opened: Opening, tmp_path: Path
):
    first = opened(addresses[0])
    campaign = launched(first)
    ledger: Ledger = first.providers["simulator"]
    copied = threading.Event()
    wait_then_fail(ledger, copied)
    sending = threading.Thread(target=lanes.send, args=(first, campaign))
    sending.start()
    while len(ledger.lines()) < PEOPLE // 3:
        time.sleep(0.01)
    backups.back_up(first, tmp_path / "copy")
    assert len(ledger.lines()) == PEOPLE // 3
    copied.set()
    sending.join()
    told = ledger.lines()
    assert len(told) == PEOPLE - UNSENT

    second = opened(addresses[1])
    now = second.clock()
    held = backups.restore(second.settings, tmp_path / "copy", now)
    assert held["paused"] == [campaign]
    assert held["in_doubt"] > UNSENT
    assert lanes.send(second, campaign) == 0, "it is paused"
    while enquiring.reconcile(second):
        pass
    with second.database.writing() as session:
        lifecycle.resume(session, campaign, by=2, now=second.clock())
    ledger.before = lambda _: None
    lanes.send(second, campaign)
    assert ledger.lines() == told
    assert len({line.split()[0] for line in told}) == PEOPLE - UNSENT
    with second.database.reading() as session:
        assert tally.recount(session, campaign) == []
        states = tally.by_state(session, campaign, "sms")
    # Who was not told is in doubt, for a person to decide; nobody is called told.
    assert states == {State.ACCEPTED: PEOPLE - UNSENT, State.IN_DOUBT: UNSENT}
