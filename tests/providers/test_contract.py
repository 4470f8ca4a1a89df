"""What every provider must keep, against a real carrier process over sockets."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
import traceback
from datetime import timedelta
from decimal import Decimal

import pytest
from carriers import (
    ACCOUNT,
    PUBLIC,
    SECRET,
    TO,
    TWILIO_LIKE,
    carry,
    eventually,
    free_port,
    outgoing,
    provider_at,
    run,
)

from campaigns.delivery.provider import Limits, NotAccepted
from campaigns.vocabulary import MessageState, Reason
from outreach.providers.twilio import Account, TwilioProvider


@pytest.fixture(params=TWILIO_LIKE)
def provider(request, carrier):
    return provider_at(request.param, carrier.url)


def refused(provider, **given):
    with pytest.raises(NotAccepted) as caught:
        carry(provider, **given)
    return caught.value


def in_doubt(provider, **given):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - anything but NotAccepted
        carry(provider, **given)
    assert not isinstance(caught.value, NotAccepted)
    return caught.value


def impatient(carrier, seconds=0.5):
    """The same class with a short time limit, so that tests need not wait."""
    account = Account(ACCOUNT, SECRET, "+15005550006", PUBLIC, carrier.url)
    limits = Limits(per_second=10, timeout_seconds=seconds)
    return TwilioProvider("simulator", account, limits, connections=4)


def test_the_balance_is_told_in_its_currency(provider, carrier):
    carrier.behave(balance=12.5)
    assert run(provider, provider.balance())[0] == (Decimal("12.5"), "USD")


def test_a_message_travels_with_our_token(provider, carrier):
    taken = carry(provider)
    line = carrier.ledger()[0]
    assert taken.reference == line["sid"]
    assert (taken.state, taken.parts) == (MessageState.ACCEPTED, 1)
    assert (line["to"], line["token"]) == (TO, "tokenone")
    assert line["callback"] == f"{PUBLIC}/callbacks/{provider.name}/tokenone"


def test_many_share_kept_alive_connections(provider, carrier):
    async def crowd():
        tasks = [
            provider.carry(outgoing(message_id=n, phone=f"+861900000{n:04d}"))
            for n in range(200)
        ]
        found = await asyncio.gather(*tasks)
        await provider.close()
        return found

    found = asyncio.run(crowd())
    assert len({taken.reference for taken in found}) == len(carrier.ledger()) == 200


@pytest.mark.parametrize(
    ("phone", "code", "reason"),
    [
        ("+8612", "21211", Reason.PERMANENT),
        ("+15005550009", "21614", Reason.PERMANENT),
        ("+15005550004", "21610", Reason.BLOCKED),
    ],
)
def test_a_bad_number_is_refused_for_good(provider, carrier, phone, code, reason):
    found = refused(provider, phone=phone)
    assert (found.permanent, found.code, found.reason) == (True, code, reason)
    assert not found.throttled
    assert not found.broken
    assert phone not in str(found)
    assert carrier.ledger() == []


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("99999999", 900.0),
        ("inf", 900.0),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
def test_too_many_requests_slow_the_line_within_reason(provider, carrier, header, wait):
    carrier.behave(too_many=1.0, retry_after=header)
    found = refused(provider)
    assert (found.throttled, found.permanent, found.broken) == (True, False, False)
    assert found.retry_after == wait
    assert carrier.ledger() == []


def test_refused_credentials_stop_the_line_and_spare_the_message(provider, carrier):
    carrier.behave(unauthorised=1.0)
    found = refused(provider)
    assert (found.broken, found.permanent) == (True, False)


def test_a_closed_port_proves_that_nothing_was_sent(provider):
    nobody = provider_at(provider.name, f"http://127.0.0.1:{free_port()}")
    found = refused(nobody)
    assert (found.permanent, found.code) == (False, "connect")
    assert (found.throttled, found.broken) == (True, False)


def test_after_the_deadline_not_a_byte_is_written(provider, carrier):
    found = refused(provider, deadline=time.monotonic() - 0.001)
    assert found.code == "deadline"
    assert carrier.ledger() == []


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [
        ("error_before", False),
        ("error_after", True),
        ("reset", False),
        ("reset_after", True),
        ("broken_json", True),
    ],
)
def test_an_unclear_answer_is_in_doubt_and_the_ledger_knows(
    provider, carrier, fault, accepted
):
    carrier.behave(**{fault: 1.0})
    sent = outgoing()
    with pytest.raises(Exception) as caught:  # noqa: PT011 - anything but NotAccepted
        run(provider, provider.carry(sent))
    assert not isinstance(caught.value, NotAccepted)
    found = run(provider, provider.find(sent))[0]
    known = [found.reference] if found else []
    assert known == [line["sid"] for line in carrier.ledger()]
    assert bool(known) == accepted


@pytest.mark.parametrize("fault", ["black_hole", "black_hole_after", "drip"])
def test_silence_ends_in_doubt_within_the_limit(carrier, fault):
    carrier.behave(**{fault: 1.0})
    began = time.monotonic()
    in_doubt(impatient(carrier))
    assert time.monotonic() - began < 2
    assert len(carrier.ledger()) == (fault != "black_hole")


def test_no_error_quotes_the_number(provider, httpserver):
    quoting = f'{{"code": 20500, "message": "no route to {TO}", "status": 500}}'
    httpserver.expect_request(re.compile(".*")).respond_with_data(quoting, status=500)
    elsewhere = provider_at(provider.name, httpserver.url_for(""))
    for call in (elsewhere.carry, elsewhere.find):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - see above
            run(elsewhere, call(outgoing()))
        assert TO not in "".join(traceback.format_exception(caught.value))


def test_an_error_is_never_tried_again_by_itself(provider, carrier):
    carrier.behave(error_after=1.0)
    in_doubt(provider)
    assert len(carrier.ledger()) == 1


def test_the_carrier_gives_up_when_the_text_is_no_longer_valid(provider, carrier):
    carrier.behave(late=1.0, late_seconds=100.0)
    carry(provider, valid_seconds=0)  # Twilio takes nothing below a second
    eventually(lambda: carrier.ledger()[0]["status"] == "undelivered")
    assert carrier.ledger()[0]["code"] == 30036


def test_a_carrier_s_own_speed_limit_is_met_with_429(provider, carrier):
    carrier.behave(per_second=5)

    async def crowd():
        calls = [provider.carry(outgoing(message_id=n)) for n in range(30)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        await provider.close()
        return found

    found = asyncio.run(crowd())
    refusals = [each for each in found if isinstance(each, NotAccepted)]
    assert all(each.throttled for each in refusals)
    assert len(refusals) == 30 - len(carrier.ledger()) >= 15


def test_redirects_are_not_followed(httpserver):
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    target = httpserver.url_for("/elsewhere")
    httpserver.expect_request(path).respond_with_data(
        "", status=307, headers={"Location": target}
    )
    in_doubt(provider_at("simulator", httpserver.url_for("")))
    assert [request.path for request, _ in httpserver.log] == [path]


def test_find_reads_every_page_and_tells_texts_and_times_apart(provider):
    sent = outgoing(text="找的就是这条")
    others = [outgoing(text=f"别的第{n}条") for n in range(120)]
    found, *_, again, earlier, never = run(
        provider,
        provider.carry(sent),
        *[provider.carry(other) for other in others],
        provider.find(sent),
        provider.find(
            outgoing(text=sent.text, submitted_at=sent.submitted_at - timedelta(days=1))
        ),
        provider.find(outgoing(text="从未发出")),
    )
    assert again.reference == found.reference
    assert (earlier, never) == (None, None)


def test_a_ledger_that_cannot_be_read_is_not_an_absence(provider, httpserver):
    httpserver.expect_request("/").respond_with_data("", status=500)
    elsewhere = provider_at(provider.name, httpserver.url_for(""))
    with pytest.raises(Exception):  # noqa: B017, PT011 - any error but an answer
        run(elsewhere, elsewhere.find(outgoing()))


def test_a_connection_that_closed_while_idle_is_in_doubt_not_repeated():
    """The carrier reads a request and hangs up: nobody can know whether it counts."""
    posts = []

    def hang_up(listener):
        line, _ = listener.accept()
        posts.append(line.recv(65536))
        line.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up, args=(listener,))
        thread.start()
        in_doubt(
            provider_at("simulator", f"http://127.0.0.1:{listener.getsockname()[1]}")
        )
        thread.join(5)
    assert len(posts) == 1
