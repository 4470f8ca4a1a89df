"""One furnished office for the API, and a token of each role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import pytest
from flask import Flask
from flask.testing import FlaskClient
from roles import NAMES, furnished
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaigns import privacy
from outreach import sign_ins, tokens, wiring
from outreach.accounts import Role, User
from outreach.web.safety import limiter

# An environment made before schemathesis was locked does without it until `make` mends
# that; what it tries is tried, by fewer tricks, in test_document.py.
collect_ignore = [] if find_spec("schemathesis") else ["test_fuzzing.py"]


@dataclass
class Program:
    """A program with a token."""

    client: FlaskClient
    token: str

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> TestResponse:
        """One request below /api/v1."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named = {name.replace("_", "-"): it for name, it in headers.items()}
        return self.client.open(
            f"/api/v1{path}",
            method=method.upper(),
            json=body,
            headers={**bearer, **named},
        )


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, keyring: privacy.Keyring
) -> Iterator[Flask]:
    """The office of ``roles.furnished``."""
    made = furnished(tmp_path_factory.mktemp("api"))
    limiter.enabled = False
    yield made
    limiter.enabled = True
    made.extensions["outreach"].database.dispose()
    wiring._current.clear()
    privacy.unlock(keyring)


@pytest.fixture(scope="module")
def programs(office: Flask) -> dict[Role | None, Program]:
    """One program a role, and one without a token."""
    known = office.extensions["outreach"]
    made: dict[Role | None, Program] = {None: Program(office.test_client(), "")}
    with known.database.writing() as session:
        for role, name in NAMES.items():
            user = session.scalars(select(User).where(User.name == name)).one()
            acting = sign_ins.acting_in(0, user, user.grants[0])
            _token, text = tokens.make(
                session, acting, name="t", days=30, now=known.clock()
            )
            made[role] = Program(office.test_client(), text)
    return made
