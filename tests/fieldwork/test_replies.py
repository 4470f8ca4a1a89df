from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import func, select

from campaigns.delivery import launching
from campaigns.delivery.models import Message, Reply
from campaigns.fieldwork.replies import raise_overdue, take, who_is_behind
from campaigns.fieldwork.wishes import wish_of
from campaigns.register.models import OptOut
from campaigns.reporting.contacts import evidence
from campaigns.vocabulary import (
    Level,
    MemberStatus,
    MessageState,
    NumberStatus,
    Urgency,
    Wish,
)

PHONE = "+8614900000077"


def receive(session, now, text, phone=PHONE, reference="r1"):
    return take(session, "simulator", reference, phone, text, now)


@pytest.mark.parametrize(
    "text",
    [
        *("T", "TD", "R", "N", "退订", "拒收", "取消", "停止"),
        *("t", "td", "ｔｄ", "ＴＤ", " TD ", "TD。", "“退订”", "退订！！", "退 订"),
        *("回复TD", "请退订", "退订谢谢", "我要退订", "TD退订", "tui ding"),
        *("不要再发了", "别发了", "请不要给我发短信了", "取消订阅", "停止发送"),
        "\u200bR\n",
    ],
)
def test_a_plain_refusal_is_one_in_any_width_case_and_punctuation(text):
    assert wish_of(text) is Wish.REFUSED


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("救命", Wish.HELP),
        ("我被水困住了，出不去", Wish.HELP),
        ("退订，救命啊", Wish.HELP),
        ("需要帮助", Wish.HELP),
        ("不需要帮助", Wish.OTHER),
        ("没有求助", Wish.OTHER),
        ("请回电", Wish.CALL_ME),
        ("给我打个电话", Wish.CALL_ME),
        ("不要打电话给我", Wish.OTHER),
        ("你发错人了", Wish.WRONG_PERSON),
        ("我不是本人", Wish.WRONG_PERSON),
        ("收到", Wish.RECEIVED),
        ("好的，谢谢！", Wish.RECEIVED),
        ("收到了", Wish.RECEIVED),
        ("1", Wish.RECEIVED),
        ("退订来不来领钱", Wish.OTHER),
        ("取消明天的体检吗？", Wish.OTHER),
        ("收到的药吃完了", Wish.OTHER),
        ("", Wish.OTHER),
        ("👍", Wish.OTHER),
        ("补贴什么时候发", Wish.OTHER),
    ],
)
def test_only_what_is_plain_is_recognised(text, wish):
    assert wish_of(text) is wish


def test_a_reply_is_taken_in_once(session, now):
    factories.member(session, phone=PHONE)
    first = receive(session, now, "TD")
    again = receive(session, now + timedelta(minutes=1), "TD")
    assert again.id == first.id
    other = take(session, "aliyun", "r1", PHONE, "TD", now)
    assert other.id != first.id
    assert session.scalar(select(func.count()).select_from(OptOut)) == 1
    for _ in range(2):
        take(session, "telephone", None, PHONE, "要药", now)
    assert session.scalar(select(func.count()).select_from(Reply)) == 4


def test_a_refusal_by_reply_counts_at_once_with_its_words_as_evidence(session, now):
    factories.unit(session)
    someone = factories.member(session, phone=PHONE)
    campaign = factories.campaign(session)
    assert launching.launch(session, campaign.id, now)
    reply = receive(session, now, "退订。")
    refusal = session.scalars(select(OptOut)).one()
    assert (refusal.scope, refusal.source, refusal.evidence) == (
        "all",
        "reply",
        "退订。",
    )
    assert (refusal.member_id, refusal.recorded_by) == (someone.id, None)
    assert reply.closed_at == now
    text = session.scalars(select(Message)).one()
    assert (text.state, text.reason) == (MessageState.SKIPPED, "opted_out")


def test_on_a_shared_phone_a_refusal_stops_tips_and_waits_for_a_clerk(session, now):
    factories.member(session, phone=PHONE)
    factories.member(session, phone=None, guardian_phone=PHONE)
    reply = receive(session, now, "TD")
    refusal = session.scalars(select(OptOut)).one()
    assert (refusal.scope, refusal.to_ask) == ("tips", True)
    assert (reply.closed_at, reply.member_id) == (None, None)
    assert reply.due_at == now + timedelta(hours=24)


@pytest.mark.parametrize(
    ("people", "clear"),
    [
        ([{"phone": PHONE}], True),
        ([{"phone": None, "guardian_phone": PHONE}], False),
        ([{"phone": PHONE, "guardian_phone": PHONE}], False),
        ([{"phone": PHONE}, {"phone": PHONE}], False),
        ([{"phone": PHONE}, {"phone": None, "guardian_phone": PHONE}], False),
        ([{"phone": PHONE, "status": MemberStatus.DECEASED}], False),
        ([], False),
    ],
    ids=["own", "guardian", "both", "shared", "ward", "dead", "stranger"],
)
def test_a_reply_is_contact_only_where_it_is_clear_who_wrote(
    session, now, people, clear
):
    for given in people:
        factories.member(session, **given)
    reply = receive(session, now, "收到")
    assert (reply.member_id is not None) is clear
    told = [m for m in session.scalars(evidence(now)) if m is not None]
    assert bool(told) is clear


def test_a_stranger_is_no_contact_and_the_number_is_looked_into(session, now):
    someone = factories.member(session, phone=PHONE)
    reply = receive(session, now, "你发错人了")
    assert reply.member_id is None
    assert someone.number_status is NumberStatus.SUSPECT
    assert (reply.held_by, reply.closed_at) == (Level.TOWNSHIP, None)


@pytest.mark.parametrize(
    ("people", "level"),
    [
        ([{}], Level.VILLAGE),
        ([{}, {}], Level.VILLAGE),
        ([{}, {"village": "510522112202"}], Level.TOWNSHIP),
        ([{"village": None}], Level.TOWNSHIP),
        (
            [{}, {"township": "510522102", "village": "510522102201"}],
            Level.COUNTY,
        ),
        ([], Level.COUNTY),
    ],
)
def test_a_reply_goes_to_the_lowest_level_that_holds_all(session, now, people, level):
    for given in people:
        factories.member(session, phone=PHONE, **given)
    assert receive(session, now, "补贴什么时候发").held_by is level


def test_an_overdue_reply_goes_up_until_the_county_has_it(session, now):
    factories.member(session, phone=PHONE)
    reply = receive(session, now, "救命")
    reply.opened_at, reply.opened_by = now, 7
    half = timedelta(minutes=30)
    assert raise_overdue(session, now + timedelta(minutes=29)) == 0
    assert raise_overdue(session, now + half) == 1
    assert raise_overdue(session, now + half) == 0
    assert (reply.held_by, reply.opened_by) == (Level.TOWNSHIP, None)
    assert reply.due_at == now + 2 * half
    assert raise_overdue(session, now + 2 * half) == 1
    assert raise_overdue(session, now + 9 * half) == 0
    assert reply.held_by is Level.COUNTY


def test_what_is_answered_or_closed_by_itself_never_goes_up(session, now):
    factories.member(session, phone=PHONE)
    receive(session, now, "收到")
    assert raise_overdue(session, now + timedelta(days=9)) == 0


def test_a_duty_persons_answer_is_for_the_ladder_alone(session, now):
    factories.unit(session)
    factories.places(session)
    from campaigns.fieldwork.models import Announcement  # noqa: PLC0415

    campaign = factories.campaign(
        session, channels=["loudspeaker"], urgency=Urgency.TIP
    )
    session.add(
        Announcement(
            campaign_id=campaign.id,
            township="510522112",
            village="510522112201",
            state="alerted",
            made_at=now,
        )
    )
    session.flush()
    launching.add_alerts(
        session, campaign.id, [("510522112201", "510522112", PHONE)], now
    )
    reply = receive(session, now, "１")
    assert (reply.wish, reply.closed_at) == (Wish.DUTY, now)
    assert session.scalars(select(Announcement)).one().answer == "received"


def test_a_sender_that_is_no_mobile_is_kept_as_it_came(session, now):
    reply = receive(session, now, "您好", phone="10086")
    assert (reply.phone, reply.wish, reply.held_by) == (
        "10086",
        Wish.OTHER,
        Level.COUNTY,
    )
    assert who_is_behind(session, reply.phone_index).people == ()
