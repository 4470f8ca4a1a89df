"""One application for every request about rights, and one sign-in for each role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from office import PASSWORD, Visitor
from roles import NAMES, furnished

from campaigns import privacy
from outreach import wiring
from outreach.accounts import Role


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Flask]:
    """The office with people in two townships and a campaign under way."""
    made = furnished(tmp_path_factory.mktemp("rights"))
    yield made
    made.extensions["outreach"].database.dispose()
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
