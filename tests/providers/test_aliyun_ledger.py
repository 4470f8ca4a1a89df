"""Alibaba Cloud's own records: found by our token, page by page, or not there."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from carriers import outgoing, provider_at, run
from werkzeug import Response

from campaigns.vocabulary import MessageState, Reason

S = MessageState
NIGHT = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
"""Ten to midnight in China."""


def row(token, status=1, code=""):
    return {
        "OutId": token,
        "SendStatus": status,
        "ErrCode": code,
        "TemplateCode": "SMS_1",
        "SendDate": "2026-11-23 23:50:01",
    }


@pytest.fixture
def ledger(httpserver):
    """Rows by day; what was asked stays in ``asked``."""
    days: dict[str, list[dict[str, object]]] = {}
    asked = []

    def answer(request):
        given = request.args
        page, size = int(given["CurrentPage"]), int(given["PageSize"])
        asked.append((given["SendDate"], page, given["PhoneNumber"]))
        rows = days.get(given["SendDate"], [])
        shown = rows[(page - 1) * size : page * size]
        body = {
            "Code": "OK",
            "TotalCount": len(rows),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        }
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/").respond_with_handler(answer)
    days["asked"] = asked
    days["address"] = httpserver.url_for("").rstrip("/")
    return days


def find(ledger, **given):
    provider = provider_at("aliyun", ledger["address"])
    return run(provider, provider.find(outgoing(**given)))[0]


@pytest.mark.parametrize(
    ("status", "code", "state", "reason"),
    [
        (1, "", S.ACCEPTED, Reason.NONE),
        (3, "DELIVERED", S.DELIVERED, Reason.NONE),
        (2, "MOBILE_NOT_ON_SERVICE", S.UNDELIVERED, Reason.ABSENT),
        (2, "NEVER_HEARD_OF", S.ACCEPTED, Reason.NONE),
    ],
)
def test_a_row_with_our_token_is_the_message(ledger, status, code, state, reason):
    ledger["20261123"] = [row("other", 3), row("tokenone", status, code)]
    found = find(ledger, submitted_at=NIGHT)
    assert (found.state, found.reason) == (state, reason)


def test_the_whole_list_is_read_before_it_counts_as_absent(ledger):
    ledger["20261123"] = [row(f"other{n}") for n in range(120)]
    assert find(ledger, submitted_at=datetime(2026, 11, 23, 4, tzinfo=UTC)) is None
    assert [page for _, page, _ in ledger["asked"]] == [1, 2, 3]
    ledger["20261123"].append(row("tokenone"))
    assert find(ledger, submitted_at=datetime(2026, 11, 23, 4, tzinfo=UTC))


def test_at_midnight_the_next_day_is_read_too(ledger):
    ledger["20261124"] = [row("tokenone", 3)]
    assert find(ledger, submitted_at=NIGHT).state is S.DELIVERED
    assert [day for day, _, _ in ledger["asked"]] == ["20261123", "20261124"]


def test_the_number_goes_as_they_write_it(ledger):
    find(ledger, submitted_at=NIGHT)
    assert {phone for _, _, phone in ledger["asked"]} == {"19000000001"}


def test_a_text_without_an_approved_template_is_not_tried(ledger):
    from campaigns.delivery.provider import NotAccepted  # noqa: PLC0415

    provider = provider_at("aliyun", ledger["address"])
    with pytest.raises(NotAccepted) as caught:
        run(provider, provider.carry(outgoing(template="")))
    assert (caught.value.code, caught.value.broken) == ("template", True)
