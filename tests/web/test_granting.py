"""A grant holds once a second person, a coordinator, has confirmed it."""

from __future__ import annotations

import re

import pytest
from office import COUNTY, PASSWORD
from sqlalchemy import select

from campaigns.errors import NotAllowed, Refused
from outreach import accounts, granting, sign_ins
from outreach.accounts import Grant, Role, User
from outreach.audit import AuditRow


def invited(admin) -> None:
    """Open an account for a township, which its person then accepts."""
    answer = admin.send(
        "/accounts/new",
        name="baisha",
        shown_as="白沙镇",
        role="township",
        place="510522102",
    )
    text = answer.get_data(as_text=True)
    assert "确认以后才能用" in text
    path = re.search(r"/invitation/[0-9a-z-]+", text).group()
    assert admin.send(path, password=PASSWORD).status_code == 303


def test_a_grant_waits_for_a_coordinator_and_then_holds_at_once(visit, writing) -> None:
    invited(visit("guanli"))
    person = visit()
    person.send("/sign-in", name="baisha", password=PASSWORD)
    assert person.open("/register").status_code == 403
    assert visit("guanli").open("/accounts/grants").status_code == 403
    coordinator = visit("xian")
    assert "1 项授权等您确认" in coordinator.read("/")
    with writing() as session:
        number = session.scalars(select(Grant.id).where(Grant.waits)).one()
    page = f"/accounts/grants/{number}/confirm"
    assert coordinator.send("/accounts/grants", page).status_code == 303
    assert person.open("/register").status_code == 200
    with writing() as session:
        deed = select(AuditRow).where(AuditRow.action == "confirm_grant")
        assert session.scalars(deed).one().subject == f"grant:{number}"
    assert coordinator.send("/", page).status_code in {403, 404}


def test_a_refused_grant_never_holds(visit, writing) -> None:
    invited(visit("guanli"))
    with writing() as session:
        number = session.scalars(select(Grant.id).where(Grant.waits)).one()
    coordinator = visit("xian")
    coordinator.send("/accounts/grants", f"/accounts/grants/{number}/refuse")
    person = visit()
    person.send("/sign-in", name="baisha", password=PASSWORD)
    assert person.open("/register").status_code == 403


@pytest.fixture
def people(session, now) -> dict[str, User]:
    return {
        name: accounts.add_user(
            session, name=name, shown_as=name, password=PASSWORD, now=now
        )
        for name in ("guan", "yi", "er", "xin")
    }


def coordinator(session, user: User, now) -> None:
    accounts.add_grant(session, user, role=Role.COORDINATOR, place=COUNTY, now=now)


def test_before_there_are_two_coordinators_nobody_could_confirm(
    session, people, now
) -> None:
    facts = {"role": Role.COORDINATOR, "place": COUNTY, "now": now}
    by = people["guan"].id
    first = granting.propose(session, people["yi"], by=by, **facts)
    second = granting.propose(session, people["er"], by=by, **facts)
    third = granting.propose(session, people["xin"], by=by, **facts)
    assert [g.waits for g in (first, second, third)] == [False, False, True]


def test_nobody_confirms_what_they_proposed_or_what_is_theirs(
    session, people, now
) -> None:
    for name in ("yi", "er"):
        coordinator(session, people[name], now)
    by = people["guan"].id
    grant = granting.propose(
        session, people["xin"], role=Role.AUDITOR, place=COUNTY, by=by, now=now
    )
    for number in (by, people["xin"].id):
        with pytest.raises(NotAllowed):
            granting.confirm(session, grant.id, by=number, now=now)
    assert granting.confirm(session, grant.id, by=people["yi"].id, now=now).holds


@pytest.mark.parametrize(
    ("held", "asked", "small", "fits"),
    [
        (Role.ADMINISTRATOR, Role.COORDINATOR, False, False),
        (Role.ADMINISTRATOR, Role.COORDINATOR, True, True),
        (Role.ADMINISTRATOR, Role.AUDITOR, True, False),
        (Role.COORDINATOR, Role.AUDITOR, True, False),
        (Role.COORDINATOR, Role.TOWNSHIP, False, True),
    ],
)
def test_roles_that_no_one_person_holds_together(
    session, people, now, held, asked, small, fits
) -> None:
    user = people["xin"]
    accounts.add_grant(session, user, role=held, place=COUNTY, now=now)
    facts = {"role": asked, "place": COUNTY, "by": people["guan"].id, "now": now}
    if fits:
        granted = granting.propose(session, user, small_office=small, **facts)
        assert granted.role is asked
        return
    with pytest.raises(Refused, match="三个人"):
        granting.propose(session, user, small_office=small, **facts)


def of(writing, name: str) -> tuple[int, int]:
    """An account and the first of its grants."""
    with writing() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        return user.id, user.grants[0].id


def test_one_more_role_waits_as_the_first_did(visit, writing) -> None:
    user, _first = of(writing, "fubao")
    admin = visit("guanli")
    wanted = {"role": "village", "place": "510522112201"}
    answer = admin.send(f"/accounts/{user}/roles/new", **wanted)
    assert answer.location == f"/accounts/{user}"
    assert "待县残联确认" in admin.read(f"/accounts/{user}")
    wrong = admin.send(f"/accounts/{user}/roles/new", role="auditor", place="510522112")
    assert wrong.status_code == 422
    with writing() as session:
        waits = session.scalars(select(Grant).where(Grant.waits)).one()
        assert (waits.role, waits.user_id) == (Role.VILLAGE, user)


def test_nobody_is_given_roles_that_no_one_holds_together(visit, writing) -> None:
    user, _first = of(writing, "shenji")
    answer = visit("guanli").send(
        f"/accounts/{user}/roles/new", role="coordinator", place=COUNTY
    )
    assert answer.status_code == 422
    assert "三个人" in answer.get_data(as_text=True)


def test_a_small_office_lets_who_decides_run_the_service(visit, writing) -> None:
    user, _first = of(writing, "guanli")
    admin = visit("guanli")
    wanted = {"role": "coordinator", "place": COUNTY}
    page = f"/accounts/{user}/roles/new"
    assert admin.send(page, **wanted).status_code == 422
    admin.send("/accounts/small-office", small_office="1", hours="24")
    assert admin.send(page, **wanted).status_code == 303


def test_a_role_taken_away_is_gone_on_the_next_page(visit, writing) -> None:
    user, grant = of(writing, "fubao")
    admin, person = visit("guanli"), visit("fubao")
    assert person.open("/register").status_code == 200
    path = f"/accounts/{user}/roles/{grant}/end"
    assert admin.send(f"/accounts/{user}", path).status_code == 303
    assert person.open("/register").status_code == 403
    assert admin.send(f"/accounts/{user}", path).status_code == 404, "once"
    with writing() as session:
        deed = select(AuditRow).where(AuditRow.action == "revoke_grant")
        assert session.scalars(deed).one().details == {"grant": grant}


def test_nobody_takes_away_their_own_or_through_another_account(visit, writing) -> None:
    mine, grant = of(writing, "guanli")
    other, _grant = of(writing, "fubao")
    admin = visit("guanli")
    page = f"/accounts/{mine}"
    assert admin.send(page, f"/accounts/{mine}/roles/{grant}/end").status_code == 403
    assert admin.send(page, f"/accounts/{other}/roles/{grant}/end").status_code == 404
    assert admin.open("/accounts").status_code == 200


def test_who_has_another_role_acts_in_that(session, people, now) -> None:
    user = people["xin"]
    facts = {"place": COUNTY[:6], "now": now}
    first = accounts.add_grant(session, user, role=Role.ASSOCIATION, **facts)
    second = accounts.add_grant(session, user, role=Role.TOWNSHIP, **facts)
    token = sign_ins.sign_in(session, "xin", PASSWORD, now=now)
    assert sign_ins.who(session, token, now).role is Role.ASSOCIATION
    by = people["guan"].id
    granting.revoke(session, user.id, first.id, by=by, now=now)
    assert sign_ins.who(session, token, now).grant_id == second.id
    granting.revoke(session, user.id, second.id, by=by, now=now)
    assert sign_ins.who(session, token, now).role is None
    third = granting.propose(
        session, user, role=Role.TOWNSHIP, place="510522112", by=by, now=now
    )
    assert sign_ins.who(session, token, now).grant_id == third.id
