"""Sending again takes two people, and stray receipts are shown without any person."""

from __future__ import annotations

import pytest
import stages
from sqlalchemy import select, update

from campaigns.delivery import doubts, receipts
from campaigns.delivery.models import Message, Recipient, Resend
from campaigns.delivery.provider import Report
from campaigns.delivery.tally import figures
from campaigns.fieldwork import visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.vocabulary import MessageState, Reason, Urgency

S = MessageState


@pytest.fixture(params=[Urgency.TIP])
def campaign(request, writing):
    """One of the urgency asked for, with two texts in doubt."""
    with writing() as session:
        stages.people(session)
        made = stages.launched(session, urgency=request.param)
        queued = select(Message.id).where(
            Message.campaign_id == made.id, Message.state == S.QUEUED
        )
        first = list(session.scalars(queued.order_by(Message.id)))[:2]
        session.execute(
            update(Message)
            .where(Message.id.in_(first))
            .values(state=S.IN_DOUBT, attempt=1, asked=3, provider="simulator")
        )
        return made.id


def wishes(writing):
    with writing() as session:
        return list(session.scalars(select(Resend).order_by(Resend.id)))


def test_one_asks_and_another_agrees(campaign, visit, writing):
    page = f"/delivery/{campaign}/doubt"
    asker = visit("xian")
    assert "仍要重发" in asker.read(page)
    asker.send(page, f"/delivery/{campaign}/resend", reason="大风预警")
    (wish,) = wishes(writing)
    assert "大风预警" in asker.read(page)
    agree = f"/delivery/{campaign}/resend/{wish.id}/agree"
    visit("shenpi").send(page, agree)
    (wish,) = wishes(writing)
    assert wish.sent == 2
    assert wish.agreed_by != wish.asked_by
    with writing() as session:
        doubted = select(Message).where(Message.state == S.IN_DOUBT)
        assert session.scalars(doubted).all() == []


def test_another_campaign_s_wish_is_not_found(campaign, visit, writing):
    page = f"/delivery/{campaign}/doubt"
    visit("xian").send(page, f"/delivery/{campaign}/resend", reason="大风预警")
    (wish,) = wishes(writing)
    visit("shenpi").send(page, f"/delivery/{campaign + 1}/resend/{wish.id}/agree")
    assert wishes(writing)[0].ended_at is None


def in_doubt(writing):
    with writing() as session:
        doubted = select(Message.id).where(Message.state == S.IN_DOUBT)
        return list(session.scalars(doubted.order_by(Message.id)))


def test_whoever_says_that_it_came_is_told_and_is_not_sent_to_again(
    campaign, visit, writing
):
    first, second = in_doubt(writing)
    page, clerk = f"/delivery/{campaign}/doubt", visit("xian")
    clerk.send(page, f"/delivery/{campaign}/resend", reason="大风预警")
    (wish,) = wishes(writing)
    clerk.send(page, f"/delivery/messages/{first}/received")
    assert in_doubt(writing) == [second]
    again = clerk.send(page, f"/delivery/messages/{first}/received")
    assert "已经不是“结果不明”了" in clerk.read(again.location)
    visit("shenpi").send(page, f"/delivery/{campaign}/resend/{wish.id}/agree")
    with writing() as session:
        told = session.get_one(Message, first)
        assert (told.state, told.reason) == (S.DELIVERED, Reason.MET)
        assert session.get_one(Message, second).state == S.QUEUED
        who = Recipient.member_id == told.member_id
        best = session.scalars(select(Recipient.best).where(who)).one()
        assert best == S.DELIVERED
        cells = figures(session, campaign)
        assert sum(n for c, n in cells.items() if c.state == S.DELIVERED) == 2
    assert "收信人说收到了" in clerk.read(f"/delivery/messages/{first}")
    own = f"/delivery/messages/{second}/received"
    assert visit("fubao").send("/register", own).status_code == 403


def test_of_a_tip_no_visit_is_made(campaign, visit, writing):
    page, clerk = f"/delivery/{campaign}/doubt", visit("xian")
    assert "改为走访<" not in clerk.read(page)
    clerk.send(page, f"/delivery/messages/{in_doubt(writing)[0]}/visit")
    assert "健康提示和已停止的任务不转走访" in clerk.read(page)
    with writing() as session:
        assert session.scalars(select(Visit)).all() == []


@pytest.mark.parametrize("campaign", [Urgency.MUST_REACH], indirect=True)
def test_a_visit_is_made_of_a_doubt_and_closes_when_its_receipt_comes(
    campaign, visit, writing, now
):
    first, second = in_doubt(writing)
    page, clerk = f"/delivery/{campaign}/doubt", visit("xian")
    assert clerk.read(page).count("改为走访<") == 2
    clerk.send(page, f"/delivery/messages/{first}/visit")
    shown = clerk.read(page)
    assert (shown.count("改为走访<"), shown.count("已转走访")) == (1, 1)
    twice = clerk.send(page, f"/delivery/messages/{first}/visit")
    assert "已经在走访名单里" in clerk.read(twice.location)
    assert in_doubt(writing) == [first, second]
    with writing() as session:
        made = session.scalars(select(Visit)).one()
        assert made.member_id == session.get_one(Message, first).member_id
        assert visits.hear(session, now) == 0
        doubts.confirm(session, first, now)
        assert visits.hear(session, now) == 1


def test_it_can_be_left_as_it_is(campaign, visit, writing):
    page = f"/delivery/{campaign}/doubt"
    visit("xian").send(page, f"/delivery/{campaign}/resend", reason="大风预警")
    (wish,) = wishes(writing)
    visit("xian").send(page, f"/delivery/{campaign}/resend/{wish.id}/drop")
    (wish,) = wishes(writing)
    assert (wish.sent, wish.agreed_by) == (0, None)


def test_a_receipt_of_nobody_is_shown_and_told(visit, writing, now):
    from datetime import timedelta  # noqa: PLC0415

    stray = Report("simulator", None, "SM9", "delivered", S.DELIVERED, ("SM9",))
    with writing() as session:
        early = now - timedelta(hours=30)
        receipts.store(session, [stray], signer=b"s" * 32, now=early)
        receipts.apply(session, now)
    person = visit("guanli")
    assert "没有这一条" in person.read("/health/receipts")
    assert "对不上的回执" in person.read("/health")
