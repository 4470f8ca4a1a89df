"""The OpenAPI 3.1 document, written from the operations themselves."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Response, jsonify
from flask_babel import gettext as _
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from campaigns.errors import mark
from outreach.api import shapes
from outreach.api.gate import PRACTICE, bp, serve
from outreach.api.operations import OPERATIONS, Operation
from outreach.web.gate import open_to_everyone
from outreach.web.languages import translated

_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    400: mark("读不懂"),
    401: mark("没有令牌"),
    403: mark("您的身份不能做这一步"),
    404: mark("没有找到"),
    409: mark("现在不能做"),
    413: mark("太大"),
    415: mark("不是 JSON"),
    422: mark("内容不对"),
    429: mark("请等 1 分钟"),
    500: mark("不是您的问题"),
    503: mark("不是您的问题"),
}
_BODY = frozenset({400, 413, 415})
_FAULTS = 500
_Schemas = dict[tuple[Any, JsonSchemaMode], dict[str, Any]]


@cache
def publish() -> None:
    """Route every operation, and the document beside them; once a process."""
    for operation in OPERATIONS:
        serve(operation)
    bp.add_url_rule("/openapi.json", "document", document)


@open_to_everyone
def document() -> Response:
    """The whole API; nothing in it needs a token to be read."""
    schemas, shared = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _described(one, schemas)
    return jsonify(
        {
            "openapi": "3.1.0",
            "info": {
                "title": _("残联外联服务接口"),
                "version": version("outreach"),
                "description": _(
                    "令牌只能做它的主人那个身份能做的事；批准发送要本人在页面上做。"
                ),
            },
            "servers": [{"url": bp.url_prefix}],
            "security": [{"token": []}],
            "paths": paths,
            "components": {
                "schemas": shared,
                "headers": {PRACTICE: _practice()},
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _schemas() -> tuple[_Schemas, dict[str, Any]]:
    asked: set[tuple[type[BaseModel], JsonSchemaMode]] = {
        (shapes.Problem, "serialization")
    }
    for one in OPERATIONS:
        asked.add((one.answers, "serialization"))
        asked |= {(s, "validation") for s in (one.query, one.body) if s}
    inputs = sorted(asked, key=lambda pair: (pair[0].__name__, pair[1]))
    found: _Schemas
    found, whole = models_json_schema(inputs, ref_template=_REF)
    return found, whole.get("$defs", {})


def _described(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": translated(one.summary),
        "x-action": one.action.value,
        "tags": [one.path.split("/")[1]],
        "parameters": [*_path(one), *_query(one), *_headers(one)],
        "responses": _answers(one, schemas),
    }
    if one.body:
        shape = {"application/json": {"schema": schemas[one.body, "validation"]}}
        told["requestBody"] = {"required": True, "content": shape}
    return told


def _path(one: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in one.path.split("/") if part.startswith("{")]
    number = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
    return [
        {"name": name, "in": "path", "required": True, "schema": number}
        for name in names
    ]


def _query(one: Operation) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    whole = one.query.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "schema": _plain(schema)}
        for name, schema in whole["properties"].items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A query cannot say null: what may be left out is left out."""
    choices = [s for s in schema.get("anyOf", []) if s != {"type": "null"}]
    return choices[0] if choices else schema


def _headers(one: Operation) -> list[dict[str, Any]]:
    language = {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "enum": ["zh", "en"]},
    }
    if not one.writes:
        return [language]
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": _("同一个键再来一次，不再做，只告诉上次的结果在哪里。"),
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    }
    return [language, key]


def _answers(one: Operation, schemas: _Schemas) -> dict[str, Any]:
    shape = schemas[one.answers, "serialization"]
    said = {"headers": {PRACTICE: {"$ref": f"#/components/headers/{PRACTICE}"}}}
    done = {
        **said,
        "description": _("好了"),
        "content": {"application/json": {"schema": shape}},
    }
    answers: dict[str, Any] = {str(one.status): done}
    if one.writes:
        text = _("同一个键已经做过，结果在 Location")
        answers["303"] = {**said, "description": text}
    problem = {"schema": schemas[shapes.Problem, "serialization"]}
    for status, text in _PROBLEMS.items():
        if status in _BODY and not one.body:
            continue
        content = {"application/problem+json": problem}
        told = {"description": translated(text), "content": content}
        answers[str(status)] = {**told, **(said if status < _FAULTS else {})}
    return answers


def _practice() -> dict[str, Any]:
    return {
        "description": _("现在是练习数据：人和事都是编的，什么也不会发出去。"),
        "schema": {"type": "string", "const": "true"},
    }
