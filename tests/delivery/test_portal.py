"""The route most counties have: number files, a portal's number, results read back."""

from __future__ import annotations

import factories
import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import select

from campaigns.delivery import (
    finishing,
    gating,
    portal,
    portal_files,
    portal_results,
    tally,
)
from campaigns.delivery.models import Message, PortalBatch
from campaigns.errors import NotReady, Refused, Stale, Unreadable
from campaigns.vocabulary import MessageState, Reason

S = MessageState


@pytest.fixture
def by_hand(launched):
    return launched(7, provider="portal_file")


def made(session, campaign, now, **given):
    return portal.make_batches(session, campaign.id, by=1, now=now, **given)


def table(path, rows):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def numbers(session, batch, tmp_path):
    path = tmp_path / f"{batch.id}.txt"
    portal_files.batch_file(session, batch.id, path, factories.NOW)
    return path.read_bytes().decode("gb18030").split()


def test_all_that_is_due_is_cut_into_files_of_at_most_so_many_numbers(
    session, by_hand, now, tmp_path
):
    batches = made(session, by_hand, now, size=3)
    assert [batch.size for batch in batches] == [3, 3, 1]
    told = [phone for batch in batches for phone in numbers(session, batch, tmp_path)]
    assert len(set(told)) == 7
    assert all(len(phone) == 11 for phone in told)
    assert portal.waiting(session, by_hand.id) == 0
    assert made(session, by_hand, now) == []


def test_neighbours_on_the_register_are_not_neighbours_in_a_file(
    session, launched, now, tmp_path
):
    campaign = launched(60, provider="portal_file")
    (batch,) = made(session, campaign, now)
    told = numbers(session, batch, tmp_path)
    assert told != sorted(told)


@pytest.mark.usefixtures("by_hand")
def test_a_campaign_of_the_portal_is_never_claimed_by_a_lane(session, now):
    assert finishing.due_campaigns(session, now) == []


def test_a_campaign_that_the_system_sends_makes_no_files(session, launched, now):
    with pytest.raises(NotReady):
        made(session, launched(), now)


def test_ticking_off_makes_the_batch_accepted(session, by_hand, now, states):
    (batch,) = made(session, by_hand, now)
    portal.tick_off(session, batch.id, " 2026-88 ", by=1, now=now)
    assert states(by_hand) == [S.ACCEPTED] * 7
    assert session.get(PortalBatch, batch.id).portal_number == "2026-88"
    assert tally.recount(session, by_hand.id) == []
    assert tally.by_state(session, by_hand.id, "parts") == {0: 7}


def test_a_batch_is_ticked_off_once_and_under_a_number_of_its_own(
    session, by_hand, now
):
    first, second = made(session, by_hand, now, size=4)
    portal.tick_off(session, first.id, "88", by=1, now=now)
    with pytest.raises(Stale):
        portal.tick_off(session, first.id, "89", by=1, now=now)
    with pytest.raises(Refused, match="第 1 批"):
        portal.tick_off(session, second.id, "88", by=1, now=now)
    with pytest.raises(Refused):
        portal.tick_off(session, second.id, "  ", by=1, now=now)


def test_a_batch_that_was_never_submitted_waits_again(session, by_hand, now, states):
    (batch,) = made(session, by_hand, now)
    portal.abandon(session, batch.id, by=1, now=now)
    assert states(by_hand) == [S.QUEUED] * 7
    (again,) = made(session, by_hand, now)
    assert again.number == 2
    assert again.size == 7


def test_whoever_refuses_before_ticking_off_is_shown_and_left_out(
    session, by_hand, now, states, tmp_path
):
    (batch,) = made(session, by_hand, now)
    someone = session.scalars(select(Message)).first()
    gating.refuse(session, someone.phone_index, now)
    assert len(portal.refused_since(session, batch.id)) == 1
    assert len(numbers(session, batch, tmp_path)) == 6
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    assert sorted(states(by_hand)) == [S.ACCEPTED] * 6 + [S.CANCELLED]
    assert session.get(Message, someone.id).reason == Reason.OPTED_OUT
    assert tally.recount(session, by_hand.id) == []


def test_results_in_the_portals_words_decide_each_message(
    session, by_hand, now, tmp_path
):
    (batch,) = made(session, by_hand, now)
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    told = numbers(session, batch, tmp_path)
    words = ["发送成功", "失败：空号", "MK:0005", "关机", "黑名单", "已提交", "DELIVRD"]
    path = table(
        tmp_path / "results.xlsx",
        [
            ["某某平台发送明细", ""],
            ["手机号码", "发送状态"],
            *zip(told, words, strict=True),
            ["13900000000", "发送成功"],
        ],
    )
    results = portal_results.read_results(session, batch.id, path, now=now)
    assert (results.rows, results.matched, results.strangers) == (8, 7, 1)
    assert results.unclear == {"已提交": 1}
    assert tally.by_state(session, by_hand.id, "sms") == {20: 1, 50: 4, 60: 2}
    reasons = {
        cell.reason: n
        for cell, n in tally.figures(session, by_hand.id).items()
        if cell.channel == "sms" and cell.state == S.UNDELIVERED
    }
    assert reasons == {"permanent": 2, "absent": 1, "blocked": 1}
    assert tally.recount(session, by_hand.id) == []


def test_reading_results_again_changes_nothing_and_a_later_file_moves_forward_only(
    session, by_hand, now, tmp_path, states
):
    (batch,) = made(session, by_hand, now)
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    told = numbers(session, batch, tmp_path)
    for word in ("失败", "失败", "成功", "失败"):
        rows = [["号码", "状态"], *[(phone, word) for phone in told]]
        path = table(tmp_path / "r.xlsx", rows)
        portal_results.read_results(session, batch.id, path, now=now)
    assert states(by_hand) == [S.DELIVERED] * 7
    assert tally.recount(session, by_hand.id) == []


def test_results_in_the_carriers_csv_are_read_too(session, by_hand, now, tmp_path):
    (batch,) = made(session, by_hand, now)
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    phone = numbers(session, batch, tmp_path)[0]
    path = tmp_path / "results.csv"
    path.write_bytes(f"手机号,短信状态\r\n{phone},成功\r\n".encode("gb18030"))
    assert portal_results.read_results(session, batch.id, path, now=now).matched == 1


def test_a_file_without_its_columns_is_refused_in_words(
    session, by_hand, now, tmp_path
):
    (batch,) = made(session, by_hand, now)
    path = table(tmp_path / "other.xlsx", [["姓名", "地址"], ["甲", "乙"]])
    with pytest.raises(Unreadable, match="手机号码"):
        portal_results.read_results(session, batch.id, path, now=now)


def test_totals_alone_make_no_receipt_and_nobody_delivered(
    session, by_hand, now, states
):
    (batch,) = made(session, by_hand, now)
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    totals = {"delivered": 5, "failed": 2}
    portal_results.record_totals(session, batch.id, totals, now=now)
    assert states(by_hand) == [S.NO_RECEIPT] * 7
    assert session.get(PortalBatch, batch.id).totals == totals
    assert tally.by_state(session, by_hand.id, "person") == {40: 7}
    assert tally.recount(session, by_hand.id) == []


def test_totals_that_cannot_be_are_refused(session, by_hand, now):
    (batch,) = made(session, by_hand, now)
    with pytest.raises(Refused):
        portal_results.record_totals(session, batch.id, {"delivered": 1}, now=now)
    portal.tick_off(session, batch.id, "88", by=1, now=now)
    with pytest.raises(Refused, match="7"):
        portal_results.record_totals(session, batch.id, {"delivered": 8}, now=now)


def test_a_workbook_keeps_numbers_as_text(session, by_hand, now, tmp_path):
    (batch,) = made(session, by_hand, now)
    path = tmp_path / "batch.xlsx"
    assert portal_files.batch_file(session, batch.id, path, now) == 7
    cells = list(openpyxl.load_workbook(path).active.values)
    assert cells[0] == ("手机号码",)
    assert all(isinstance(phone, str) for (phone,) in cells[1:])


def test_a_text_that_names_the_place_makes_batches_for_each_text_or_a_column(
    session, now, launched, tmp_path
):
    version = factories.version(session, sms_text="${乡镇}的乡亲：天热多喝水。")
    factories.member(session, township="510522102", village="510522102201")
    campaign = launched(2, provider="portal_file", version_id=version.id)
    batches = made(session, campaign, now)
    assert sorted(batch.text for batch in batches) == [
        "白沙镇的乡亲：天热多喝水。",
        "福宝镇的乡亲：天热多喝水。",
    ]
    for batch in batches:
        portal.abandon(session, batch.id, by=1, now=now)
    (one,) = made(session, campaign, now, by_text=False)
    with pytest.raises(Refused):
        portal_files.batch_file(session, one.id, tmp_path / "one.txt", now)
    portal_files.batch_file(session, one.id, tmp_path / "one.xlsx", now)
    cells = list(openpyxl.load_workbook(tmp_path / "one.xlsx").active.values)
    assert {words for _, words in cells[1:]} == {batch.text for batch in batches}


def test_batches_can_be_cut_by_carrier(session, launched, now):
    factories.member(session, phone="+8613900000001")
    factories.member(session, phone="+8618000000001")
    campaign = launched(0, provider="portal_file")
    batches = made(session, campaign, now, by_carrier=True)
    assert [batch.carrier for batch in batches] == ["mobile", "telecom"]


def test_a_file_of_replies_names_each_one_alike_when_it_is_read_again(tmp_path):
    rows = [["手机号码", "回复内容"], ("13900000001", "TD"), ("机器人", "x")]
    path = table(tmp_path / "replies.xlsx", rows)
    ((reference, phone, text),) = portal_results.read_replies(path)
    assert (phone, text) == ("+8613900000001", "TD")
    assert portal_results.read_replies(path) == [(reference, phone, text)]
