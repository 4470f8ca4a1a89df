"""Schemathesis reads the document and tries everything that it allows, and more."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import integers
from roles import NAMES
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from outreach.accounts import Role
from outreach.api.operations import OPERATIONS

pytestmark = pytest.mark.xdist_group("api")
FEW = 4
TRIES = int(os.environ.get("API_TRIES", FEW))
ROLES = [Role.COORDINATOR] if TRIES == FEW else list(NAMES)
"""Whose token is tried: one for `make test`, everybody's for `make test-api`."""
TRIED = settings(
    max_examples=TRIES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture(scope="module")
def schema(office):
    """The document as schemathesis reads it from the application."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
@pytest.mark.parametrize("role", ROLES)
def test_no_answer_is_a_fault_or_undocumented(
    role, one, mode, schema, programs
) -> None:
    token = programs[role].token
    cases = schema[one.path][one.method.upper()].as_strategy(generation_mode=mode)

    @TRIED
    @given(case=cases, near=integers(0, 4))
    def tried(case: Case, near: int) -> None:
        if near:  # a number drawn at random is hardly ever anybody's
            case.path_parameters = dict.fromkeys(case.path_parameters or {}, near)
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    tried()
