"""What every provider keeps, each spoken to over a socket in its carrier's own way."""

from __future__ import annotations

import re
import time
import traceback
from datetime import timedelta

import pytest
from carriers import PUBLIC, TEXT, TO, carry, free_port, outgoing, provider_at, run
from providers.certificates import LONG_AGO, certificate, door
from providers.wires import wire

from campaigns.bulletins.carrier_rules import rules_of
from campaigns.delivery.provider import NotAccepted, Provider
from campaigns.vocabulary import Channel, MessageState
from outreach import providers

WAYS = [
    *((name, Channel.SMS) for name in providers.CARRIERS),
    *((name, Channel.VOICE) for name in providers.CARRIERS if rules_of(name).calls),
]


@pytest.fixture(params=WAYS, ids=" ".join)
def way(request):
    return request.param


@pytest.fixture
def name(way):
    return way[0]


@pytest.fixture
def more(way):
    """What is carried: a text, or a call with the clip that it plays."""
    return {"channel": way[1], "sound": f"{PUBLIC}/calls/a.wav"}


@pytest.fixture
def carrier(name, httpserver):
    spoken = wire(name)
    spoken.address = spoken.listen(httpserver)
    return spoken


@pytest.fixture
def provider(name, carrier):
    return provider_at(name, carrier.address)


def refused(provider, **given):
    with pytest.raises(NotAccepted) as caught:
        carry(provider, **given)
    return caught.value


def in_doubt(provider, **given):
    with pytest.raises(Exception) as caught:  # noqa: PT011 - anything but NotAccepted
        carry(provider, **given)
    assert not isinstance(caught.value, NotAccepted)
    return caught.value


def test_it_says_what_it_is(provider, name):
    assert isinstance(provider, Provider)
    assert provider.name == name
    assert Channel.SMS in provider.channels
    assert (Channel.VOICE in provider.channels) is rules_of(name).calls
    assert provider.limits.per_second > 0


def test_a_message_is_taken_once_and_named(provider, carrier, more):
    taken = carry(provider, **more)
    assert taken.state is MessageState.ACCEPTED
    assert taken.reference
    assert [phone for phone, _ in carrier.asked] == [TO]


def test_what_is_ours_travels_with_it(provider, carrier, name, more):
    carry(provider, **more)
    mark = carrier.asked[0][1]
    # China Mobile's interface has no field for it: its receipts go by reference.
    expected = {"mas": "", "yixintong": "00000000000101654321"}
    assert mark == expected.get(name, "tokenone")


def test_a_refusal_is_for_good_and_for_this_message_alone(provider, carrier, more):
    carrier.says = carrier.refuses
    found = refused(provider, **more)
    assert (found.permanent, found.throttled, found.broken) == (True, False, False)


def test_haste_slows_the_line(provider, carrier, more):
    if carrier.throttles is None:
        carrier.says = (200, '{"success": false, "rspcod": "Busy"}')
        in_doubt(provider, **more)
        return
    carrier.says = carrier.throttles
    found = refused(provider, **more)
    assert (found.permanent, found.throttled, found.broken) == (False, True, False)


def test_a_wall_for_everybody_stops_the_line_and_spares_the_message(
    provider, carrier, more
):
    carrier.says = carrier.breaks
    found = refused(provider, **more)
    assert (found.permanent, found.broken) == (False, True)


@pytest.mark.parametrize(
    "answer",
    [
        (500, "{}"),
        (502, "<html>bad gateway</html>"),
        (200, ""),
        (200, "{"),
        (200, "[]"),
        (200, '{"Code": "isp.SYSTEM_ERROR", "success": false, "rspcod": "?"}'),
        (200, "result=20&description=&faillist="),
        (200, "result=15&description=&faillist="),
        (307, ""),
    ],
    ids=str,
)
def test_whatever_proves_nothing_is_in_doubt_and_never_repeated(
    provider, carrier, answer, more
):
    carrier.says = answer
    in_doubt(provider, **more)
    assert len(carrier.asked) == 1


def test_a_closed_port_proves_that_nothing_was_sent(name, more):
    nobody = provider_at(name, f"http://127.0.0.1:{free_port()}")
    found = refused(nobody, **more)
    assert (found.permanent, found.code, found.throttled) == (False, "connect", True)


def test_after_the_deadline_not_a_byte_is_written(provider, carrier, more):
    found = refused(provider, **more, deadline=time.monotonic() - 0.001)
    assert (found.code, carrier.asked) == ("deadline", [])


def test_no_error_quotes_the_number_or_the_text(httpserver, name, more):
    quoting = f'{{"Code": "x", "Message": "{TO} {TEXT}", "code": 1, "status": 500}}'
    for status in (500, 400, 200):
        httpserver.clear()
        httpserver.expect_request(re.compile(".*")).respond_with_data(
            quoting, status=status
        )
        elsewhere = provider_at(name, httpserver.url_for(""))
        for call in (elsewhere.carry, elsewhere.find):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - see above
                run(elsewhere, call(outgoing(**more)))
            told = "".join(traceback.format_exception(caught.value))
            assert TO not in told
            assert TO[3:] not in told
            assert "按时服药" not in told


def test_a_ledger_that_cannot_be_read_is_not_an_absence(provider, carrier, more):
    carrier.ledger = (500, "{}")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any error but an answer
        run(provider, provider.find(outgoing(**more)))
    assert not isinstance(caught.value, NotAccepted)


@pytest.mark.parametrize(
    ("host", "until"),
    [("127.0.0.1", LONG_AGO), ("carrier.example", LONG_AGO + timedelta(days=9999))],
    ids=["expired", "another's"],
)
def test_a_certificate_that_is_not_theirs_is_told_nothing(name, host, until, tmp_path):
    with door(certificate(tmp_path, host, until)) as (address, heard):
        found = refused(provider_at(name, address))
    assert (found.permanent, found.code) == (False, "connect")
    assert not any(heard)
