"""A batch as the file that a carrier's web portal takes: numbers, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter
from sqlalchemy.orm import Session

from campaigns.bulletins.sms_length import bracketed
from campaigns.delivery import addressing, portal, portal_rows
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import PortalBatch
from campaigns.errors import NotReady, Refused, mark
from campaigns.register.sheets.printing import set_up_page

NUMBER, WORDS = "手机号码", "短信内容"
_ABROAD = "+86"
LIFE = timedelta(days=7)
_OVER = ("returned", "totals", "abandoned")


def batch_file(session: Session, batch_id: int, to: Path, now: datetime) -> int:
    """Write a batch to ``to`` (.txt or .xlsx); return how many numbers it holds.

    A .txt has one 11-digit number a line in GB18030 with CRLF, as portals want it; a
    workbook keeps numbers as text, for Excel would round them. Whoever refused since
    is left out. Raises Refused where the texts differ and .txt was asked for, and
    NotReady once results are in or after a week: it is delivery, and no list to keep.
    """
    batch = portal.get_batch(session, batch_id)
    _refuse_over(batch, now)
    gone = set(portal.refused_since(session, batch_id))
    dispatch = Dispatch.of(session, batch.campaign_id)
    lines = [
        (phone.removeprefix(_ABROAD), words)
        for phone, words in _contents(session, batch, dispatch)
        if phone not in gone
    ]
    texts = {words for _, words in lines}
    if to.suffix == ".txt":
        if len(texts) > 1:
            raise Refused(mark("这一批每个乡镇的内容不同，请下载 Excel 文件。"))
        body = "".join(f"{digits}\r\n" for digits, _ in lines)
        to.write_bytes(body.encode("gb18030"))
    else:
        _workbook(lines, to, with_words=len(texts) > 1)
    return len(lines)


def _refuse_over(batch: PortalBatch, now: datetime) -> None:
    if batch.state in _OVER or now - batch.made_at >= LIFE:
        raise NotReady(
            mark("这一批的结果已经交回，或者生成超过 7 天，号码文件不再提供。")
        )


def text_to_paste(session: Session, batch_id: int) -> str:
    """The words for the portal's text box, without the signature it adds itself."""
    return portal.get_batch(session, batch_id).text


def text_as_sent(session: Session, batch_id: int) -> str:
    """The words with the signature, as a phone shows them."""
    batch = portal.get_batch(session, batch_id)
    dispatch = Dispatch.of(session, batch.campaign_id)
    return bracketed(dispatch.unit.signature) + batch.text


def _contents(
    session: Session, batch: PortalBatch, dispatch: Dispatch
) -> list[tuple[str, str]]:
    found = portal_rows.in_batch(session, batch)
    known = addressing.numbers(session, found)
    return [(known[row.id], _text(dispatch, row)) for row in found if row.id in known]


def _text(dispatch: Dispatch, row: addressing.Addressed) -> str:
    place = row.township, row.village
    return dispatch.words(row.channel, *place, row.addressee).text


def _workbook(lines: list[tuple[str, str]], to: Path, *, with_words: bool) -> None:
    book = xlsxwriter.Workbook(
        to, {"constant_memory": True, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet("号码")
    as_text = book.add_format({"num_format": "@"})
    set_up_page(sheet, 1)
    sheet.set_column(0, 0, 16, as_text)
    sheet.write_string(0, 0, NUMBER)
    if with_words:
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 1, WORDS)
    for row, (digits, words) in enumerate(lines, 1):
        sheet.write_string(row, 0, digits, as_text)
        if with_words:
            sheet.write_string(row, 1, words)
    book.close()
