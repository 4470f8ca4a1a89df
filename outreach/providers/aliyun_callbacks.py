"""Alibaba Cloud's pushes: JSON arrays of receipts or replies, read one by one.

A wrong item harms no other: the push is answered as kept, or all of it would come
again and again.
"""

from __future__ import annotations

from typing import Any

from campaigns.delivery.codes import meaning
from campaigns.delivery.provider import Incoming, Report
from campaigns.vocabulary import MessageState, Reason
from outreach.providers.aliyun_codes import PROFILE
from outreach.providers.pushes import items, moment, phone_of


def reports(provider: str, body: bytes) -> list[Report]:
    """The receipts of a push (SmsReport). Raises NotAuthentic for no JSON."""
    found = (_report(provider, item) for item in items(body))
    return [report for report in found if report is not None]


def replies(provider: str, body: bytes) -> list[Incoming]:
    """The replies of a push (SmsUp). Raises NotAuthentic for no JSON."""
    found = (_reply(provider, item) for item in items(body))
    return [reply for reply in found if reply is not None]


def _report(provider: str, item: dict[str, Any]) -> Report | None:
    phone, reference = phone_of(item.get("phone_number")), item.get("biz_id")
    success = item.get("success")
    if phone is None or not isinstance(success, bool):
        return None
    code = str(item.get("err_code") or "")
    token = str(item.get("out_id") or "")
    known = meaning(PROFILE, code)
    state = MessageState.DELIVERED if success else known.state
    return Report(
        provider=provider,
        token=token or None,
        reference=str(reference) if reference else None,
        status="success" if success else "failed",
        state=state,
        identity=(token or str(reference), phone, str(success), code),
        code=code or None,
        reason=known.reason if not success and known.state else Reason.NONE,
        phone=phone,
        provider_at=moment(item.get("report_time")),
    )


def _reply(provider: str, item: dict[str, Any]) -> Incoming | None:
    phone, text = phone_of(item.get("phone_number")), item.get("content")
    sequence = item.get("sequence_id")
    if phone is None or not isinstance(text, str) or sequence is None:
        return None
    return Incoming(provider, str(sequence), phone, text, moment(item.get("send_time")))
