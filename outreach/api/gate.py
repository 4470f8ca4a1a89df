"""The door of the API: a token, a right, what was sent checked, at most once."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any, TypeVar

from flask import Blueprint, Response, g, jsonify, redirect, request
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Response as Answer

from campaigns.errors import NotFound, NotReady, mark
from outreach import access, once, tokens
from outreach.api.operations import Operation
from outreach.web.errors import problem
from outreach.web.frame import practising
from outreach.web.gate import Person, acting, now, reading, writing
from outreach.web.safety import limiter

bp = Blueprint("api", __name__, url_prefix="/api/v1")
_SCHEME = "bearer "
_LARGEST = 2**63 - 1
_FAULT = 500
PRACTICE = "Practice"
"""The header of an answer about invented people; real ones have none."""
_S = TypeVar("_S", bound=BaseModel)


def _caller() -> str:
    token = request.headers.get("Authorization", "")
    return hashlib.sha256(token.encode()).hexdigest()


@bp.before_request
def let_in() -> Answer | None:
    """Whoever holds a token acts in its grant; nobody else is anybody."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - a cookie opens nothing here
    text = request.headers.get("Authorization", "")
    if text[: len(_SCHEME)].lower() != _SCHEME:
        return None
    secret = text[len(_SCHEME) :].strip()
    with reading() as db:
        found = tokens.who(db, secret, now())
    if found is None or found.token is None:
        return None
    with writing() as db:
        tokens.touch(db, found.token, now())
    g._login_user = Person("", found)  # noqa: SLF001
    return None


@bp.after_request
def say_practice(answer: Response) -> Response:
    """Whatever is practised says so; a fault asks the database nothing more."""
    if answer.status_code < _FAULT and practising():
        answer.headers[PRACTICE] = "true"
    return answer


def serve(operation: Operation) -> None:
    """Route ``operation``: rights first, then shapes, then the deed."""

    def view(**path: int) -> Answer:
        if not g._login_user.is_authenticated:  # noqa: SLF001
            return _no_token()
        access.require(acting(), operation.action)
        g._login_user.acting = replace(acting(), doing=operation.action)  # noqa: SLF001
        if any(number > _LARGEST for number in path.values()):
            raise NotFound(mark("没有这个编号。"))
        asked: list[BaseModel] = []
        try:
            if operation.query:
                asked.append(_query(operation.query))
            elif request.args:
                return _wrong([{"in": "query", "what": _("这里没有查询参数。")}])
            if operation.body:
                asked.append(operation.body.model_validate(request.get_json()))
        except ValidationError as error:
            return _wrong(_faults(error))
        return _done(operation, asked, path)

    view.action = operation.action  # type: ignore[attr-defined]
    limited = limiter.limit("1200/minute", key_func=_caller)(view)
    limited.action = operation.action  # type: ignore[attr-defined]
    rule = operation.path.replace("{", "<int:").replace("}", ">")
    methods = [operation.method.upper()]
    bp.add_url_rule(rule, operation.name, limited, methods=methods)


def _done(operation: Operation, asked: list[BaseModel], path: dict[str, int]) -> Answer:
    """The deed and its answer; a deed whose key was used leads to what came of it."""
    if operation.writes:
        led_to = _first_time()
        if led_to:
            return redirect(led_to, 303)
    with writing() if operation.writes else reading() as db:
        made = operation.view(db, *asked, **path)
        facts = made.model_dump(mode="json")
    answer = jsonify(facts)
    answer.status_code = operation.status
    if operation.writes:
        found_at = operation.found_at.format(id=facts["id"])
        answer.headers["Location"] = f"{bp.url_prefix}{found_at}"
    return answer


def _first_time() -> str | None:
    """Where the same key led before; None, and the key is taken, the first time.

    Raises NotReady while the first request is still at work.
    """
    key = _once_key()
    if not key:
        return None
    with writing() as db:
        first = once.use(db, key, user_id=acting().user_id, now=now())
        led_to = None if first else once.led_to(db, key, acting().user_id)
    if not first and led_to is None:
        raise NotReady(mark("同一个请求正在办。请过一会儿再查。"))
    if first:
        g.once = key
    return led_to


def _query(shape: type[_S]) -> _S:
    """The query as ``shape``; a name that comes twice is a list where one is asked."""
    given: dict[str, Any] = {
        name: values if len(values) > 1 else values[0]
        for name, values in request.args.lists()
    }
    return shape.model_validate(given)


def _once_key() -> str:
    """The client's key, bound to the person, as the forms' keys are kept."""
    told = request.headers.get("Idempotency-Key", "")
    if not told:
        return ""
    whole = f"{acting().user_id} {request.path} {told}".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(whole).digest()).decode().rstrip("=")


def _no_token() -> Response:
    text = _("请带上有效的令牌：Authorization: Bearer …。令牌在“我的设置”里做。")
    answer = problem(401, _("没有令牌"), text)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _wrong(faults: list[dict[str, str]]) -> Response:
    text = _("有的内容不对，什么也没有改。请看 errors 里的每一处。")
    return problem(422, _("内容不对"), text, errors=faults)


def _faults(error: ValidationError) -> list[dict[str, str]]:
    return [
        {"in": ".".join(map(str, fault["loc"])) or "body", "what": fault["msg"]}
        for fault in error.errors(include_url=False, include_input=False)
    ]
