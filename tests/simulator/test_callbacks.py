from __future__ import annotations

import asyncio
import re
import signal
import time
from urllib.parse import parse_qsl

import pytest
from carriers import ACCOUNT, SECRET, eventually, free_port
from pytest_httpserver import HTTPServer
from twilio.request_validator import RequestValidator
from werkzeug import Request, Response

from outreach.simulator import Behaviour, callbacks, running

SENDER = "+15005550006"
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class Inbox:
    """Takes callbacks on a real socket; ``status`` is what it answers."""

    def __init__(self, server: HTTPServer) -> None:
        self.base = server.url_for("/callbacks/simulator")
        self.status = 204
        self.taken: list[tuple[str, dict[str, str], str]] = []
        self.refused = 0
        anywhere = re.compile("/callbacks/.*")
        server.expect_request(anywhere, method="POST").respond_with_handler(self._take)

    def _take(self, request: Request) -> Response:
        if self.status >= 500:
            self.refused += 1
            return Response(status=self.status)
        form = dict(parse_qsl(request.get_data().decode()))
        self.taken.append((request.url, form, request.headers["X-Twilio-Signature"]))
        return Response(status=self.status)

    def told(self) -> set[tuple[str, str]]:
        return {(url, form["MessageStatus"]) for url, form, _ in self.taken}

    def statuses(self, token: str) -> list[str]:
        return [
            form["MessageStatus"]
            for url, form, _ in self.taken
            if url.endswith("/" + token)
        ]


@pytest.fixture
def inbox(httpserver):
    return Inbox(httpserver)


def send(carrier, inbox, token, to="+8619000000001"):
    form = {
        "To": to,
        "From": SENDER,
        "Body": "好",
        "StatusCallback": f"{inbox.base}/{token}",
    }
    answer = carrier.ask("POST", PATH, data=form)
    assert answer.status_code == 201
    return answer.json()["sid"]


def quick(**more):
    return {"sent_seconds": 0.01, "receipt_seconds": 0.1, **more}


def test_callbacks_are_signed_as_twilio_signs_them(carrier, inbox):
    carrier.behave(**quick())
    sid = send(carrier, inbox, "token-one")
    eventually(lambda: len(inbox.taken) == 2)
    for url, form, signature in inbox.taken:
        assert RequestValidator(SECRET).validate(url, form, signature)
        assert not RequestValidator("another").validate(url, form, signature)
        assert (form["MessageSid"], form["AccountSid"]) == (sid, ACCOUNT)
    assert inbox.statuses("token-one") == ["sent", "delivered"]


def test_a_failure_carries_its_code(carrier, inbox):
    carrier.behave(**quick(absent=1.0))
    send(carrier, inbox, "token")
    eventually(lambda: len(inbox.taken) == 2)
    assert inbox.taken[1][1]["MessageStatus"] == "undelivered"
    assert inbox.taken[1][1]["ErrorCode"] == "30003"


def test_some_receipts_come_twice_and_some_overtake_the_answer(carrier, inbox):
    carrier.behave(**quick(twice=1.0, early=1.0))
    send(carrier, inbox, "token")
    assert inbox.statuses("token")[:1] == ["sent"]
    eventually(lambda: inbox.statuses("token").count("delivered") == 2)


def test_silent_numbers_are_never_heard_of_again(carrier, inbox):
    carrier.behave(**quick(silent=1.0, absent=0.0, permanent=0.0))
    carrier.behave(blocked=0.0, temporary=0.0)
    send(carrier, inbox, "token")
    eventually(lambda: carrier.ledger()[0]["told"])
    assert inbox.statuses("token") == ["sent"]


def test_a_closed_door_is_tried_again(carrier, inbox):
    carrier.behave(**quick())
    inbox.status = 503
    send(carrier, inbox, "token")
    eventually(lambda: inbox.refused >= 2)
    inbox.status = 204
    eventually(lambda: set(inbox.statuses("token")) == {"sent", "delivered"})


def test_a_killed_carrier_keeps_its_ledger_and_goes_on(own_carrier, inbox):
    carrier = own_carrier
    carrier.behave(**quick())
    inbox.status = 503
    sids = [send(carrier, inbox, f"t{n}", f"+861900000{n:04d}") for n in range(40)]
    carrier.stop(signal.SIGKILL)
    inbox.status = 204
    assert inbox.taken == []
    carrier.start(**quick(early=0.0))
    assert [line["sid"] for line in carrier.ledger()] == sids
    assert [line["token"] for line in carrier.ledger()] == [f"t{n}" for n in range(40)]
    eventually(lambda: all(line["told"] for line in carrier.ledger()))
    eventually(lambda: len({url for url, _, _ in inbox.taken}) == 40)


def test_the_summary_adds_up_and_names_repeats(carrier, inbox):
    carrier.behave(**quick())
    for token in ("a", "b", "b"):
        send(carrier, inbox, token)
    eventually(lambda: len(inbox.taken) == 6)
    summary = carrier.ask("GET", "/ledger/summary").json()
    assert summary["accepted"] == sum(summary["statuses"].values()) == 3
    assert summary["same_token_twice"] == 1


def test_what_memory_cannot_hold_waits_in_the_ledger(inbox, tmp_path, monkeypatch):
    monkeypatch.setattr(callbacks, "_WAITING_MOST", 6)
    behaviour = Behaviour(sent_seconds=0.2, receipt_seconds=0.2, silent=0.0, late=0.0)

    async def crowd():
        path = tmp_path / "ledger.db"
        async with running(ACCOUNT, SECRET, path, free_port(), behaviour) as carrier:
            for n in range(40):
                form = {"To": f"+861900000{n:04d}", "From": SENDER, "Body": "好"}
                form["StatusCallback"] = f"{inbox.base}/t{n}"
                await carrier.accept(form)
            assert carrier.callbacks.waiting < 20
            until = time.monotonic() + 20
            while len(inbox.told()) < 80 and time.monotonic() < until:  # noqa: ASYNC110 - a thread fills it
                await asyncio.sleep(0.02)

    asyncio.run(crowd())
    assert len(inbox.told()) == 80
