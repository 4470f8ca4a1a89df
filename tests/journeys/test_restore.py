"""A backup taken during sending, restored, and started again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from journeys.embedded import Embedded
from journeys.office import Office, employ

from campaigns import privacy
from campaigns.audience.rules import Rule
from campaigns.planning import lifecycle
from campaigns.vocabulary import CampaignState, MessageState
from outreach import backups, enquiring
from outreach.demo.county import SignIn

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A stack of its own: what a restore forgets, the carrier's ledger remembers."""
    running = Embedded(tmp_path_factory.mktemp("restored"))
    running.start()
    yield running
    assert running.stop() == set(), "had to be killed"


@pytest.fixture(scope="module")
def staff(embedded: Embedded, keyring: privacy.Keyring) -> list[SignIn]:
    return employ(embedded, keyring)


def test_a_restore_to_the_middle_of_sending_sends_nobody_twice(
    office: Office, tmp_path: Path
):
    people, later = 120, 20
    first, second = office.settle(people), office.settle(later)
    office.stack.behave(latency_ms=1500.0)
    campaign = office.release(Rule(villages=(first,)))
    office.until_accepted(campaign, 1)
    backups.back_up(office.wiring, tmp_path / "备份")
    office.stack.behave(latency_ms=0.0)
    office.until_finished(campaign)
    # Released after the backup, and known to the provider alone once it is restored.
    newer = office.release(Rule(villages=(second,)))
    office.until_finished(newer)
    entries = len(office.stack.ledger())
    office.stack.stop()
    office.wiring.database.dispose()

    now = office.wiring.clock()
    held = backups.restore(office.stack.settings, tmp_path / "备份", now)
    assert held["paused"] == [campaign]
    assert 0 < held["in_doubt"] < people
    office.stack.start()
    assert office.status(campaign) == CampaignState.PAUSED
    while enquiring.reconcile(office.wiring):
        pass
    # Somebody looks, and lets it go on: whoever got it is known to have got it.
    with office.wiring.database.writing() as session:
        lifecycle.resume(session, campaign, by=office.second, now=office.wiring.clock())
    office.until_finished(campaign)
    assert len(office.stack.ledger()) == entries
    assert set(office.in_ledger(campaign).values()) == {1}
    proof = office.everybody_is_accounted_for(campaign, people)
    assert proof.ledger == people
    assert office.states(campaign)[MessageState.IN_DOUBT] == 0
