"""Pushes of carriers that sign nothing: the door first, then item by item."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from carriers import CALLBACK_KEY, TO, provider_at, settings_at

from campaigns.delivery.codes import meaning
from campaigns.delivery.provider import Callback, NotAuthentic
from campaigns.vocabulary import MessageState, Reason
from outreach import providers
from outreach.providers.aliyun_codes import refusal
from outreach.providers.guarded import Door
from outreach.providers.pushes import moment, phone_of

NOBODY = "http://127.0.0.1:9"
S = MessageState


def pushed(items, *, key=CALLBACK_KEY, sender="198.51.100.7"):
    body = items if isinstance(items, bytes) else json.dumps(items).encode()
    return Callback("", {}, [], body, key, sender)


def receipt(**given):
    usual = {
        "phone_number": "19000000001",
        "send_time": "2026-11-23 12:00:00",
        "report_time": "2026-11-23 12:00:05",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": "9006^0",
        "out_id": "tokenone",
    }
    return usual | given


@pytest.fixture
def aliyun():
    return provider_at("aliyun", NOBODY)


@pytest.fixture
def mas():
    return provider_at("mas", NOBODY)


def test_an_array_of_receipts_is_read(aliyun):
    failed = receipt(success=False, err_code="MOBILE_IN_BLACK", out_id="tokentwo")
    first, second = aliyun.read_callback(pushed([receipt(), failed]))
    assert (first.token, first.state, first.phone) == ("tokenone", S.DELIVERED, TO)
    assert first.provider_at == datetime(2026, 11, 23, 4, 0, 5, tzinfo=UTC)
    assert (second.state, second.reason) == (S.UNDELIVERED, Reason.BLOCKED)
    assert second.code == "MOBILE_IN_BLACK"
    assert first.identity != second.identity


def test_a_failure_of_unknown_kind_changes_nothing(aliyun):
    for code in ("REQUEST_SUCCESS", "NEVER_HEARD_OF", ""):
        given = receipt(success=False, err_code=code)
        (report,) = aliyun.read_callback(pushed([given]))
        assert (report.state, report.reason) == (None, Reason.NONE)


WRONG = [
    None,
    "text",
    [],
    {},
    receipt(phone_number="12345"),
    receipt(phone_number=None),
    receipt(phone_number="+85212345678"),
    receipt(success="yes"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_item_harms_no_good_one(aliyun, wrong):
    reports = aliyun.read_callback(pushed([receipt(), wrong, receipt(out_id="two")]))
    assert [report.token for report in reports] == ["tokenone", "two"]


def test_a_repeated_receipt_has_one_identity(aliyun):
    one, again = aliyun.read_callback(pushed([receipt(), receipt(err_msg="same")]))
    assert one.identity == again.identity


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"3", b'"x"'], ids=str)
@pytest.mark.parametrize("name", ["aliyun", "mas"])
def test_what_is_no_push_is_refused(name, body):
    provider = provider_at(name, NOBODY)
    for read in (provider.read_callback, provider.read_replies):
        with pytest.raises(NotAuthentic):
            read(pushed(body))


@pytest.mark.parametrize("name", ["aliyun", "mas"])
@pytest.mark.parametrize("key", [None, "", CALLBACK_KEY + "x", CALLBACK_KEY[:-1], "é"])
def test_only_the_secret_address_lets_in(name, key):
    provider = provider_at(name, NOBODY)
    with pytest.raises(NotAuthentic):
        provider.read_callback(pushed([receipt()], key=key))


def test_a_list_of_senders_keeps_the_others_out():
    door = Door("k" * 24, "203.0.113.0/24, 2001:db8::/32")
    for sender in ("203.0.113.9", "2001:db8::1"):
        door.check(pushed([], key="k" * 24, sender=sender))
    for sender in ("203.0.114.9", "", "nonsense"):
        with pytest.raises(NotAuthentic):
            door.check(pushed([], key="k" * 24, sender=sender))


def test_an_empty_secret_opens_no_door():
    with pytest.raises(NotAuthentic):
        Door("").check(pushed([], key=""))


def test_replies_come_once_and_whole(aliyun, mas):
    item = {
        "phone_number": "19000000001",
        "content": "拒收",
        "send_time": "2026-11-23 12:00:00",
        "sequence_id": 1234567890,
    }
    (reply,) = aliyun.read_replies(pushed([item, {"content": "no number"}]))
    assert (reply.reference, reply.phone, reply.text) == ("1234567890", TO, "拒收")
    told = {"mobile": "19000000001", "smsContent": "收到", "sendTime": "20261123120000"}
    first, again = mas.read_replies(pushed([told, told]))
    assert (first.phone, first.text, first.reference) == (TO, "收到", again.reference)


def test_china_mobile_s_receipts_go_by_reference_and_number(mas):
    told = {
        "reportStatus": "CM:0000",
        "mobile": "19000000001",
        "submitDate": "20261123120000",
        "receiveDate": "20261123120005",
        "errorCode": "DELIVRD",
        "msgGroup": "G1",
    }
    (report,) = mas.read_callback(pushed(told))
    assert (report.token, report.reference, report.phone) == (None, "G1", TO)
    assert report.state is S.DELIVERED
    assert mas.read_callback(pushed([{**told, "msgGroup": ""}])) == []


def test_china_unicom_pushes_nothing():
    with pytest.raises(NotAuthentic):
        provider_at("yixintong", NOBODY).read_callback(pushed([receipt()]))


@pytest.mark.parametrize(
    ("given", "phone"),
    [
        ("19000000001", TO),
        ("8619000000001", TO),
        ("+8619000000001", TO),
        ("008619000000001", TO),
        (19000000001, TO),
        ("1900000000", None),
        ("8519000000001", None),
        ("１９０００００００01", None),
        (None, None),
    ],
)
def test_their_numbers_become_ours(given, phone):
    assert phone_of(given) == phone


def test_their_times_are_of_china_and_a_wrong_one_is_none():
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert moment("2026-11-23 12:00:00") == moment("20261123120000") == noon
    assert [moment(bad) for bad in ("", None, "soon", "20269923120000")] == [None] * 4


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", Reason.PERMANENT),
        ("isv.BLACK_KEY_CONTROL_LIMIT", Reason.BLOCKED),
        ("isv.CUSTOMER_REFUSED", Reason.BLOCKED),
        ("isv.SMS_CONTENT_ILLEGAL", Reason.REFUSED_BY_PROVIDER),
    ],
)
def test_a_submission_code_refuses_one_message(code, reason):
    found = refusal(code, "")
    assert (found.permanent, found.broken, found.reason) == (True, False, reason)


@pytest.mark.parametrize(
    "code",
    [
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "InvalidAccessKeyId.NotFound",
        "SignatureDoesNotMatch",
    ],
)
def test_a_submission_code_stops_the_line(code):
    found = refusal(code, "")
    assert (found.permanent, found.broken) == (False, True)


def test_an_unknown_submission_code_proves_nothing():
    assert refusal("isp.SYSTEM_ERROR", "") is None
    assert refusal("", "") is None


def test_every_submission_code_of_the_shared_list_is_judged():
    known = [
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.CUSTOMER_REFUSED",
        "isv.BUSINESS_LIMIT_CONTROL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
    ]
    for code in known:
        assert meaning("aliyun", code).known
        assert refusal(code, "") is not None


def test_a_short_secret_for_the_address_is_not_ready():
    settings = settings_at(NOBODY)
    for name in ("aliyun", "mas"):
        short = settings.model_copy(
            update={"callback_key": type(settings.data_key)("x")}
        )
        assert "OUTREACH_CALLBACK_KEY" in str(providers.lacking(name, short))
        assert providers.lacking(name, settings) is None
