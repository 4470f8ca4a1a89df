"""What a dead process never began goes back to the queue, by proof."""

from __future__ import annotations

import subprocess
import sys

import pytest

from campaigns.delivery import claiming, tally
from campaigns.delivery.dispatch import Dispatch
from campaigns.vocabulary import MessageState
from outreach import journal, lanes
from outreach.journal import Journal, Unbegun, of_the_dead

DYING = """
import os, signal, sys
from pathlib import Path
from outreach.journal import Journal
page = Journal(Path(sys.argv[1])).note("a1b2c3d4e5f60718", [7, 8, 9])
page.begin(8)
os.kill(os.getpid(), signal.SIGKILL)
"""


def dead(folder):
    return [each for left in of_the_dead(folder) for each in left]


def test_a_killed_process_leaves_what_it_never_began(tmp_path):
    done = subprocess.run([sys.executable, "-c", DYING, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert dead(tmp_path) == [Unbegun("a1b2c3d4e5f60718", (7, 9))]
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_is_not_inherited_from(tmp_path):
    living = Journal(tmp_path)
    living.note("a" * 16, [1])
    assert dead(tmp_path) == []
    assert living.path.exists()


def test_another_boot_proves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_boot", lambda: "yesterday")
    Journal(tmp_path).note("a" * 16, [1])
    monkeypatch.undo()
    assert dead(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_claim_whose_end_is_recorded_is_forgotten_and_its_place_used_again(tmp_path):
    mine = Journal(tmp_path)
    for n in range(200):
        mine.note(f"{n:016}", [n]).close()
    mine.note("b" * 16, [1, 2]).begin(1)
    del mine
    assert dead(tmp_path) == [Unbegun("b" * 16, (2,))]


def test_without_a_place_nothing_is_proven_and_nothing_fails(tmp_path):
    mine = Journal(tmp_path)
    mine.note("a" * 16, range(10_000)).begin(5)
    del mine
    assert dead(tmp_path) == []


@pytest.fixture
def wiring(sending_county):
    return sending_county(people=6)


def states(wiring):
    with wiring.database.reading() as session:
        assert tally.recount(session, 1) == []
        return tally.by_state(session, 1, "sms")


def test_the_next_to_look_sends_what_the_dead_never_began(wiring, now):
    with wiring.database.writing() as session:
        batch = claiming.claim(
            session,
            Dispatch.of(session, 1),
            6,
            now,
            signer=wiring.signer,
            limits=wiring.provider("simulator").limits,
        )
    ids = [outgoing.message_id for outgoing in batch.messages]
    theirs = Journal(wiring.journals)
    page = theirs.note(batch.claim, ids)
    page.begin(ids[0])
    page.begin(ids[1])
    assert lanes.take_over(wiring) == 0
    del page, theirs
    assert lanes.send(wiring, 1) == 4
    assert states(wiring) == {MessageState.SUBMITTING: 2, MessageState.ACCEPTED: 4}


def test_a_claim_whose_commit_fails_goes_back_because_nothing_was_written(
    wiring, monkeypatch
):
    from sqlalchemy import event  # noqa: PLC0415 - only here
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    failing = [True]

    def lost(connection):
        """The server committed, and then it was gone before it could say so."""
        if failing and states_now(connection) == 6:
            failing.clear()
            connection.connection.dbapi_connection.execute("COMMIT")
            raise OperationalError("COMMIT", None, ConnectionError())

    monkeypatch.setattr(lanes, "_RETRY_SECONDS", 0.01)
    # A second lane would send at once what the first one gave back.
    wiring.settings = wiring.settings.model_copy(update={"lanes": 1})
    event.listen(wiring.database.engine, "commit", lost)
    with pytest.raises(OperationalError):
        lanes.send(wiring, 1)
    assert states(wiring) == {MessageState.QUEUED: 6}
    assert lanes.send(wiring, 1) == 6
    assert states(wiring) == {MessageState.ACCEPTED: 6}
    assert len(wiring.providers["simulator"].lines()) == 6


def states_now(connection):
    cursor = connection.connection.dbapi_connection.execute(
        "SELECT count(*) FROM message WHERE state = 10"
    )
    return cursor.fetchone()[0]
