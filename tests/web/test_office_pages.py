"""Setting up, accounts, the auditor's pages and health."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select

from campaigns.audience.models import Segment
from campaigns.register.models import Place, Unit
from outreach.accounts import User
from outreach.audit import AuditRow


def test_an_empty_service_leads_to_the_guide_and_the_guide_to_a_unit(
    visit, writing
) -> None:
    with writing() as session:
        session.execute(delete(Unit))
        session.execute(delete(Place))
    admin = visit("guanli")
    assert admin.open("/").location == "/start"
    fields = {
        "county": "510522",
        "name": "合江县残联",
        "signature": "合江县残联",
        "landline": "0830-0000000",
        "part_price": "49",
    }
    wrong = admin.send("/start/unit", **{**fields, "signature": "【合江】"})
    assert wrong.status_code == 422
    assert 'value="0830-0000000"' in wrong.get_data(as_text=True)
    assert admin.send("/start/unit", **fields).location == "/start"
    with writing() as session:
        assert session.scalar(select(func.count()).select_from(Place)) > 200
        assert session.scalar(select(func.count()).select_from(Segment)) > 5


def test_an_association_without_categories_is_refused(visit) -> None:
    answer = visit("guanli").send(
        "/accounts/new",
        name="longxie",
        shown_as="聋协",
        role="association",
        place="510522",
    )
    assert answer.status_code == 422
    assert "协会只看自己的类别" in answer.get_data(as_text=True)


@pytest.fixture
def clerk(writing) -> int:
    with writing() as session:
        return session.scalars(select(User.id).where(User.name == "fubao")).one()


def test_disabling_works_at_once_and_is_undone(visit, clerk) -> None:
    admin, person = visit("guanli"), visit("fubao")
    admin.send(f"/accounts/{clerk}", f"/accounts/{clerk}/disable")
    assert person.open("/register").status_code == 303
    admin.send(f"/accounts/{clerk}", f"/accounts/{clerk}/enable")
    assert visit("fubao").open("/register").status_code == 200


def test_nobody_disables_themselves(visit, writing) -> None:
    with writing() as session:
        me = session.scalars(select(User.id).where(User.name == "guanli")).one()
    admin = visit("guanli")
    answer = admin.send(f"/accounts/{me}", f"/accounts/{me}/disable")
    assert answer.status_code == 403


def test_the_auditor_follows_a_person_to_the_proof(visit, clerk) -> None:
    visit("guanli").send(f"/accounts/{clerk}", f"/accounts/{clerk}/end")
    auditor = visit("shenji")
    found = auditor.open(f"/audit?number={clerk}&kind=user")
    text = auditor.read(found.location)
    assert "结束登录" in text
    assert "guanli" in text


def test_a_changed_row_is_named(visit, writing) -> None:
    auditor = visit("shenji")
    assert "记录链完整" in auditor.read("/audit/verify")
    with writing() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.id)).first()
        row.action, number = "nothing", row.id
    assert f"第 {number} 条被改动" in auditor.read("/audit/verify")


def test_health_says_what_ails_and_what_to_do(visit) -> None:
    text = visit("guanli").read("/health")
    assert "任务队列" in text
    assert "请重新启动本服务" in text


def test_the_process_lives_without_a_broker_but_is_not_ready(visit) -> None:
    stranger = visit()
    assert stranger.open("/healthz").status_code == 200
    answer = stranger.open("/readyz")
    assert answer.status_code == 503
    assert b"broker" in answer.data


def test_no_role_chosen_is_said_on_the_form(visit):
    office = visit("fubao")
    empty = office.send("/me/role")
    assert empty.status_code == 422
    assert '<a href="#grant">请选一个身份。' in empty.get_data(as_text=True)
    assert office.send("/me/role", grant="999").status_code == 404
