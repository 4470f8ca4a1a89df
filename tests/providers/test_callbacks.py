from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from carriers import (
    ACCOUNT,
    PUBLIC,
    SECRET,
    TWILIO_LIKE,
    carry,
    eventually,
    provider_at,
)
from pytest_httpserver import HTTPServer
from twilio.request_validator import RequestValidator
from werkzeug import Response

from campaigns.delivery.provider import Callback, NotAuthentic
from campaigns.vocabulary import MessageState, Reason

SID = "SM" + "a" * 32
TOKEN = "tokenone"


@pytest.fixture(params=TWILIO_LIKE)
def provider(request):
    return provider_at(request.param, "http://127.0.0.1:9")


def fields(**given):
    usual = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "From": "+15005550006",
        "MessageSid": SID,
        "MessageStatus": "delivered",
        "SmsSid": SID,
        "SmsStatus": "delivered",
        "To": "+8619000000001",
    }
    return usual | given


def signed(provider, form=None, *, token=TOKEN, secret=SECRET, base=PUBLIC, **given):
    form = fields() if form is None else form
    address = f"{base}/callbacks/{provider.name}/{token}"
    signature = RequestValidator(secret).compute_signature(address, form)
    facts = {
        "url": address,
        "headers": {"X-Twilio-Signature": signature},
        "form": list(form.items()),
        "token": token,
    }
    return Callback(**facts | given)


def test_a_genuine_report_is_read(provider):
    form = fields(RawDlrDoneDate="2611230405")
    (report,) = provider.read_callback(signed(provider, form))
    assert (report.provider, report.token) == (provider.name, TOKEN)
    assert (report.reference, report.state) == (SID, MessageState.DELIVERED)
    assert (report.part, report.reason, report.code) == (0, Reason.NONE, None)
    assert report.phone == "+8619000000001"
    assert report.provider_at == datetime(2026, 11, 23, 4, 5, tzinfo=UTC)
    assert report.identity == (SID, "delivered", "")


@pytest.mark.parametrize(
    ("status", "code", "state", "reason"),
    [
        ("queued", None, MessageState.ACCEPTED, Reason.NONE),
        ("sent", None, MessageState.SENT, Reason.NONE),
        ("read", None, MessageState.DELIVERED, Reason.NONE),
        ("undelivered", "30003", MessageState.UNDELIVERED, Reason.ABSENT),
        ("undelivered", "30005", MessageState.UNDELIVERED, Reason.PERMANENT),
        ("undelivered", "30007", MessageState.UNDELIVERED, Reason.BLOCKED),
        ("failed", "30001", MessageState.UNDELIVERED, Reason.TEMPORARY),
        ("undelivered", "30036", MessageState.UNDELIVERED, Reason.ABSENT),
        ("undelivered", "39999", MessageState.UNDELIVERED, Reason.UNKNOWN),
        ("undelivered", None, MessageState.UNDELIVERED, Reason.UNKNOWN),
        ("partially_delivered", None, None, Reason.NONE),
        ("teleported", None, None, Reason.NONE),
    ],
)
def test_statuses_become_our_words(provider, status, code, state, reason):
    more = {"ErrorCode": code} if code else {}
    form = fields(MessageStatus=status, SmsStatus=status, **more)
    (report,) = provider.read_callback(signed(provider, form))
    assert (report.state, report.reason, report.code) == (state, reason, code)
    assert report.status == status


def test_the_same_report_twice_has_one_identity_and_another_status_another(provider):
    def identity(**given):
        return provider.read_callback(signed(provider, fields(**given)))[0].identity

    assert identity() == identity(RawDlrDoneDate="2611230405")
    assert identity() != identity(MessageStatus="sent")
    assert identity() != identity(ErrorCode="30003")


def without_signature(provider):
    return signed(provider, headers={})


def another_secret(provider):
    return signed(provider, secret="f" * 32)


def another_host(provider):
    return signed(provider, base="https://elsewhere.example")


def another_message_s_address(provider):
    return replace(signed(provider, token="tokentwo"), token=TOKEN)


def changed_status(provider):
    genuine = signed(provider, fields(MessageStatus="undelivered"))
    return signed(provider, headers=genuine.headers)


def extra_field(provider):
    return with_pair(signed(provider), ("Body", "x"))


def repeated_field(provider):
    return with_pair(signed(provider), ("MessageStatus", "delivered"))


def with_pair(callback, pair):
    return replace(callback, form=[*callback.form, pair])


def another_account(provider):
    return signed(provider, fields(AccountSid="AC" + "9" * 32))


def no_message(provider):
    return signed(provider, fields(MessageSid=""))


def too_large(provider):
    return signed(provider, fields(Body="x" * 70_000))


def no_token(provider):
    return signed(provider, token="")


FORGED = [
    without_signature,
    another_secret,
    another_host,
    another_message_s_address,
    changed_status,
    extra_field,
    repeated_field,
    another_account,
    no_message,
    too_large,
    no_token,
]


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_what_the_provider_did_not_send_is_refused(provider, forge):
    with pytest.raises(NotAuthentic):
        provider.read_callback(forge(provider))


def test_the_host_that_a_sender_claims_is_not_believed(provider):
    lie = "https://attacker.example/callbacks"
    genuine = signed(provider)
    assert provider.read_callback(signed(provider, url=lie, headers=genuine.headers))


def test_header_names_may_be_written_in_any_case(provider):
    genuine = signed(provider).headers["X-Twilio-Signature"]
    for name in ("x-twilio-signature", "X-TWILIO-SIGNATURE"):
        assert provider.read_callback(signed(provider, headers={name: genuine}))


@pytest.mark.parametrize("name", TWILIO_LIKE)
def test_a_real_carrier_s_callbacks_are_verified(carrier, httpserver: HTTPServer, name):
    """Through a proxy, as in life: signed for the public address, met at our own."""
    taken = []

    def take(request):
        taken.append((dict(request.headers), list(request.form.items(multi=True))))
        return Response(status=204)

    public = httpserver.url_for("").rstrip("/")
    provider = provider_at(name, carrier.url, public_url=public)
    path = f"/callbacks/{name}/{TOKEN}"
    httpserver.expect_request(path).respond_with_handler(take)
    carrier.behave(sent_seconds=0.01, receipt_seconds=0.05)
    sent = carry(provider)
    eventually(lambda: len(taken) == 2)
    reports = [
        provider.read_callback(Callback(url="", headers=h, form=f, token=TOKEN))[0]
        for h, f in taken
    ]
    assert {report.reference for report in reports} == {sent.reference}
    assert reports[0].state == MessageState.SENT
