"""What came back from a carrier's web portal: results, totals alone, and replies.

Results go through the receipt inbox like any provider's: repeated files change
nothing, and a later one may only move a message forward.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import portal, receipts
from campaigns.delivery.finishing import BY_HAND
from campaigns.delivery.models import Message, Receipt
from campaigns.delivery.people import settle
from campaigns.delivery.portal_words import Result, result_of
from campaigns.delivery.silence import silence
from campaigns.errors import Refused, Unreadable, mark
from campaigns.orm import insert_new
from campaigns.register.importing.cells import text_of
from campaigns.register.phones import read_phone
from campaigns.register.sheets.reading import open_table
from campaigns.vocabulary import MessageState

_NUMBERS = ("手机号", "号码", "手机", "接收人", "mobile", "phone", "收件人")
_RESULTS = ("状态", "结果", "回执", "报告", "status", "result")
_DETAILS = ("状态码", "错误码", "code", "原因", "描述", "说明")
_TEXTS = ("回复内容", "上行内容", "内容", "回复", "text", "content")
_LOOK = 20


@dataclass(frozen=True, slots=True)
class Results:
    """What a result file held.

    ``matched`` numbers belong to the batch, ``strangers`` do not; ``unclear`` counts
    status words that say nothing final, by word.
    """

    rows: int
    matched: int
    strangers: int
    states: dict[MessageState, int] = field(default_factory=dict)
    unclear: dict[str, int] = field(default_factory=dict)


def read_results(
    session: Session, batch_id: int, path: Path, *, now: datetime
) -> Results:
    """Read a portal's result file (.xlsx, .xls, .ods, .csv) for a batch.

    Raises Unreadable where no column holds numbers or none holds their results.
    """
    batch = portal.get_batch(session, batch_id)
    told = [(phone, result_of(*words)) for phone, *words in _results(path)]
    known = _messages(session, batch_id)
    found = [
        (known[index], result)
        for phone, result in told
        if (index := privacy.blind("phone", phone)) in known
    ]
    _into_inbox(session, batch_id, found, now)
    while receipts.apply(session, now).seen:
        pass
    if batch.state in {portal.MADE, portal.SUBMITTED, portal.TOTALS}:
        batch.state, batch.returned_at = portal.RETURNED, now
    states = Counter(r.state for _, r in found if r.state is not None)
    unclear = Counter(r.words for _, r in found if r.state is None)
    return Results(
        len(told), len(found), len(told) - len(found), dict(states), dict(unclear)
    )


def record_totals(
    session: Session, batch_id: int, totals: Mapping[str, int], *, now: datetime
) -> None:
    """Note totals where the portal tells nothing more: nobody counts as delivered.

    ``totals`` has ``delivered`` and ``failed``. Messages without a result of their own
    become "no receipt", from which no visit follows. Raises Refused for sums that
    cannot be.
    """
    batch = portal.get_batch(session, batch_id)
    if batch.state not in {portal.SUBMITTED, portal.RETURNED, portal.TOTALS}:
        raise Refused(mark("请先登记这一批已在运营商网站提交，再填总数。"))
    kept = {name: int(totals.get(name, 0)) for name in ("delivered", "failed")}
    if min(kept.values()) < 0 or sum(kept.values()) > batch.size:
        raise Refused(
            mark("成功和失败加起来是 %(sum)s，这一批只有 %(size)s 个号码。请改正。"),
            sum=sum(kept.values()),
            size=batch.size,
        )
    batch.totals = kept
    batch.state, batch.returned_at = portal.TOTALS, now
    silent = Message.portal_batch_id == batch_id
    settle(session, silence(session, [silent], now))


def read_replies(path: Path) -> list[tuple[str, str, str]]:
    """Reference, E.164 phone and text of each reply in a portal's file.

    The reference is made of both, so that reading the file again changes nothing.
    Raises Unreadable.
    """
    return [
        (hashlib.sha256(f"{phone}:{text}".encode()).hexdigest(), phone, text)
        for phone, text in _replies(path)
    ]


def _messages(session: Session, batch_id: int) -> dict[bytes, Any]:
    rows = select(Message.phone_index, Message.id, Message.attempt).where(
        Message.portal_batch_id == batch_id
    )
    return {row.phone_index: row for row in session.execute(rows) if row.phone_index}


def _into_inbox(
    session: Session, batch_id: int, found: Iterable[tuple[Any, Result]], now: datetime
) -> None:
    fresh = {}
    for message, result in found:
        identity = f"{BY_HAND}\x1f{batch_id}\x1f{message.id}\x1f{result.words}"
        key = hashlib.sha256(identity.encode()).digest()
        fresh[key] = {
            "report": key,
            "provider": BY_HAND,
            "message_id": message.id,
            "attempt": message.attempt,
            "part": 0,
            "state": int(result.state or 0),
            "reason": result.reason.value,
            "status": result.words[:40],
            "code": result.code and result.code[:40],
            "phone_index": message.phone_index,
            "received_at": now,
            "retry_at": now,
        }
    if fresh:
        insert_new(session, Receipt, [fresh[key] for key in sorted(fresh)], "report")


def _results(path: Path) -> Iterable[tuple[str, str, str]]:
    table = _cells(path)
    at = _heading(table, _NUMBERS, _RESULTS)
    details = _column(table[at], _DETAILS)
    number, result = _column(table[at], _NUMBERS), _column(table[at], _RESULTS)
    for row in table[at + 1 :]:
        if phone := _phone(_cell(row, number)):
            yield phone, _cell(row, result), _cell(row, details)


def _replies(path: Path) -> Iterable[tuple[str, str]]:
    table = _cells(path)
    at = _heading(table, _NUMBERS, _TEXTS)
    number, text = _column(table[at], _NUMBERS), _column(table[at], _TEXTS)
    for row in table[at + 1 :]:
        if phone := _phone(_cell(row, number)):
            yield phone, _cell(row, text)


def _cells(path: Path) -> list[list[str]]:
    with open_table(path) as table:
        return [[_text(cell) for cell in row] for row in table.rows]


def _text(cell: Any) -> str:  # noqa: ANN401 - whatever a spreadsheet holds
    try:
        return text_of(cell)
    except Refused:
        return ""


def _heading(
    table: list[list[str]], one: tuple[str, ...], other: tuple[str, ...]
) -> int:
    for at, row in enumerate(table[:_LOOK]):
        if _column(row, one) is not None and _column(row, other) is not None:
            return at
    raise Unreadable(
        mark(
            "没有找到“手机号码”和“%(wanted)s”两列。请从运营商网站重新导出，带上表头。"
        ),
        wanted=other[0],
    )


def _column(row: list[str], names: tuple[str, ...]) -> int | None:
    for name in names:
        for at, cell in enumerate(row):
            if name in cell.casefold():
                return at
    return None


def _cell(row: list[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def _phone(text: str) -> str | None:
    try:
        return read_phone(text)
    except Refused:
        return None
