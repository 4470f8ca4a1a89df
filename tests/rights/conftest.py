"""One application for every request about rights, and one sign-in for each role."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
import stages
from flask import Flask
from office import COUNTY, PASSWORD, Visitor, fill
from roles import BLIND, NAMES

from campaigns import privacy
from campaigns.orm import Base
from outreach import accounts, wiring
from outreach.accounts import Role
from outreach.app import create_app
from outreach.settings import Settings
from outreach.web.safety import limiter


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Flask]:
    """The office with people in two townships and a campaign under way."""
    folder: pathlib.Path = tmp_path_factory.mktemp("rights")
    made = create_app(Settings(data_dir=folder / "var", _env_file=None))
    database = made.extensions["outreach"].database
    Base.metadata.create_all(database.engine)
    with database.writing() as session:
        fill(session)
        now = made.extensions["outreach"].clock()
        user = accounts.add_user(
            session, name="shilian", shown_as="shilian", password=PASSWORD, now=now
        )
        accounts.add_grant(session, user, role=Role.CITY, place=COUNTY[:4], now=now)
        stages.people(session)
        stages.launched(session).version.bulletin.categories = BLIND
    limiter.reset()
    yield made
    database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


def _enter(office: Flask, role: Role) -> Visitor:
    visitor = Visitor(office.test_client())
    answer = visitor.send("/sign-in", name=NAMES[role], password=PASSWORD)
    assert answer.status_code == 303
    return visitor


@pytest.fixture(scope="module")
def visitors(office: Flask) -> dict[Role, Visitor]:
    """Somebody of each role, signed in."""
    return {role: _enter(office, role) for role in Role}


@pytest.fixture(scope="module")
def leavers(office: Flask) -> dict[Role, Visitor]:
    """Somebody of each role, signed in a second time, to be put out."""
    return {role: _enter(office, role) for role in Role}
