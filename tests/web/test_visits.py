"""The visits' pages: named only inside an open, assigned visit; never a category."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO

import factories
import pytest
import stages
from openpyxl import load_workbook
from sqlalchemy import select

from campaigns.delivery.numbers import settle_number
from campaigns.fieldwork import visits
from campaigns.fieldwork.visit_models import Need, Visit, VisitTry
from campaigns.register.models import Member
from campaigns.reporting.contacts import evidence
from campaigns.reporting.people import People
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import (
    Category,
    NeedState,
    NumberStatus,
    Urgency,
    VisitOutcome,
    VisitWay,
)
from outreach.audit import AuditRow

LIST = "/fieldwork/visits"


@pytest.fixture
def campaign(writing):
    """A must-reach campaign that misses two in 大坪村 and one in 白沙镇."""
    with writing() as session:
        factories.member(
            session,
            name="张三丰",
            phone=None,
            category=Category.HEARING,
            address="三组 7 号",
        )
        factories.member(session, name="李四光", phone=None)
        factories.member(
            session,
            name="王五岳",
            phone=None,
            township="510522102",
            village="510522102201",
        )
        made = stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
        return made.id


def ids(writing):
    with writing() as session:
        return list(
            session.scalars(select(Visit.id).order_by(Visit.village.desc(), Visit.rank))
        )


def take(who, *visits_, worker="张专职"):
    return who.send(
        LIST, f"{LIST}/assign", visits=[str(n) for n in visits_], worker=worker
    )


@pytest.mark.usefixtures("campaign")
def test_a_place_sees_its_own_and_how_to_meet_and_no_category(visit):
    for name in ("fubao", "cun"):
        text = visit(name).read(LIST)
        assert "张＊＊" in text
        assert "李＊＊" in text
        assert "王＊＊" not in text
        assert "张三丰" not in text
        assert "晃手电筒" in text
        assert "听力" not in text
    assert "王＊＊" in visit("xian").read(LIST)


@pytest.mark.usefixtures("campaign")
def test_full_names_only_inside_an_open_assigned_visit(visit, writing):
    who, one = visit("cun"), ids(writing)[0]
    page = f"{LIST}/{one}"
    assert "三组 7 号" not in who.read(page)
    assert "张三丰" not in who.read(f"{LIST}/sheet")
    take(who, one)
    for address in (page, f"{LIST}/sheet?kind=door"):
        text = who.read(address)
        assert "张三丰" in text, address
        assert "三组 7 号" in text, address
    assert "张三丰" not in who.read(LIST)
    assert who.send(page, outcome="met").status_code == 303
    assert "张三丰" not in who.read(page)
    assert "张三丰" not in who.read(f"{LIST}/sheet")
    with writing() as session:
        deeds = set(session.scalars(select(AuditRow.action)))
    assert {"open_visit", "print_visits", "assign_visits", "record_visit"} <= deeds


def test_a_result_leads_to_the_next_door_and_can_be_changed(campaign, visit, writing):
    who, (first, second, _) = visit("cun"), ids(writing)
    take(who, first, second)
    answer = who.send(
        f"{LIST}/{first}",
        outcome="met",
        needs=["doctor", "goods"],
        need_words="要轮椅",
        new_phone="14000008888",
    )
    assert answer.location.startswith(f"{LIST}/{second}?was={first}")
    text = who.read(answer.location)
    assert "刚才记的是“见到本人”" in text
    page = f"{LIST}/{first}/change"
    kept = who.send(page, remark="邻居说的")
    assert kept.status_code == 422
    text = kept.get_data(as_text=True)
    assert '<a href="#outcome">请选一个结果。' in text
    assert 'value="邻居说的"' in text
    changed = who.send(page, outcome="family_met")
    assert changed.status_code == 303
    with writing() as session:
        everybody = campaign_statistics(session, campaign).everybody
        assert everybody == People(family=1, to_visit=2)
        told = session.scalars(select(VisitTry)).one()
        assert (told.outcome, told.new_phone) == (
            VisitOutcome.FAMILY_MET,
            "+8614000008888",
        )
        assert session.scalars(select(Need.words)).all() == ["要轮椅"] * 2


@pytest.mark.usefixtures("campaign")
def test_two_presses_for_the_first_door_and_one_for_each_next(visit, writing):
    first, second, other = ids(writing)
    who = visit("fubao")
    assert f'href="{LIST}/next"' in who.read("/")
    page = who.open(f"{LIST}/next").location
    assert page == f"{LIST}/{first}"
    assert "大坪村，还有 2 户" in who.read(page)
    after = who.send(page, outcome="met").location
    assert after.startswith(f"{LIST}/{second}?")
    last = who.send(after, f"{LIST}/{second}", outcome="nobody_home").location
    assert last.startswith(f"{LIST}?was={second}")
    with writing() as session:
        workers = {
            number: session.get_one(Visit, number).worker
            for number in (first, second, other)
        }
    assert workers == {first: "fubao", second: "fubao", other: None}


@pytest.mark.usefixtures("campaign")
def test_after_the_last_door_the_list_still_offers_to_change_it(visit, writing):
    last = ids(writing)[0]
    text = visit("xian").read(f"{LIST}?was={last}")
    assert f"{LIST}/{last}/change" in text
    assert "记错了" not in visit("xian").read(f"{LIST}?was=x")


@pytest.mark.usefixtures("campaign")
def test_what_is_wrong_is_said_and_the_rest_kept(visit, writing):
    who, one = visit("cun"), ids(writing)[0]
    page = f"{LIST}/{one}"
    take(who, one)
    answer = who.send(page, outcome="", need_words="要药")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请选一个结果" in text
    assert 'value="要药"' in text
    assert who.send(page, outcome="met", new_phone="123").status_code == 422
    assert who.send(page, outcome="unneeded").status_code == 422


@pytest.mark.usefixtures("campaign")
def test_nobody_touches_anothers_visit(visit, writing):
    other = ids(writing)[2]
    who = visit("fubao")
    assert who.open(f"{LIST}/{other}").status_code == 404
    take(who, other)
    with writing() as session:
        assert session.get_one(Visit, other).worker is None
    assert visit("shenji").open(LIST).status_code == 403


def test_more_than_ten_a_worker_is_too_many(visit, writing):
    with writing() as session:
        for _ in range(11):
            factories.member(session, phone=None)
        stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
    who, every = visit("fubao"), ids(writing)
    take(who, *every[:10])
    assert "一个人一天走不完" not in who.read(LIST)
    take(who, *every)
    assert "一个人一天走不完" in who.read(LIST)


@pytest.mark.usefixtures("campaign")
def test_the_phone_sheet_holds_who_has_a_number(visit, writing):
    with writing() as session:
        factories.member(session, name="赵六一", categories=3, phone="+8614000001234")
        stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
        one = session.scalars(select(Visit.id).order_by(Visit.id.desc())).first()
    who = visit("fubao")
    take(who, one)
    text = who.read(f"{LIST}/sheet?kind=phone")
    assert "赵六一" in text
    assert "14000001234" in text
    assert "张＊＊" not in text


@pytest.mark.usefixtures("campaign")
def test_needs_are_raised_by_telephone_passed_on_and_closed(visit, writing):
    with writing() as session:
        key = factories.member(session).id
    who = visit("fubao")
    page = f"/fieldwork/needs/new/{key}"
    assert who.send(page, kind="").status_code == 422
    assert who.send(page, kind="medicine", words="降压药").status_code == 303
    listed = "/fieldwork/needs"
    assert "降压药" in who.read(listed)
    with writing() as session:
        need = session.scalars(select(Need.id)).one()
    passed, field = f"{listed}/{need}/pass-on", f"office-{need}"
    for office, said in (("", "写明转给哪个单位"), ("院" * 61, "最多 60 个字")):
        answer = who.send(listed, passed, **{field: office})
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert f'<a href="#{field}">' in page
        assert said in page
        assert f'value="{office}"' in page
    who.send(listed, passed, **{field: "县医院"})
    assert "县医院" in who.read(listed)
    who.send(listed, f"{listed}/{need}/close", solved="solved")
    with writing() as session:
        assert session.get_one(Need, need).state is NeedState.SOLVED


def test_a_new_number_is_told_by_the_village_and_taken_over_by_the_county(
    campaign, visit, writing
):
    one = ids(writing)[0]
    village = visit("cun")
    take(village, one)
    village.send(f"{LIST}/{one}", outcome="met", new_phone="14000008888")
    page = "/fieldwork/numbers"
    assert "140****8888" in village.read(page)
    with writing() as session:
        told = session.scalars(select(VisitTry.id)).one()
    assert village.send(page, f"{page}/new/{told}").status_code == 403
    county = visit("xian")
    assert county.send(page, f"{page}/new/{told}").status_code == 303
    with writing() as session:
        member = session.get_one(Visit, one).member_id
        assert session.get_one(Member, member).phone == "+8614000008888"
        assert campaign


def test_a_number_is_checked_and_the_list_is_a_workbook(visit, writing):
    with writing() as session:
        suspect = {"number_status": NumberStatus.SUSPECT}
        key, second = (factories.member(session, **suspect).id for _ in range(2))
    who, page = visit("fubao"), "/fieldwork/numbers"
    book = load_workbook(BytesIO(who.open(f"{page}/list.xlsx").get_data()))
    sheet = book.worksheets[0]
    assert sheet["D4"].value.startswith("测＊")
    assert [sheet[it].value for it in ("E4", "G4")] == ["本人", "待核实"]
    who.send(page, **{f"status-{key}-member": "blocked"})
    with writing() as session:
        assert session.get_one(Member, key).number_status is NumberStatus.SUSPECT
    both = {f"status-{key}-member": "empty", f"status-{second}-member": "normal"}
    assert f'name="{next(iter(both))}"' in who.read(page)
    who.send(page, **both)
    with writing() as session:
        assert session.get_one(Member, key).number_status is NumberStatus.EMPTY
        assert session.get_one(Member, second).number_status is NumberStatus.NORMAL


def test_a_page_of_new_numbers_is_saved_at_once_or_told_row_by_row(visit, writing):
    old, family = "+8614000007001", "+8614000007002"
    with writing() as session:
        suspect = {"number_status": NumberStatus.SUSPECT, "phone": old}
        key = factories.member(session, **suspect, guardian_phone=family).id
        far = factories.member(
            session,
            number_status=NumberStatus.SUSPECT,
            township="510522102",
            village="510522102201",
        ).id
        index = session.get_one(Member, key).guardian_phone_index
        settle_number(session, index, NumberStatus.EMPTY, factories.NOW)
    clerk, page = visit("fubao"), "/fieldwork/numbers"
    own, other = f"new-{key}-member", f"new-{key}-guardian"
    answer = clerk.send(page, **{own: "1400000700", other: "140 0000 7003"})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'<a href="#{own}">手机号要 11 位' in text
    assert all(f'value="{each}"' in text for each in ("1400000700", "140 0000 7003"))
    assert "原来的号码" in clerk.send(page, **{own: old}).get_data(as_text=True)
    with writing() as session:
        assert session.get_one(Member, key).guardian_phone == family
    clerk.send(page, **{own: "14000007004", other: "140 0000 7003"})
    with writing() as session:
        member = session.get_one(Member, key)
        assert (member.phone, member.guardian_phone, member.number_status) == (
            "+8614000007004",
            "+8614000007003",
            NumberStatus.NORMAL,
        )
        deeds = session.scalars(
            select(AuditRow.details).where(AuditRow.action == "take_over_number")
        )
        assert [deed["whose"] for deed in deeds] == ["member", "guardian"]
    assert own not in clerk.read(page)
    elsewhere = {f"new-{far}-member": "14000007005"}
    assert clerk.send(page, **elsewhere).status_code == 404
    assert visit("cun").send(page, **elsewhere).status_code == 403
    assert visit("mangxie").send(page, **elsewhere).status_code == 403


def test_a_contact_is_evidence_alone_and_of_an_open_visit_its_result(
    campaign, visit, writing
):
    first = ids(writing)[0]
    with writing() as session:
        owed = session.get_one(Visit, first).member_id
        other = factories.member(session).id
    clerk = visit("fubao")
    for key, way, outcome, said in (
        (other, "phone", "called", "打电话"),
        (owed, "door", "family_met", "见面"),
    ):
        page = f"/register/{key}/contact"
        assert page in clerk.read(f"/register/{key}")
        wrong = clerk.send(page, way="phone", outcome="nobody_home")
        assert wrong.status_code == 422
        assert "对不上" in wrong.get_data(as_text=True)
        assert clerk.send(page, way=way, outcome=outcome).status_code == 303
        shown = clerk.read(f"/register/{key}").split("<caption")[-1]
        assert said in shown
        assert ">fubao<" in shown
    with writing() as session:
        tries = session.scalars(select(VisitTry).order_by(VisitTry.id)).all()
        assert [(each.member_id, each.way) for each in tries] == [
            (other, VisitWay.PHONE),
            (owed, VisitWay.DOOR),
        ]
        assert tries[0].visit_id is None
        done = session.get_one(Visit, tries[1].visit_id)
        assert (done.outcome, done.worker) == (VisitOutcome.FAMILY_MET, "fubao")
        assert done.closed_at is not None
        known = set(session.scalars(evidence(factories.NOW)))
        assert known == {other}
    assert campaign
    assert visit("mangxie").open(f"/register/{other}/contact").status_code == 404


def test_what_to_say_is_held_up_played_and_read_out(app, visit, writing):
    with writing() as session:
        factories.member(session, phone=None)
        factories.member(session, phone=None, village="510522112202")
        text = stages.version(session, easy_read=["天热。", "打电话 ${电话}。"])
        text.spoken_text = "${村}的乡亲，请拨打${电话读法}。"
        made = stages.launched(
            session, urgency=Urgency.MUST_REACH, version_id=text.id
        ).id
        visits.open_visits(session, datetime.now(UTC))
    who, one = visit("cun"), ids(writing)[-1]
    page = f"{LIST}/{one}"
    shown = who.read(page)
    assert "打电话 0830-0000000。" in shown
    assert "大坪村的乡亲，请拨打零八三零" in shown
    assert "<audio" not in shown
    stages.recorded(app.extensions["outreach"], made)
    address = re.search(r'<audio[^>]*src="([^"]+)"', who.read(page))[1]
    sound = who.open(address)
    assert (sound.status_code, sound.mimetype) == (200, "audio/mpeg")
    sound.close()
    elsewhere = f"{LIST}/{ids(writing)[0]}"
    assert address not in visit("fubao").read(elsewhere)


def test_a_voice_mailbox_was_told_nothing_and_somebody_rings_again(
    campaign, visit, writing
):
    who, (number, *_) = visit("cun"), ids(writing)
    with writing() as session:
        member = session.get_one(Visit, number).member_id
        session.get_one(Member, member).phone = "+8614000009990"
    take(who, number)
    assert "□ 语音信箱" in who.read(f"{LIST}/sheet?kind=phone")
    page = f"{LIST}/{number}"
    assert "语音信箱" in who.read(f"{page}?way=phone")
    assert who.send(page, outcome="voicemail").status_code == 303
    with writing() as session:
        seen = session.get_one(Visit, number)
        assert (seen.outcome, seen.tries) == (VisitOutcome.VOICEMAIL, 1)
        assert seen.closed_at is None
        assert campaign_statistics(session, campaign).everybody.contacted == 0


@pytest.mark.usefixtures("campaign")
def test_the_ledger_is_a_masked_workbook_of_ones_own_places(visit):
    who = visit("fubao")
    assert f"{LIST}/ledger.xlsx" in who.read(LIST)
    answer = who.open(f"{LIST}/ledger.xlsx")
    sheet = load_workbook(BytesIO(answer.get_data())).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert [row[3] for row in rows[:2]] == ["张＊＊", "李＊＊"]
    assert rows[0][5] == "写字"
    assert rows[2][:2] == ["合计", 2]
    assert visit("cun").open(f"{LIST}/ledger.xlsx").status_code == 403
