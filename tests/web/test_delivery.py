"""Progress adds up, people are masked, and each message tells its history."""

from __future__ import annotations

import re

import pytest
import stages
from sqlalchemy import func, select

from campaigns.delivery.models import Message
from campaigns.vocabulary import MessageState


@pytest.fixture
def campaign(writing):
    with writing() as session:
        stages.people(session)
        made = stages.launched(session)
        stages.delivered(session, made.id, 5)
        return made.id


def row(text: str, head: str) -> list[str]:
    """The figures of the table row that ``head`` names."""
    for line in re.findall(r"<tr.*?</tr>", text, re.DOTALL):
        plain = re.sub(r"<[^>]+>", " ", line)
        if head in plain:
            return re.findall(r"[\d,.]+%?", plain.split(head, 1)[1])
    raise AssertionError(head)


def test_the_states_add_up_to_the_audience(campaign, visit):
    text = visit("xian").read(f"/delivery/{campaign}")
    assert row(text, "已送达")[0] == "5"
    assert row(text, "待发送")[0] == "4"
    assert row(text, "不发送")[0] == "3"
    assert row(text, "合计")[0] == "12"
    assert "名单 12 人" in text


def test_the_page_renews_itself_only_while_it_runs(campaign, visit):
    who = visit("xian")
    assert 'data-live="5"' in who.read(f"/delivery/{campaign}")
    who.send(f"/planning/{campaign}/stop")
    assert "data-live" not in who.read(f"/delivery/{campaign}")


def test_the_list_is_masked_and_narrowed_by_state(campaign, visit):
    text = visit("xian").read(f"/delivery/{campaign}/messages?state=60")
    assert text.count("已送达</span>") == 5
    assert "测试" not in text
    assert "140****" in text
    assert "14001" not in text


def test_every_page_of_the_list_shows_every_message_once(
    campaign, visit, monkeypatch, writing
):
    monkeypatch.setattr("campaigns.delivery.looking.PAGE", 5)
    who, seen = visit("xian"), []
    address = f"/delivery/{campaign}/messages"
    while address:
        text = who.read(address)
        seen += re.findall(r'href="/delivery/messages/(\d+)"', text)
        following = re.search(r'rel="next"\s+href="([^"]+)"', text)
        address = following.group(1).replace("&amp;", "&") if following else ""
    with writing() as session:
        mine = Message.campaign_id == campaign, Message.channel == "sms"
        messages = session.scalar(select(func.count()).where(*mine))
    assert len(seen) == len(set(seen)) == messages > 12


def test_an_association_does_not_see_other_peoples_campaigns(campaign, visit, writing):
    who = visit("mangxie")
    assert who.open(f"/delivery/{campaign}").status_code == 404
    with writing() as session:
        anyone = session.scalars(select(Message.id).limit(1)).one()
    assert who.open(f"/delivery/messages/{anyone}").status_code == 404


def test_an_auditor_reads_figures_and_no_person(campaign, visit):
    who = visit("shenji")
    assert who.open(f"/delivery/{campaign}").status_code == 200
    assert who.open(f"/delivery/{campaign}/messages").status_code == 403


@pytest.mark.usefixtures("campaign")
def test_one_message_tells_its_way(visit, writing):
    with writing() as session:
        sent = session.scalars(
            select(Message.id).where(Message.state == MessageState.DELIVERED).limit(1)
        ).one()
    text = visit("xian").read(f"/delivery/messages/{sent}")
    steps = [text.index(words) for words in ("进入名单", "提交给通道", "通道收下")]
    assert steps == sorted(steps)


def test_what_is_in_doubt_is_listed_and_explained(campaign, visit, writing):
    with writing() as session:
        message = session.scalars(
            select(Message).where(Message.state == MessageState.QUEUED).limit(1)
        ).one()
        message.state, message.asked = int(MessageState.IN_DOUBT), 2
    text = visit("xian").read(f"/delivery/{campaign}/doubt")
    assert "不会自动重发" in text
    assert f"/delivery/messages/{message.id}" in text
