"""The inbox's door: kept means on disk, and many wait for one commit."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest
from sqlalchemy import delete, event, func, select

from campaigns.delivery.models import Receipt
from campaigns.delivery.provider import Report
from campaigns.orm import Base
from campaigns.vocabulary import MessageState
from outreach.database import connect
from outreach.inbox import Inbox, NotStored


def report(n):
    key = f"token-{n}"
    return Report("simulator", key, None, "sent", MessageState.SENT, (key,))


@pytest.fixture
def inbox(database, now):
    return Inbox(database, b"s" * 32, lambda: now)


def stored(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Receipt))


def test_kept_means_that_it_can_be_read(inbox, database):
    inbox.keep([report(1), report(2)])
    inbox.keep([report(2)])
    assert stored(database) == 2


def test_many_threads_share_few_commits_and_none_is_lost(inbox, database):
    commits = []
    event.listen(database.engine, "commit", commits.append)
    gate = threading.Barrier(24)

    def hand_in(n):
        gate.wait()
        inbox.keep([report(n)])

    threads = [threading.Thread(target=hand_in, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(database) == 24
    assert len(commits) < 24


def test_what_postgresql_cannot_hold_keeps_nobody_else_out(postgresql_address, now):
    database = connect(postgresql_address)
    Base.metadata.create_all(database.engine)
    inbox = Inbox(database, b"s" * 32, lambda: now)
    gate = threading.Barrier(9)
    refused = []

    def hand_in(n):
        spoilt = Report("simulator", f"{n}", None, f"\x00{n}", None, (f"{n}",))
        gate.wait()
        try:
            inbox.keep([spoilt if n == 4 else report(n)])
        except NotStored:
            refused.append(n)

    threads = [threading.Thread(target=hand_in, args=(n,)) for n in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert (refused, stored(database)) == ([4], 8)
    finally:
        with database.writing() as session:
            session.execute(delete(Receipt))
        database.dispose()


def test_a_database_that_is_down_is_told_to_every_waiting_thread(inbox, database):
    Base.metadata.drop_all(database.engine)
    with pytest.raises(NotStored):
        inbox.keep([report(1)])
    Base.metadata.create_all(database.engine)
    inbox.keep([report(1)])
    assert stored(database) == 1


def test_whatever_goes_wrong_is_told_and_the_next_is_kept(database, now, caplog):
    moments = iter([now])

    def clock():
        return next(moments)

    inbox = Inbox(database, b"s" * 32, clock)
    inbox.keep([report(1)])
    with pytest.raises(NotStored):
        inbox.keep([report(2)])
    assert "reports were not stored" in caplog.text
    moments = iter([now])
    inbox.keep([report(2)])
    assert stored(database) == 2


def test_a_thread_that_ended_for_want_of_reports_is_followed(
    inbox, database, monkeypatch
):
    monkeypatch.setattr("outreach.inbox._IDLE_SECONDS", 0.0)
    for n in range(30):
        inbox.keep([report(n)])
        while any(thread.name == "inbox" for thread in threading.enumerate()):
            time.sleep(0.001)
    assert stored(database) == 30


def test_the_moment_of_arrival_is_kept(inbox, database, now: datetime):
    inbox.keep([report(1)])
    with database.reading() as session:
        assert session.scalars(select(Receipt.received_at)).one() == now
