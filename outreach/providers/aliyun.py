"""Alibaba Cloud's short message service through the official SDK.

One request a message: the batch interface takes a single OutId for all its numbers,
and then a receipt could not be told from another's by our token.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.runtime import RuntimeOptions

from campaigns.delivery.codes import meaning
from campaigns.delivery.provider import (
    UNREACHABLE,
    Callback,
    Incoming,
    Limits,
    NotAccepted,
    Outgoing,
    Report,
    Submission,
)
from campaigns.shanghai import SHANGHAI
from campaigns.vocabulary import Channel, MessageState
from outreach.providers import aliyun_callbacks
from outreach.providers.aliyun_codes import OK, PROFILE, refusal
from outreach.providers.guarded import Door

_DOMESTIC = "+86"
_CONNECT_MS = 3_050
_PAGE = 50
_FAILED, _RECEIVED = 2, 3
_CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account; ``endpoint`` is a host, or an address for a proxy of our own."""

    key_id: str
    secret: str = field(repr=False)
    endpoint: str


class Unclear(Exception):
    """An answer that proves nothing: the message may be on its way."""


class AliyunProvider:
    """Carries SMS under approved templates; OutId brings our token back."""

    name = "aliyun"
    channels = frozenset({Channel.SMS, Channel.ALERT})
    kept = '{"code": 0, "msg": "kept"}'

    def __init__(self, account: Account, limits: Limits, door: Door) -> None:
        self.limits = limits
        self._door = door
        scheme, _, host = account.endpoint.rpartition("://")
        self._client = Client(
            Config(
                access_key_id=account.key_id,
                access_key_secret=account.secret,
                endpoint=host,
                protocol=scheme.upper() or "HTTPS",
            )
        )
        self._runtime = RuntimeOptions(
            autoretry=False,
            max_attempts=1,
            connect_timeout=_CONNECT_MS,
            read_timeout=int(limits.timeout_seconds * 1000),
        )

    async def carry(self, outgoing: Outgoing) -> Submission:
        """Hand one message over. Raises NotAccepted; anything else is in doubt."""
        if not outgoing.template:
            raise NotAccepted("no approved template", code="template", broken=True)
        left = outgoing.deadline - time.monotonic()
        if left <= 0:
            raise NotAccepted("deadline passed before writing", code="deadline")
        request = models.SendSmsRequest(
            phone_numbers=outgoing.phone.removeprefix(_DOMESTIC),
            sign_name=outgoing.signature,
            template_code=outgoing.template,
            template_param=json.dumps(dict(outgoing.values), ensure_ascii=False),
            out_id=outgoing.token,
        )
        call = self._client.send_sms_with_options_async(request, self._runtime)
        body = (await self._within(call, self.limits.timeout_seconds)).body
        if body.code != OK:
            answer = f"HTTP 200 {body.code}"
            raise refusal(str(body.code), answer) or Unclear(answer)
        if not body.biz_id:
            raise Unclear("accepted without naming the message")
        return Submission(reference=body.biz_id)

    async def find(self, outgoing: Outgoing) -> Submission | None:
        """Look for our token among the number's messages of that day and the next."""
        sent = outgoing.submitted_at.astimezone(SHANGHAI)
        days = {sent.date(), (sent + timedelta(minutes=30)).date()}
        for day in sorted(days):
            async for row in self._details(outgoing.phone, f"{day:%Y%m%d}"):
                if row.out_id == outgoing.token:
                    return _found(row)
        return None

    async def _details(self, phone: str, day: str) -> Any:  # noqa: ANN401 - SDK rows
        page, seen = 1, 0
        while True:
            request = models.QuerySendDetailsRequest(
                phone_number=phone.removeprefix(_DOMESTIC),
                send_date=day,
                page_size=_PAGE,
                current_page=page,
            )
            call = self._client.query_send_details_with_options_async(
                request, self._runtime
            )
            body = (await self._within(call, self.limits.timeout_seconds)).body
            if body.code != OK:
                # Not an absence: the ledger was not read.
                raise Unclear(f"HTTP 200 {body.code}")
            listed = body.sms_send_detail_dtos
            rows = (listed and listed.sms_send_detail_dto) or []
            for row in rows:
                yield row
            page, seen = page + 1, seen + len(rows)
            if not rows or seen >= int(body.total_count or 0):
                return

    def read_callback(self, callback: Callback) -> list[Report]:
        """Check the door, then read an array of receipts. Raises NotAuthentic."""
        self._door.check(callback)
        return aliyun_callbacks.reports(self.name, callback.body)

    def read_replies(self, callback: Callback) -> list[Incoming]:
        """Check the door, then read an array of replies. Raises NotAuthentic."""
        self._door.check(callback)
        return aliyun_callbacks.replies(self.name, callback.body)

    async def close(self) -> None:
        """Nothing to close: the SDK opens a connection for each request."""

    async def _within(self, call: Awaitable[Any], seconds: float) -> Any:  # noqa: ANN401
        """The SDK's answer; its errors never quote a number or a text."""
        try:
            async with asyncio.timeout(seconds):
                return await call
        except AlibabaCloudException as refused:
            raise _judge(refused) from None
        except Exception as fault:  # noqa: BLE001 - wrapped by the SDK in its own ways
            raise _fault(fault) from None


def _judge(refused: AlibabaCloudException) -> Exception:
    """NotAccepted where the answer proves it, else Unclear."""
    status, code = refused.status_code or 0, str(refused.code)
    answer = f"HTTP {status} {code}"
    wait = refused.retry_after / 1000 if refused.retry_after else None
    proven = refusal(code, answer, wait) if status in _CLIENT_ERRORS else None
    return proven or Unclear(answer)


def _fault(fault: BaseException) -> Exception:
    """NotAccepted where the connection was never made: the SDK hides the cause."""
    chain: BaseException | None = fault
    while chain is not None:
        if isinstance(
            chain, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
        ):
            answer = f"{type(chain).__name__}: no connection"
            return NotAccepted(answer, code=UNREACHABLE, throttled=True)
        chain = getattr(chain, "inner_exception", None) or chain.__context__
    return Unclear(type(fault).__name__)


def _found(row: Any) -> Submission:  # noqa: ANN401 - a row of the SDK
    if row.send_status == _RECEIVED:
        return Submission(_reference(row), MessageState.DELIVERED)
    if row.send_status == _FAILED:
        known = meaning(PROFILE, str(row.err_code))
        if known.state:
            code = str(row.err_code)
            return Submission(_reference(row), known.state, None, code, known.reason)
    return Submission(_reference(row))


def _reference(row: Any) -> str:  # noqa: ANN401 - the ledger does not name the BizId
    return f"{row.template_code}/{row.send_date}"
