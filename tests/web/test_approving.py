"""The second person agrees on their own phone or on paper, to exactly what was read."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from datetime import timedelta

import factories
import pytest
import stages
from office import PASSWORD
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from campaigns.errors import NotFound, NotReady, Refused
from campaigns.planning import approving, lifecycle
from campaigns.planning.models import Approval, Campaign
from campaigns.register.models import Unit
from campaigns.vocabulary import ApprovalWay, CampaignState
from outreach import approvers, second_step, signed
from outreach.accounts import Grant, find_user
from outreach.audit import AuditRow

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 40


@pytest.fixture
def page(visit, writing) -> str:
    """The address of a campaign that xian submitted."""
    with writing() as session:
        form = stages.campaign_form(session)
    maker = visit("xian")
    made = maker.send("/planning/new", **form).location
    maker.send(made, f"{made}/submit")
    return made


def campaign(writing) -> Campaign:
    with writing() as session:
        return session.scalars(select(Campaign)).one()


def account(session, name: str) -> int:
    return find_user(session, name).id


@pytest.fixture
def link(visit, writing, page) -> str:
    """What xian was given for shenpi."""
    with writing() as session:
        chosen = account(session, "shenpi")
    answer = visit("xian").send(f"{page}/approval", user=chosen)
    found = re.search(r"(/approval/[0-9a-z-]+)<", answer.get_data(as_text=True))
    return found.group(1)


def test_on_ones_own_phone_one_reads_it_all_and_agrees(visit, writing, link) -> None:
    phone = visit()
    text = phone.read(link)
    assert "共 12 人" in text
    assert stages.SPOKEN in text
    assert campaign(writing).status is CampaignState.SUBMITTED, (
        "opening decides nothing"
    )
    for proof in ("", "falsch-falsch-1"):
        answer = phone.send(link, decision="agree", proof=proof)
        assert answer.status_code == 422
    agreed = phone.send(link, decision="agree", proof=PASSWORD)
    assert "您的决定已经记下" in agreed.get_data(as_text=True)
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        shenpi = account(session, "shenpi")
        assert (made.status, made.approved_by) == (CampaignState.APPROVED, shenpi)
        kept = approving.approval_of(session, made)
        assert (kept.way, kept.approver_id) == (ApprovalWay.PHONE, shenpi)
        deeds = select(AuditRow).where(AuditRow.action == "release_campaign")
        results = [(row.result, row.user_id) for row in session.scalars(deeds)]
        assert results == [("refused", shenpi)] * 2 + [("done", shenpi)]
    assert phone.open(link).status_code == 409, "a link decides once"
    assert "本人在手机上批准" in visit("xian").read("/planning/1")


def test_one_returns_it_with_a_reason(visit, writing, link) -> None:
    phone = visit()
    silent = phone.send(link, decision="return", proof=PASSWORD)
    assert silent.status_code == 422
    phone.send(link, decision="return", proof=PASSWORD, reason="日期不对")
    assert campaign(writing).return_reason == "日期不对"


def test_a_changed_text_needs_a_new_link(visit, writing, page, link) -> None:
    maker = visit("xian")
    maker.send(page, f"{page}/unsubmit")
    with writing() as session:
        session.scalars(select(Campaign)).one().window_to = 1100
    maker.send(page, f"{page}/submit")
    assert campaign(writing).status is CampaignState.SUBMITTED
    assert visit().open(link).status_code == 409


def test_who_signs_in_with_two_steps_approves_with_two(
    visit, writing, link, now
) -> None:
    with writing() as session:
        code = second_step.print_sheet(session, account(session, "shenpi"), now)[0]
    phone = visit()
    for given in ({}, {"code": "x"}):
        answer = phone.send(link, decision="agree", proof=PASSWORD, **given)
        assert answer.status_code == 422
    agreed = phone.send(link, decision="agree", proof=PASSWORD, code=code)
    assert agreed.status_code == 200
    assert campaign(writing).status is CampaignState.APPROVED


@pytest.mark.parametrize("change", ["disabled", "revoked", "duty"])
def test_who_may_not_any_more_does_not(visit, writing, link, now, change) -> None:
    with writing() as session:
        user = find_user(session, "shenpi")
        grant = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        if change == "disabled":
            user.disabled_at = now
        elif change == "revoked":
            grant.revoked_at = now
        else:
            grant.duties = ["draft"]
    assert visit().open(link).status_code == 409


def test_nobody_is_asked_about_their_own(visit, writing, page) -> None:
    with writing() as session:
        people = approvers.approvers(session, session.scalars(select(Campaign)).one())
        mine = account(session, "xian")
        assert [one.name for one in people] == ["shenpi"]
    answer = visit("xian").send(f"{page}/approval", user=mine)
    assert answer.status_code == 422


def test_a_forged_or_late_link_opens_nothing(writing, page, app) -> None:
    assert page
    wiring = app.extensions["outreach"]
    now = wiring.clock()
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        mine, other = account(session, "xian"), account(session, "shenpi")
        token = approvers.ask(made, other, wiring.signer, now).rpartition("/")[2]
        subject, end, mac = token.split("-")
        theirs = f"{made.id}x{mine}x{made.content_hash[:16]}"
        own = signed.mint("approval", theirs, int(end, 16), wiring.signer)
        for forged in (
            f"{theirs}-{end}-{mac}",
            f"{subject}-{int(end, 16) + 9:x}-{mac}",
        ):
            with pytest.raises(NotFound):
                approvers.asked(session, forged, wiring.signer, now)
        with pytest.raises(NotReady):
            approvers.asked(session, own, wiring.signer, now)
        late = now + approvers.LIVES + timedelta(minutes=1)
        with pytest.raises(NotReady):
            approvers.asked(session, token, wiring.signer, late)


def paper(person, page: str, **fields):
    keys = {**person.keys(f"{page}/paper")}
    text = person.read(f"{page}/paper")
    content = re.search(r'name="content_hash" value="([^"]+)"', text).group(1)
    form = {"signer": "王某，理事长", "read": "1", **keys, "content_hash": content}
    return person.client.post(f"{page}/paper", data={**form, **fields})


def test_what_was_signed_on_paper_waits_ten_minutes_and_names_both(
    visit, writing, page
) -> None:
    maker = visit("xian")
    with writing() as session:
        session.execute(update(Unit).values(hold_seconds=1))
    photo = (io.BytesIO(JPEG), "签发单.jpg")
    answer = paper(maker, page, number="合残签〔2026〕7号", scan=photo)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with writing() as session:
        made = session.scalars(select(Campaign)).one()
        kept = approving.approval_of(session, made)
        assert made.status is CampaignState.APPROVED
        assert made.approved_by is None, "whoever enters it does not sign"
        assert made.due_at - made.approved_at == approving.PAPER_HOLD
        assert kept.entered_by == account(session, "xian")
        assert kept.signer == "王某，理事长"
        deed = select(AuditRow).where(AuditRow.action == "enter_approval")
        assert "王某" not in str(session.scalars(deed).one().details)
    shown = maker.read(page)
    assert "领导在纸上签发" in shown
    assert "合残签〔2026〕7号" in shown
    scan = visit("shenji").open(f"{page}/paper/scan")
    assert scan.data == JPEG
    assert scan.headers["Content-Disposition"].startswith("attachment")
    maker.send(page, f"{page}/take-back")
    assert campaign(writing).status is CampaignState.DRAFT


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请填签发单的编号"),
        ({"signer": " ", "number": "7"}, "请写清楚是谁签的"),
        ({"signer": "xian，主任", "number": "7"}, "自己不能替自己签"),
        ({"scan": (io.BytesIO(b"<svg onload=x>"), "x.jpg")}, "这不是照片"),
    ],
)
def test_paper_that_proves_nothing_is_refused(
    visit, writing, page, fields, said
) -> None:
    answer = paper(visit("xian"), page, **fields)
    assert answer.status_code == 422
    assert campaign(writing).status is CampaignState.SUBMITTED
    assert said in answer.get_data(as_text=True)


def test_nobody_but_a_coordinator_enters_paper(visit, page) -> None:
    for name in ("mangxie", "guanli", "shenji", "fubao"):
        assert visit(name).open(f"{page}/paper").status_code == 403


@pytest.fixture
def submitted(session, now) -> Campaign:
    factories.unit(session)
    factories.places(session)
    factories.member(session)
    made = lifecycle.draft_campaign(
        session,
        name="x",
        version_id=factories.version(session).id,
        segment_id=factories.segment(session).id,
        channels=["sms"],
        provider="simulator",
        by=1,
        now=now,
    )
    return lifecycle.submit(session, made.id, by=1, now=now)


def test_the_database_itself_asks_for_evidence(session, submitted, now) -> None:
    facts = {"campaign_id": submitted.id, "content_hash": "x", "at": now}
    for way in (ApprovalWay.PAPER, ApprovalWay.PHONE):
        proves_nothing = insert(Approval).values(
            way=way, number="", scan_kind="", **facts
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(proves_nothing)


def test_a_scan_lies_sealed_and_a_large_one_is_refused(session, submitted, now) -> None:
    content = submitted.content_hash
    large = approving.Paper("王某", scan=JPEG + b"x" * approving.LARGEST_SCAN)
    facts = {"by": 1, "content_hash": content, "now": now}
    with pytest.raises(Refused):
        approving.on_paper(session, submitted.id, large, **facts)
    approving.on_paper(
        session, submitted.id, approving.Paper("王某", scan=JPEG), **facts
    )
    session.expire_all()
    raw = (
        session.connection().exec_driver_sql("SELECT scan, signer FROM approval").one()
    )
    assert b64encode(JPEG) not in bytes(raw[0])
    assert "王某".encode() not in bytes(raw[1])
    assert approving.scan_of(session, submitted.id) == (JPEG, "image/jpeg")
