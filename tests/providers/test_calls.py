"""Calls: placed once, reported back, and looked up, against a carrier over sockets."""

from __future__ import annotations

import itertools
import re

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

from campaigns.delivery.folding import Told, fold
from campaigns.delivery.provider import Callback, Limits, NotAccepted, NotAuthentic
from campaigns.vocabulary import Channel, MessageState, Reason
from outreach.providers.twilio import Account, TwilioProvider
from outreach.providers.twilio_callbacks import KEY
from outreach.providers.twilio_calls import played
from outreach.providers.twilio_codes import called

S = MessageState
SOUND = f"{PUBLIC}/sound/1.wav?a=1&b=2"
TOKEN = "tokenone"
WORKS = dict.fromkeys(
    ("absent", "permanent", "blocked", "temporary", "silent", "refused", "late"), 0.0
)
CALL = {"channel": Channel.VOICE, "sound": SOUND}


@pytest.fixture(params=TWILIO_LIKE)
def provider(request, carrier):
    return provider_at(request.param, carrier.url)


def signed(provider, ending="", **given):
    form = {
        "AccountSid": ACCOUNT,
        "CallSid": "CA" + "a" * 32,
        "CallStatus": "completed",
        "To": TO,
        **given,
    }
    address = f"{PUBLIC}/callbacks/{provider.name}/tokenone{ending}"
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
    assert played(SOUND, f"{PUBLIC}/k?c=3&d=4") == (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        '<Gather action="https://bulletins.example/k?c=3&amp;d=4" numDigits="1" '
        'timeout="5"><Play loop="2">https://bulletins.example/sound/1.wav'
        "?a=1&amp;b=2</Play></Gather></Response>"
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
        ("completed", S.SENT, Reason.NONE),
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


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        ({"AnsweredBy": "human"}, S.DELIVERED, Reason.NONE),
        ({"AnsweredBy": "machine_start"}, S.UNDELIVERED, Reason.ABSENT),
        ({"AnsweredBy": "machine_end_beep"}, S.UNDELIVERED, Reason.ABSENT),
        ({"AnsweredBy": "fax"}, S.UNDELIVERED, Reason.PERMANENT),
        ({"AnsweredBy": "unknown"}, S.UNDELIVERED, Reason.UNKNOWN),
        ({"AnsweredBy": "parrot"}, None, Reason.NONE),
        ({"AnsweredBy": "human", "CallStatus": "completed"}, S.DELIVERED, Reason.NONE),
        ({"Digits": "1", "CallStatus": "in-progress"}, S.DELIVERED, Reason.MET),
        ({"Digits": "7", "CallStatus": "in-progress"}, S.DELIVERED, Reason.NONE),
    ],
)
def test_only_a_person_is_told_and_only_a_key_proves_it(provider, told, state, reason):
    ending = KEY if "Digits" in told else ""
    callback = signed(provider, ending, **{"CallStatus": "", **told})
    (report,) = provider.read_callback(callback)
    assert (report.state, report.reason) == (state, reason)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_reports_of_a_call_fold_to_the_best_in_any_order(order):
    ends = {
        ("", "human", ""): (S.DELIVERED, Reason.NONE),
        ("", "machine_start", ""): (S.UNDELIVERED, Reason.ABSENT),
        ("", "unknown", ""): (S.UNDELIVERED, Reason.UNKNOWN),
    }
    for detected, end in ends.items():
        for key, best in (("", end), ("1", (S.DELIVERED, Reason.MET))):
            told = [detected, ("completed", "", ""), ("in-progress", "", key)]
            states = [called(*told[at]) for at in order]
            folded = fold([Told(0, int(state), why) for state, why in states], 1)
            assert (folded.state, folded.reason) == best


def test_a_forged_call_is_refused(provider):
    genuine = signed(provider)
    changed = [(k, "busy" if k == "CallStatus" else v) for k, v in genuine.form]
    with pytest.raises(NotAuthentic):
        provider.read_callback(
            Callback(genuine.url, genuine.headers, changed, token="tokenone")
        )


@pytest.mark.parametrize(
    ("behaviour", "end"),
    [
        ({"machine": 1.0}, (S.UNDELIVERED, Reason.ABSENT)),
        ({"machine": 0.0, "unclear": 0.0, "pressed": 0.0}, (S.DELIVERED, Reason.NONE)),
        ({"machine": 0.0, "unclear": 0.0, "pressed": 1.0}, (S.DELIVERED, Reason.MET)),
    ],
)
def test_a_real_carrier_tells_who_answered(carrier, httpserver, behaviour, end):
    taken = []

    def take(request):
        form = list(request.form.items(multi=True))
        taken.append((request.url, dict(request.headers), form))
        return Response(status=204)

    public = httpserver.url_for("").rstrip("/")
    provider = provider_at("simulator", carrier.url, public_url=public)
    any_of_ours = re.compile("/callbacks/simulator/tokenone(/key)?")
    httpserver.expect_request(any_of_ours).respond_with_handler(take)
    carrier.behave(sent_seconds=0.01, receipt_seconds=0.05, **WORKS, **behaviour)
    httpserver.expect_request("/a.wav").respond_with_data(
        b"RIFF", content_type="audio/wav"
    )
    sent = carry(provider, channel=Channel.VOICE, sound=f"{public}/a.wav")
    eventually(lambda: any(("CallStatus", "completed") in form for *_, form in taken))
    assert carrier.ask("GET", "/ledger/summary").json()["sounds"]["200"] >= 1
    reports = [
        report
        for url, headers, form in taken
        for report in provider.read_callback(Callback(url, headers, form, b"", TOKEN))
    ]
    assert {report.reference for report in reports} == {sent.reference}
    told = [Told(0, int(report.state), report.reason) for report in reports]
    assert fold(told, 1)[:2] == end
    again = provider_at("simulator", carrier.url)
    (asked,) = run(again, again.find(outgoing(**CALL)))
    assert asked.state is end[0]
