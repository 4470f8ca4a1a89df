"""Replies and refusals on their pages: answered, in scope, by whom, at once."""

from __future__ import annotations

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery.models import Reply
from campaigns.fieldwork.replies import take
from campaigns.register.models import Member, OptOut
from campaigns.vocabulary import Category, Level, Wish
from outreach.audit import AuditRow

LIST = "/delivery/replies"
PHONE, SHARED, ELSEWHERE = "+8614900000031", "+8614900000032", "+8614900000033"


@pytest.fixture
def replies(writing):
    """By phone: one person, a household of two, and one person of 白沙镇."""
    with writing() as session:
        away = {"township": "510522102", "village": "510522102201"}
        factories.member(session, name="张三丰", phone=PHONE)
        for name in ("李四光", "王五岳"):
            factories.member(session, name=name, phone=SHARED)
        factories.member(
            session, name="赵六合", phone=ELSEWHERE, category=Category.VISUAL, **away
        )
        said = ((PHONE, "补贴什么时候发"), (SHARED, "TD"), (ELSEWHERE, "救命"))
        return {
            phone: take(session, "simulator", f"r{n}", phone, text, factories.NOW).id
            for n, (phone, text) in enumerate(said)
        }


def kept(writing, reply_id):
    with writing() as session:
        reply = session.get_one(Reply, reply_id)
        session.expunge(reply)
        return reply


def test_each_sees_the_replies_of_their_own_people_and_opens_no_other(visit, replies):
    seen = {
        who: {p for p, n in replies.items() if f"{LIST}/{n}" in visit(who).read(LIST)}
        for who in ("xian", "fubao", "cun", "mangxie")
    }
    assert seen == {
        "xian": {PHONE, SHARED, ELSEWHERE},
        "fubao": {PHONE, SHARED},
        "cun": {PHONE, SHARED},
        "mangxie": {ELSEWHERE},
    }
    for who in ("fubao", "cun"):
        address = f"{LIST}/{replies[ELSEWHERE]}"
        assert visit(who).open(address).status_code == 404
    assert visit("shenji").open(LIST).status_code == 403
    assert "张三丰" not in visit("xian").read(f"{LIST}/{replies[PHONE]}")


def test_a_reply_is_taken_up_passed_on_and_closed_by_somebody(visit, writing, replies):
    clerk, page = visit("fubao"), f"{LIST}/{replies[PHONE]}"
    assert "补贴什么时候发" in clerk.read(page)
    clerk.send(page, f"{page}/open")
    assert "fubao" in clerk.read(LIST)
    clerk.send(page, f"{page}/pass", level="county")
    assert kept(writing, replies[PHONE]).held_by is Level.COUNTY
    wrong = clerk.send(page, f"{page}/close", wish="other", outcome="")
    assert wrong.status_code == 422
    with writing() as session:
        who = session.scalars(select(Member.id).where(Member.name.is_not(None))).first()
    clerk.send(page, f"{page}/close", wish="other", wrote=who, outcome="告诉了日期")
    reply = kept(writing, replies[PHONE])
    assert (reply.outcome, reply.member_id) == ("告诉了日期", who)
    assert reply.closed_by is not None
    assert "告诉了日期" in clerk.read(page)
    with writing() as session:
        deeds = set(session.scalars(select(AuditRow.action)))
    assert deeds >= {"open_reply", "pass_reply", "close_reply"}


def test_what_a_person_reads_as_a_refusal_is_one(visit, writing, replies):
    clerk, page = visit("xian"), f"{LIST}/{replies[PHONE]}"
    clerk.send(page, f"{page}/close", wish="refused", outcome="来电确认不想收")
    with writing() as session:
        evidence = select(OptOut.evidence).where(~OptOut.to_ask)
        assert session.scalars(evidence).all() == ["补贴什么时候发"]


def test_each_of_a_household_is_asked_and_the_phone_is_free_again(
    visit, writing, replies
):
    clerk = visit("xian")
    assert "逐个登记" in clerk.read(f"{LIST}/{replies[SHARED]}")
    with writing() as session:
        refusal = session.scalars(select(OptOut)).one().id
        people = [
            member.id
            for member in session.scalars(select(Member))
            if member.phone == SHARED
        ]
    page = f"/register/refusals/{refusal}/ask"
    assert clerk.send(page, evidence="问过").status_code == 422
    assert visit("mangxie").open(page).status_code == 404
    wishes = dict(zip((f"wish-{n}" for n in people), ("all", "none"), strict=True))
    assert clerk.send(page, evidence="打电话问的", **wishes).status_code == 303
    with writing() as session:
        rows = session.scalars(select(OptOut).order_by(OptOut.id)).all()
        assert [(row.personal, row.lifted_at is None) for row in rows] == [
            (False, False),
            (True, True),
        ]


def test_a_telephone_call_is_kept_like_a_text_and_its_wish_is_done(visit, writing):
    with writing() as session:
        factories.member(session, phone=PHONE)
    clerk, page = visit("cun"), f"{LIST}/new"
    assert clerk.send(page, phone="12", said="要药", wish="help").status_code == 422
    said = {"phone": "14900000031", "said": "家里没药了"}
    assert clerk.send(page, wish="help", **said).status_code == 303
    assert clerk.send(page, wish="refused", **said).status_code == 303
    with writing() as session:
        first, second = session.scalars(select(Reply).order_by(Reply.id))
        assert (first.wish, first.closed_at, first.provider) == (
            Wish.HELP,
            None,
            "telephone",
        )
        assert second.closed_at is not None
        refusal = session.scalars(select(OptOut)).one()
        assert (refusal.source, refusal.recorded_by) == ("phone", first.entered_by)


def test_anybody_stops_texts_on_the_web_and_learns_nothing_of_the_number(
    visit, writing
):
    with writing() as session:
        factories.member(session, phone=PHONE)
    stranger = visit()
    pages = [
        stranger.send("/refuse", phone=phone, scope="all").get_data(as_text=True)
        for phone in ("14900000031", "14900009999")
    ]
    assert pages[0].split("<main")[1] == pages[1].split("<main")[1]
    assert "现在就算数" in pages[0]
    assert stranger.send("/refuse", phone="12", scope="all").status_code == 422
    with writing() as session:
        rows = session.scalars(select(OptOut)).all()
    assert [(row.source, row.scope, row.recorded_by) for row in rows] == [
        ("web", "all", None)
    ] * 2


def test_the_four_ways_to_refuse_each_leave_their_evidence(visit, writing):
    with writing() as session:
        factories.member(session, phone=PHONE)
        take(session, "simulator", "x", PHONE, "ｔｄ。", factories.NOW)
    page = "/register/refusals/new"
    for who, source, phone in (
        ("xian", "phone", "14900000041"),
        ("cun", "village", "14900000042"),
    ):
        said = {"phone": phone, "scope": "tips", "evidence": "他说别发了"}
        assert visit(who).send(page, source=source, **said).status_code == 303
    visit().send("/refuse", phone="14900000043", scope="tips")
    with writing() as session:
        rows = session.scalars(select(OptOut).order_by(OptOut.id)).all()
    assert [(row.source, row.evidence) for row in rows] == [
        ("reply", "ｔｄ。"),
        ("phone", "他说别发了"),
        ("village", "他说别发了"),
        ("web", "/refuse"),
    ]


def test_wishes_are_kept_on_their_page_and_a_guardians_new_phone_is_told(
    visit, writing
):
    with writing() as session:
        person = factories.member(session, guardian_phone=SHARED).id
    clerk, page = visit("fubao"), f"/register/{person}/consent"
    said = {
        "preference": "visit",
        "basis_tip": "none",
        "basis_must_reach": "statutory",
    }
    assert clerk.send(page, **said, evidence="").status_code == 422
    assert clerk.send(page, **said, evidence="本人来电").status_code == 303
    assert "本人来电" in clerk.read(page)
    assert "本人愿意有人上门来说" in clerk.read(f"/register/{person}")
    assert "没有要告诉的人" in clerk.read("/register/guardians")
    with writing() as session:
        member = session.get_one(Member, person)
        member.guardian_phone_index = b"another"
    assert "要告诉本人" in clerk.read("/")
    listed, told = "/register/guardians", f"/register/{person}/guardian-told"
    field = f"evidence-{person}"
    empty = clerk.send(listed, told, **{field: " "})
    assert empty.status_code == 422
    assert f'<a href="#{field}">' in empty.get_data(as_text=True)
    clerk.send(listed, told, **{field: "上门说"})
    assert "没有要告诉的人" in clerk.read("/register/guardians")
    with writing() as session:
        deeds = set(session.scalars(select(AuditRow.action)))
    assert deeds >= {"record_consent", "tell_guardian_phone"}
