"""What carriers send: answered in their own way once it is on disk, never before."""

from __future__ import annotations

import json

import pytest
from carriers import ACCOUNT, CALLBACK_KEY, SECRET, TO, provider_at
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from campaigns.delivery.models import Receipt, Reply

NOBODY = "http://127.0.0.1:9"
OWN = "http://127.0.0.1:8000"
RECEIPT = {
    "phone_number": TO,
    "success": True,
    "err_code": "DELIVERED",
    "biz_id": "B1",
    "out_id": "x",
}
REPLY = {"phone_number": TO, "content": "收到", "sequence_id": 7}


@pytest.fixture
def client(app):
    wiring = app.extensions["outreach"]
    for name in ("aliyun", "simulator"):
        wiring.providers[name] = provider_at(name, NOBODY, wiring.settings.own_url)
    return app.test_client()


def kept(writing, what):
    with writing() as session:
        return list(session.scalars(select(what)))


def test_a_push_is_answered_as_alibaba_asks_and_stands_once(client, writing):
    address = f"/callbacks/aliyun/{CALLBACK_KEY}"
    for _ in range(2):
        answer = client.post(address, json=[RECEIPT, "nonsense"])
        assert (answer.status_code, answer.get_json()["code"]) == (200, 0)
    assert [row.provider_ref for row in kept(writing, Receipt)] == ["B1"]


def test_hundreds_of_receipts_come_at_once(client, writing):
    many = [{**RECEIPT, "out_id": f"token{n}"} for n in range(600)]
    answer = client.post(f"/callbacks/aliyun/{CALLBACK_KEY}", json=many)
    assert answer.status_code == 200
    assert len(kept(writing, Receipt)) == 600


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/callbacks/aliyun/guess", [RECEIPT], 403),
        ("/callbacks/aliyun/guess/replies", [REPLY], 403),
        ("/callbacks/aliyun/replies", [REPLY], 403),
        (f"/callbacks/aliyun/{CALLBACK_KEY}", "no array", 403),
        (f"/callbacks/mas/{CALLBACK_KEY}", [RECEIPT], 404),
        ("/callbacks/pigeon/x", [RECEIPT], 404),
    ],
)
def test_what_is_not_theirs_is_refused_and_not_kept(
    client, writing, address, body, status
):
    assert client.post(address, json=body).status_code == status
    assert kept(writing, Receipt) == kept(writing, Reply) == []


def test_replies_are_taken_in_once(client, writing):
    for _ in range(2):
        answer = client.post(
            f"/callbacks/aliyun/{CALLBACK_KEY}/replies", json=[REPLY, {}]
        )
        assert answer.status_code == 200
    (reply,) = kept(writing, Reply)
    assert (reply.provider, reply.provider_ref, reply.text) == ("aliyun", "7", "收到")


def test_a_signed_inbound_message_is_a_reply_and_a_forged_one_nothing(client, writing):
    account = "AC" + "0" * 32
    form = {
        "AccountSid": account,
        "MessageSid": "SM" + "b" * 32,
        "From": TO,
        "To": "+15005550006",
        "Body": "收到",
    }
    address = "/callbacks/simulator/replies"
    signature = RequestValidator(SECRET).compute_signature(OWN + address, form)
    forged = {"X-Twilio-Signature": signature[:-2] + "A="}
    assert client.post(address, data=form, headers=forged).status_code == 403
    genuine = {"X-Twilio-Signature": signature}
    for _ in range(2):
        answer = client.post(address, data=form, headers=genuine)
        assert answer.status_code == 204
    (reply,) = kept(writing, Reply)
    assert (reply.phone, reply.text) == (TO, "收到")


def test_a_database_that_is_down_has_the_push_repeated(client, writing):
    with writing() as session:
        session.execute(Receipt.__table__.delete())
        session.connection().exec_driver_sql("DROP TABLE receipt")
    answer = client.post(
        f"/callbacks/aliyun/{CALLBACK_KEY}",
        data=json.dumps([RECEIPT]),
        content_type="application/json",
    )
    assert answer.status_code == 503


def test_a_key_is_kept_and_the_call_may_end(client, writing):
    at = "/callbacks/simulator/tokenone/key"
    form = {"AccountSid": ACCOUNT, "CallSid": "CA" + "a" * 32, "To": TO, "Digits": "1"}
    signature = RequestValidator(SECRET).compute_signature(f"{OWN}{at}", form)
    signed = {"X-Twilio-Signature": signature}
    elsewhere = client.post(at.removesuffix("/key"), data=form, headers=signed)
    assert elsewhere.status_code == 403
    answer = client.post(at, data=form, headers=signed)
    assert (answer.mimetype, answer.text) == ("text/xml", "<Response/>")
    assert [row.reason for row in kept(writing, Receipt)] == ["met"]
