"""Numbers go out in files, are ticked off, and come back as results and replies."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import stages
from sqlalchemy import select

from campaigns.delivery.models import Message, PortalBatch
from campaigns.register.models import OptOut
from campaigns.vocabulary import MessageState


@pytest.fixture
def page(writing):
    with writing() as session:
        stages.people(session)
        campaign = stages.launched(session, provider="portal_file", channels=["sms"])
        return f"/delivery/{campaign.id}/portal"


@pytest.fixture
def made(page, visit):
    who = visit("xian")
    who.send(page, size="100")
    batch = re.search(rf"{page}/(\d+)\.txt", who.read(page)).group(1)
    return who, page, batch


def states(writing) -> dict[int, int]:
    with writing() as session:
        found = list(session.scalars(select(Message.state)))
    return {state: found.count(state) for state in set(found)}


def numbers(who, page, batch) -> list[str]:
    return who.open(f"{page}/{batch}.txt").get_data().decode("gb18030").split()


def test_the_file_holds_everybody_who_gets_a_text_once(made):
    found = numbers(*made)
    assert len(found) == len(set(found)) == 9
    assert all(re.fullmatch(r"1\d{10}", number) for number in found)


def test_nothing_counts_as_sent_before_it_is_ticked_off(made, writing):
    who, page, batch = made
    assert MessageState.ACCEPTED not in states(writing)
    who.send(page, f"{page}/{batch}/submitted", portal_number="YD-1")
    assert states(writing)[MessageState.ACCEPTED] == 9


def test_a_batch_that_was_never_submitted_waits_again(made, writing):
    who, page, batch = made
    who.send(page, f"{page}/{batch}/abandoned")
    assert states(writing)[MessageState.QUEUED] == 9


def test_results_come_back_person_by_person(made, writing):
    who, page, batch = made
    found = numbers(*made)
    who.send(page, f"{page}/{batch}/submitted", portal_number="YD-1")
    lines = [f"{n},{'成功' if at else '失败'}" for at, n in enumerate(found)]
    table = "手机号码,状态\n" + "\n".join(lines)
    file = BytesIO(table.encode("gb18030"))
    answer = who.send(page, f"{page}/{batch}/results", file=(file, "结果.csv"))
    assert "读到 9 行" in who.read(answer.location)
    assert states(writing)[MessageState.DELIVERED] == 8


def test_totals_alone_are_taken_and_say_what_they_mean(made, writing):
    who, page, batch = made
    who.send(page, f"{page}/{batch}/submitted", portal_number="YD-1")
    answer = who.send(page, f"{page}/{batch}/totals", delivered="8", failed="1")
    assert "无回执" in who.read(answer.location)
    assert states(writing)[MessageState.NO_RECEIPT] == 9
    with writing() as session:
        assert session.get(PortalBatch, int(batch)).totals["delivered"] == 8


def test_a_refusal_in_the_reply_file_counts_at_once(made, writing):
    who, page, _batch = made
    number = numbers(*made)[0]
    table = f"手机号码,内容\n{number},退订\n".encode()
    answer = who.send(page, f"{page}/replies", file=(BytesIO(table), "上行.csv"))
    assert "1 条拒收已登记" in who.read(answer.location)
    with writing() as session:
        assert session.scalars(select(OptOut)).one().source == "reply"


def test_a_wrong_file_is_a_sentence(made):
    who, page, batch = made
    who.send(page, f"{page}/{batch}/submitted", portal_number="YD-1")
    file = (BytesIO(b"x"), "结果.doc")
    answer = who.send(page, f"{page}/{batch}/results", file=file)
    assert "请选一份 .xlsx" in who.read(answer.location)


def test_another_campaigns_batch_is_not_opened_here(made, writing):
    who, _page, batch = made
    with writing() as session:
        other = stages.launched(
            session, provider="portal_file", channels=["sms"], name="别的"
        )
        address = f"/delivery/{other.id}/portal/{batch}.txt"
    assert who.open(address).status_code == 404


def test_only_a_coordinator_carries_numbers_out(made, visit):
    _who, page, batch = made
    for name in ("fubao", "shenji", "guanli", "mangxie"):
        assert visit(name).open(f"{page}/{batch}.txt").status_code in {403, 404}
