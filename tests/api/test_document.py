"""The document tells the truth: what it allows is answered as it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from outreach.accounts import Role
from outreach.api.operations import OPERATIONS

pytestmark = pytest.mark.xdist_group("api")
QUICK = settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NUMBERS = st.sampled_from([1, 2, 3, 5, 9, 40, 2**40]) | st.integers(0, 2**70)
TEXTS = st.text(max_size=20) | st.sampled_from(["sms", "m", "510522112", "queued"])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def document(office: Flask) -> dict[str, Any]:
    answer = office.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


def conforms(document: dict[str, Any], operation: dict[str, Any], answer) -> None:
    """The status, the kind and the shape of an answer are the documented ones."""
    told = operation["responses"].get(str(answer.status_code))
    assert told, f"{answer.status_code} is not documented: {answer.get_data()[:200]}"
    if "content" not in told:
        return
    assert answer.mimetype in told["content"]
    schema = told["content"][answer.mimetype]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole).validate(answer.get_json())


MOMENTS = st.sampled_from(["2026-11-26T08:00:00Z", "2026-12-01T10:00:00+08:00"])


def values_for(  # noqa: C901, PLR0911 - one branch a kind of schema
    schema: dict[str, Any], document: dict[str, Any]
) -> st.SearchStrategy:
    """Values that fit ``schema``, more or less: enough to get past the shapes."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return values_for(document["components"]["schemas"][name], document)
    if "anyOf" in schema:
        return st.one_of(*(values_for(one, document) for one in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).map(lambda s: s[:60])
    match schema.get("type"):
        case "integer":
            lowest, highest = schema.get("minimum", 0), schema.get("maximum", 2**53)
            return st.sampled_from([lowest, lowest + 1, highest]) | st.integers(
                lowest, highest
            )
        case "boolean":
            return st.booleans()
        case "array":
            return st.lists(
                values_for(schema["items"], document),
                min_size=schema.get("minItems", 0),
                max_size=2,
            )
        case "object":
            fields = schema.get("properties", {})
            must = set(schema.get("required", []))
            fits = {name: values_for(one, document) for name, one in fields.items()}
            return st.fixed_dictionaries(
                {name: fits[name] for name in fits if name in must},
                optional={name: fits[name] for name in fits if name not in must},
            )
        case "null":
            return st.none()
        case _:
            dates = st.sampled_from(
                ["2026-11-26T08:00:00Z", "2026-12-01T10:00:00+08:00"]
            )
            return dates | st.text(max_size=10)


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
@QUICK
@given(data=st.data())
def test_every_answer_is_documented(one, programs, document, data) -> None:
    told = document["paths"][one.path][one.method]
    role = data.draw(st.sampled_from([*Role, None, Role.COORDINATOR]))
    path = one.path
    for parameter in told["parameters"]:
        if parameter["in"] == "path":
            number = data.draw(NUMBERS)
            path = path.replace(f"{{{parameter['name']}}}", str(number))
    asked = {
        parameter["name"]: data.draw(
            values_for(parameter["schema"], document) | TEXTS | NUMBERS
        )
        for parameter in told["parameters"]
        if parameter["in"] == "query" and data.draw(st.booleans())
    }
    program = programs[role]
    bearer = {"Authorization": f"Bearer {program.token}"} if role else {}
    body: dict[str, Any] = {}
    if "requestBody" in told:
        schema = told["requestBody"]["content"]["application/json"]["schema"]
        sent = json.dumps(data.draw(values_for(schema, document) | JSON))
        kind = data.draw(st.sampled_from(["application/json", "text/plain"]))
        cut = data.draw(st.sampled_from([len(sent), len(sent), len(sent) // 2]))
        body = {"data": sent[:cut], "content_type": kind}
    answer = program.client.open(
        f"/api/v1{path}",
        method=one.method.upper(),
        query_string=asked,
        headers=bearer,
        **body,
    )
    conforms(document, told, answer)


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_an_operation_without_a_token_answers_401_and_another_method_405(
    one, programs, document
) -> None:
    told = document["paths"][one.path]
    parts = one.path.split("/")
    path = "/".join("1" if part.startswith("{") else part for part in parts)
    refused = programs[None].ask(one.method, path)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    conforms(document, told[one.method], refused)
    other = programs[Role.COORDINATOR].ask("delete", path)
    assert other.status_code == 405
    assert one.method.upper() in other.headers["Allow"]
    assert other.mimetype == "application/problem+json"


def test_the_document_speaks_both_languages_and_names_every_action(document, office):
    english = office.test_client().get(
        "/api/v1/openapi.json", headers={"Accept-Language": "en"}
    )
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] != english.get_json()["info"]["title"]
    told = [one for path in document["paths"].values() for one in path.values()]
    assert len(told) == len(OPERATIONS) == len({one["operationId"] for one in told})
    assert {one["x-action"] for one in told} == {one.action for one in OPERATIONS}
