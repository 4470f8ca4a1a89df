"""Sending again takes two people, and stray receipts are shown without any person."""

from __future__ import annotations

import pytest
import stages
from sqlalchemy import select, update

from campaigns.delivery import receipts
from campaigns.delivery.models import Message, Resend
from campaigns.delivery.provider import Report
from campaigns.vocabulary import MessageState

S = MessageState


@pytest.fixture
def campaign(writing):
    with writing() as session:
        stages.people(session)
        made = stages.launched(session)
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
