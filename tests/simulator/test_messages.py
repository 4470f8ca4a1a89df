"""The unmodified SDK cannot tell this carrier from Twilio."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import httpx
import pytest
from carriers import ACCOUNT, SECRET, Carrier, eventually
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from outreach.settings import inherited
from outreach.simulator.forms import read_form

SENDER = "+15005550006"
TO = "+8619000000001"


def sdk(carrier: Carrier, secret: str = SECRET, **more) -> Client:
    client = Client(ACCOUNT, secret, environment={"": ""}, **more)
    client.api.base_url = carrier.url
    return client


def test_a_message_is_accepted_and_found_again(carrier):
    text = "【合江县残联】高温，请多喝水 + 休息 100%"
    sent = sdk(carrier).messages.create(to=TO, from_=SENDER, body=text)
    assert sent.sid.startswith("SM")
    assert len(sent.sid) == 34
    assert (sent.status, sent.to, sent.from_, sent.body) == ("queued", TO, SENDER, text)
    assert (sent.num_segments, sent.error_code, sent.date_sent) == ("1", None, None)
    assert sent.date_created.tzinfo
    assert sent.account_sid == ACCOUNT
    assert sdk(carrier).messages(sent.sid).fetch().body == text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK's own, of aiohttp
def test_the_async_client_works_too(carrier):
    async def send():
        async with AsyncTwilioHttpClient() as http:
            client = sdk(carrier, http_client=http)
            return await client.messages.create_async(to=TO, from_=SENDER, body="好")

    assert asyncio.run(send()).status == "queued"


def test_long_texts_are_counted_in_parts(carrier):
    def parts(text):
        client = sdk(carrier)
        return client.messages.create(to=TO, from_=SENDER, body=text).num_segments

    assert [parts("好" * n) for n in (70, 71, 134, 135)] == ["1", "2", "2", "3"]


def test_a_number_s_messages_are_listed_page_by_page_newest_first(carrier):
    client = sdk(carrier)
    sids = [
        client.messages.create(to=TO, from_=SENDER, body=f"第{n}条").sid
        for n in range(7)
    ]
    client.messages.create(to="+8619000000002", from_=SENDER, body="别人的")
    assert [m.sid for m in client.messages.list(to=TO, page_size=3)] == sids[::-1]
    assert len(client.messages.list(to=TO, limit=2)) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "+8612"}, 21211),
        ({"to": "+8608300000000"}, 21614),
        ({"to": "+15005550004"}, 21610),
        ({"body": "长" * 1601}, 21617),
        ({"body": ""}, 21602),
        ({"from_": ""}, 21603),
    ],
)
def test_refusals_carry_twilios_codes(carrier, fields, code):
    with pytest.raises(TwilioRestException) as refused:
        sdk(carrier).messages.create(
            **{"to": TO, "from_": SENDER, "body": "好"} | fields
        )
    assert (refused.value.status, refused.value.code) == (400, code)
    assert carrier.ledger() == []


def test_wrong_credentials_and_unknown_messages(carrier):
    with pytest.raises(TwilioRestException) as refused:
        sdk(carrier, "wrong").messages.create(to=TO, from_=SENDER, body="好")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as missing:
        sdk(carrier).messages("SM" + "0" * 32).fetch()
    assert (missing.value.status, missing.value.code) == (404, 20404)
    assert httpx.get(carrier.url + "/ledger", trust_env=False).status_code == 401


def test_too_many_requests_say_when_to_come_back(carrier):
    carrier.behave(too_many=1.0, retry_after="7")
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    form = {"To": TO, "From": SENDER, "Body": "好"}
    answer = carrier.ask("POST", path, data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["code"] == 20429


def test_the_status_moves_and_date_sent_comes_late(carrier):
    carrier.behave(sent_seconds=0.3, receipt_seconds=0.6, absent=0.0)
    client = sdk(carrier)
    sid = client.messages.create(to=TO, from_=SENDER, body="好").sid
    seen = []

    def ended():
        now = client.messages(sid).fetch()
        seen.append((now.status, now.date_sent is not None))
        return now.status == "delivered"

    eventually(ended)
    assert seen[0] == ("queued", False)
    assert ("sent", True) in seen


def test_an_unknown_fault_is_refused_in_words(carrier):
    answer = carrier.ask("POST", "/faults", json={"too_meny": 1})
    assert answer.status_code == 400
    assert "too_meny" in answer.json()["message"]


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_forms_are_read_as_they_were_written(form):
    written = httpx.Request("POST", "http://a", data=form).read()
    assert read_form(written) == form or not form


def test_a_taken_port_is_said_in_one_sentence(carrier, tmp_path):
    rival = subprocess.run(
        [sys.executable, "-m", "outreach", "simulator"],
        env=inherited(
            OUTREACH_DATA_DIR=str(tmp_path), OUTREACH_SIMULATOR_PORT=str(carrier.port)
        ),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert rival.returncode == 1
    assert f"端口 {carrier.port}" in rival.stderr
    assert "Traceback" not in rival.stderr
