"""Calls: placed once, reported back, and looked up, against a carrier over sockets."""

from __future__ import annotations

import pytest
from carriers import (
    ACCOUNT,
    PUBLIC,
    SECRET,
    TO,
    TWILIO_LIKE,
    carry,
    eventually,
    outgoing,
    provider_at,
    run,
)
from twilio.request_validator import RequestValidator
from werkzeug import Response

from campaigns.delivery.provider import Callback, Limits, NotAccepted, NotAuthentic
from campaigns.vocabulary import Channel, MessageState, Reason
from outreach.providers.twilio import Account, TwilioProvider
from outreach.providers.twilio_calls import played

S = MessageState
SOUND = f"{PUBLIC}/sound/1.wav?a=1&b=2"
CALL = {"channel": Channel.VOICE, "sound": SOUND}


@pytest.fixture(params=TWILIO_LIKE)
def provider(request, carrier):
    return provider_at(request.param, carrier.url)


def signed(provider, **given):
    form = {
        "AccountSid": ACCOUNT,
        "CallSid": "CA" + "a" * 32,
        "CallStatus": "completed",
        "To": TO,
        **given,
    }
    address = f"{PUBLIC}/callbacks/{provider.name}/tokenone"
    signature = RequestValidator(SECRET).compute_signature(address, form)
    header = {"X-Twilio-Signature": signature}
    return Callback(address, header, list(form.items()), token="tokenone")


def test_a_call_is_placed_once_with_our_token(provider, carrier):
    taken = carry(provider, **CALL)
    (line,) = carrier.ledger()
    assert (taken.reference, taken.state) == (line["sid"], S.ACCEPTED)
    assert taken.reference.startswith("CA")
    assert (line["to"], line["token"]) == (TO, "tokenone")


def test_what_is_played_is_an_address_made_safe():
    assert played(SOUND) == (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Response><Play loop="2">https://bulletins.example/sound/1.wav'
        "?a=1&amp;b=2</Play></Response>"
    )


def test_without_a_clip_the_call_waits(provider, carrier):
    with pytest.raises(NotAccepted) as caught:
        carry(provider, channel=Channel.VOICE)
    assert (caught.value.permanent, caught.value.retry_after) == (False, 60.0)
    assert carrier.ledger() == []


def test_a_messaging_service_has_no_voice(carrier):
    account = Account(ACCOUNT, SECRET, "MG" + "1" * 32, PUBLIC, carrier.url)
    service = TwilioProvider("twilio", account, Limits(per_second=9), connections=1)
    with pytest.raises(NotAccepted) as caught:
        carry(service, **CALL)
    assert caught.value.broken
    assert carrier.ledger() == []


def test_a_refused_number_is_refused_for_good(provider):
    with pytest.raises(NotAccepted) as caught:
        carry(provider, phone="+8612", **CALL)
    assert (caught.value.permanent, caught.value.reason) == (True, Reason.PERMANENT)


def test_a_lost_answer_is_in_doubt_and_the_list_of_calls_knows(provider, carrier):
    carrier.behave(error_after=1.0)
    sent = outgoing(**CALL)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - anything but NotAccepted
        run(provider, provider.carry(sent))
    assert not isinstance(caught.value, NotAccepted)
    (found,) = run(provider, provider.find(sent))
    assert found.reference == carrier.ledger()[0]["sid"]


def test_texts_and_calls_are_told_apart(provider):
    text = outgoing()
    _, of_call, of_text = run(
        provider,
        provider.carry(text),
        provider.find(outgoing(**CALL)),
        provider.find(text),
    )
    assert of_call is None
    assert of_text.reference.startswith("SM")


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("initiated", S.ACCEPTED, Reason.NONE),
        ("ringing", S.SENT, Reason.NONE),
        ("in-progress", S.SENT, Reason.NONE),
        ("completed", S.DELIVERED, Reason.NONE),
        ("busy", S.UNDELIVERED, Reason.ABSENT),
        ("no-answer", S.UNDELIVERED, Reason.ABSENT),
        ("failed", S.UNDELIVERED, Reason.PERMANENT),
        ("canceled", S.UNDELIVERED, Reason.UNKNOWN),
        ("teleported", None, Reason.NONE),
    ],
)
def test_statuses_of_calls_become_our_words(provider, status, state, reason):
    (report,) = provider.read_callback(signed(provider, CallStatus=status))
    assert (report.state, report.reason, report.status) == (state, reason, status)
    assert (report.token, report.phone) == ("tokenone", TO)


def test_a_forged_call_is_refused(provider):
    genuine = signed(provider)
    changed = [(k, "busy" if k == "CallStatus" else v) for k, v in genuine.form]
    with pytest.raises(NotAuthentic):
        provider.read_callback(
            Callback(genuine.url, genuine.headers, changed, token="tokenone")
        )


def test_a_real_carrier_reports_the_end_of_a_call_once(carrier, httpserver):
    taken = []

    def take(request):
        taken.append((dict(request.headers), list(request.form.items(multi=True))))
        return Response(status=204)

    public = httpserver.url_for("").rstrip("/")
    provider = provider_at("simulator", carrier.url, public_url=public)
    path = "/callbacks/simulator/tokenone"
    httpserver.expect_request(path).respond_with_handler(take)
    carrier.behave(sent_seconds=0.01, receipt_seconds=0.05)
    sent = carry(provider, **CALL)
    eventually(lambda: taken)
    ((headers, form),) = taken
    (report,) = provider.read_callback(Callback("", headers, form, token="tokenone"))
    assert report.reference == sent.reference
    assert report.state in {S.DELIVERED, S.UNDELIVERED}
