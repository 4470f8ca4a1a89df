"""An invitation sets a password once; nobody else ever knows it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from office import PASSWORD
from sqlalchemy import select

from campaigns.errors import NotFound, NotReady, Refused
from outreach import accounts, invitations, signed
from outreach.accounts import Grant, Role, User

SIGNER = b"s" * 32
OWN = "yi-ju-hao-ji-de-hua"
BAISHA = {
    "name": "baisha",
    "shown_as": "白沙镇",
    "role": "township",
    "place": "510522102",
}


@pytest.fixture
def user(session, now) -> User:
    return accounts.add_user(
        session, name="mei", shown_as="mei", password=PASSWORD, now=now
    )


def sent(session, user, now) -> str:
    made, path = invitations.invite(session, user, by=7, signer=SIGNER, now=now)
    assert made.expires_at == now + invitations.LIVES
    return path.removeprefix("/invitation/")


def taken(session, token: str, now, password: str = OWN) -> User:
    return invitations.accept(session, token, password, signer=SIGNER, now=now)


def test_it_works_once_and_the_old_password_is_worth_nothing(session, user, now):
    token = sent(session, user, now)
    assert not accounts.password_fits(user, PASSWORD)
    taken(session, token, now)
    assert accounts.password_fits(user, OWN)
    with pytest.raises(NotReady):
        taken(session, token, now, "zhe-shi-lai-wan-le-de")
    assert accounts.password_fits(user, OWN)


def test_it_ends_after_a_day_and_with_a_newer_one(session, user, now):
    old, new = (sent(session, user, now) for _ in range(2))
    late = now + invitations.LIVES + timedelta(minutes=1)
    for token, moment in ((old, now), (new, late)):
        with pytest.raises(NotReady):
            invitations.invited(session, token, SIGNER, moment)
    assert invitations.invited(session, new, SIGNER, now).user_id == user.id


def test_a_disabled_account_accepts_nothing(session, user, now):
    token = sent(session, user, now)
    user.disabled_at = now
    with pytest.raises(NotReady):
        taken(session, token, now)


def test_a_weak_password_leaves_the_invitation_open(session, user, now):
    token = sent(session, user, now)
    with pytest.raises(Refused):
        taken(session, token, now, "mei-123456-mei")
    taken(session, token, now)


@pytest.mark.parametrize("forged", ["number", "end", "key", "kind", "rubbish", "é-zz"])
def test_what_we_did_not_sign_opens_nothing(session, user, now, forged):
    number, end, mac = sent(session, user, now).split("-")
    until = int(end, 16)
    token = {
        "number": f"{int(number) + 1}-{end}-{mac}",
        "end": f"{number}-{until + 9:x}-{mac}",
        "key": signed.mint("invitation", number, until, b"x" * 32),
        "kind": signed.mint("village", number, until, SIGNER),
    }.get(forged, forged)
    with pytest.raises(NotFound):
        invitations.invited(session, token, SIGNER, now)


def invited(admin, **changes) -> str:
    """The path that the administrator is shown."""
    answer = admin.send("/accounts/new", **{**BAISHA, **changes})
    found = re.search(r"(/invitation/[0-9a-z-]+)<", answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found.group(1)


def test_one_is_invited_sets_a_password_and_signs_in(visit) -> None:
    admin, person = visit("guanli"), visit()
    path = invited(admin)
    assert "等本人接受邀请" in admin.read("/accounts")
    assert path not in admin.read("/accounts")
    page = person.read(path)
    assert "白沙镇" in page
    assert 'autocomplete="new-password"' in page
    weak = person.send(path, password="12345")
    assert weak.status_code == 422
    assert person.send(path, password=OWN).location == "/sign-in"
    assert person.open(path).status_code == 409
    assert person.send("/sign-in", name="baisha", password=OWN).status_code == 303
    assert "白沙镇" in person.read("/me")
    assert "等本人接受邀请" not in admin.read("/accounts")


def test_a_reset_is_a_new_invitation(visit, writing) -> None:
    admin, person = visit("guanli"), visit("fubao")
    with writing() as session:
        number = session.scalars(select(User.id).where(User.name == "fubao")).one()
    answer = admin.send(f"/accounts/{number}", f"/accounts/{number}/invite")
    found = re.search(r"/invitation/[0-9a-z-]+", answer.get_data(as_text=True))
    assert person.open("/register").status_code == 303
    assert visit().send("/sign-in", name="fubao", password=PASSWORD).status_code == 422
    visit().send(found.group(), password=OWN)
    assert visit().send("/sign-in", name="fubao", password=OWN).status_code == 303


@pytest.mark.parametrize(
    ("role", "place", "fits"),
    [
        ("city", "5105", True),
        ("village", "510522112201", True),
        ("city", "510522", False),
        ("township", "510522", False),
        ("coordinator", "5105", False),
        ("village", "510522112", False),
        ("coordinator", "510525", False),
    ],
)
def test_a_role_is_given_where_it_can_act(visit, writing, role, place, fits) -> None:
    admin = visit("guanli")
    if not fits:
        answer = admin.send("/accounts/new", **{**BAISHA, "role": role, "place": place})
        assert answer.status_code == 422
        return
    invited(admin, role=role, place=place)
    with writing() as session:
        grant = session.scalars(select(Grant).order_by(Grant.id.desc())).first()
        assert (grant.role, grant.place) == (Role(role), place)


def test_duties_are_kept_with_the_grant(visit, writing) -> None:
    admin = visit("guanli")
    duties = ["draft", "approve"]
    invited(admin, role="coordinator", place="510522", duties=duties)
    with writing() as session:
        grant = session.scalars(select(Grant).order_by(Grant.id.desc())).first()
        assert grant.duties == duties
