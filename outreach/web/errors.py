"""Every error as a page that says what happened, where, and how to go on."""

from __future__ import annotations

import json
import logging

from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
)
from flask.globals import request_ctx
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from campaigns.errors import (
    CampaignError,
    NotAllowed,
    NotFound,
    NotReady,
    Refused,
    Stale,
    Unreadable,
)
from outreach import access, audit, logs
from outreach.web import keeping_typed
from outreach.web.gate import acting, now, wired, writing
from outreach.web.languages import API, sentence

Shown = tuple[str | Response, int]
_log = logging.getLogger(__name__)
_STATUS: dict[type[CampaignError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotReady: 409,
    Stale: 409,
    Refused: 422,
    Unreadable: 422,
}
_FAULT = 500
_MENDABLE = frozenset({401, 404, 409, 413, 422, 429})
"""The page says what to do: no colleague has to look into the log for these."""


def register(app: Flask) -> None:
    """Answer every error with a sentence."""
    app.before_request(logs.begin)
    app.register_error_handler(CampaignError, _campaign_error)
    app.register_error_handler(CSRFError, _too_old)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(Exception, _fault)


def page(
    status: int, title: str, text: str, *, logged: bool = False, **more: object
) -> Shown:
    """The error page; for the API its sentences as ``application/problem+json``.

    What the reader cannot mend carries the reference under which the log tells more.
    """
    told = {} if status in _MENDABLE else {"reference": logs.reference()}
    if told and not logged:
        _log.warning("answered %s at %s", status, request.endpoint)
    if request.path.startswith(API):
        return problem(status, title, text, **told), status
    more |= told
    # The address is the visitor's own: what they typed into it is not said again.
    more.setdefault("page_address", "/")
    shown = render_template("errors/show.html", title=title, text=text, **more)
    return shown, status


def problem(status: int, title: str, text: str, **more: object) -> Response:
    """What went wrong, as RFC 9457 writes it."""
    facts = {"status": status, "title": title, "detail": text, **more}
    answer = Response(json.dumps(facts, ensure_ascii=False), status)
    answer.content_type = "application/problem+json"
    adapter = request_ctx.url_adapter
    if status == 405 and adapter:  # noqa: PLR2004
        answer.headers["Allow"] = ", ".join(sorted(adapter.allowed_methods()))
    return answer


def status_of(error: CampaignError) -> int:
    """The HTTP status that a domain error is answered with."""
    return next((n for kind, n in _STATUS.items() if isinstance(error, kind)), 422)


def _campaign_error(error: CampaignError) -> Shown:
    status = status_of(error)
    if status == _STATUS[NotFound]:
        return _not_found()
    if status == _STATUS[NotAllowed]:
        return _not_allowed(sentence(error))
    return page(status, _("这一步没有做成"), sentence(error))


def _not_found() -> Shown:
    return page(
        404,
        _("没有找到"),
        _("没有这一页，或者不在您的范围里。请从菜单重新进入。"),
    )


def _not_allowed(text: str) -> Shown:
    view = request.endpoint and _view_action(request.endpoint)
    roles = access.roles_for(view) if view else []
    _note_denial()
    return page(403, _("您的身份不能做这一步"), text, roles=roles)


def _note_denial() -> None:
    """Every refusal is in the log: who, and at which page."""
    if not current_user.is_authenticated:
        return
    me = acting()
    with writing() as db:
        audit.note(
            db,
            "denied",
            user_id=me.user_id,
            role=me.role or "",
            result="denied",
            details={"page": request.endpoint},
            now=now(),
        )


def _view_action(endpoint: str) -> access.Action | None:

    found: access.Action | None = getattr(
        current_app.view_functions.get(endpoint), "action", None
    )
    return found


def _too_old(_error: CSRFError) -> Shown | Answer:
    """The form again as it was filled in, with a new key; it is not sent by itself."""
    where = keeping_typed.came_from() or "/"
    mine = acting().user_id if current_user.is_authenticated else None
    if keeping_typed.put_by(wired(), where, mine):
        return redirect(where, 303)
    return page(
        400,
        _("页面放得太久了"),
        _("为了安全，这次提交没有收下。请返回上一页，刷新以后再提交一次。"),
    )


def _too_often(error: RateLimitExceeded) -> Shown:
    seconds = error.limit.limit.get_expiry() if error.limit else 60
    n = max(1, seconds // 60)
    text = _("试的次数太多了。请等 %(n)s 分钟再试。", n=n)
    return page(429, _("请等 %(n)s 分钟", n=n), text)


def _http_error(error: HTTPException) -> Shown | HTTPException:
    status = error.code or _FAULT
    if status < 400:  # noqa: PLR2004 - a redirect raised by routing
        return error
    if status == 404:  # noqa: PLR2004
        return _not_found()
    if status == 405:  # noqa: PLR2004
        return page(405, _("没有找到"), _("这个地址不能这样打开。请从菜单重新进入。"))
    if status == 413:  # noqa: PLR2004
        text = _("文件太大，最多 32 MB。请删掉图片，或分成几个文件再上传。")
        return page(413, _("文件太大"), text)
    return page(status, _("这一步没有做成"), _("请返回上一页，再试一次。"))


def _database_away(error: Exception) -> Shown:
    # The page must not ask the database who is reading it.
    g.unit, g._login_user = None, AnonymousUserMixin()  # noqa: SLF001
    return _fault(error, status=503)


def _fault(error: Exception, status: int = _FAULT) -> Shown:
    # The message of a database error may hold values: only its kind is logged.
    where = error if status == _FAULT else None
    kind = type(error).__name__
    _log.error("fault %s %s at %s", status, kind, request.endpoint, exc_info=where)
    return page(
        status,
        _("不是您的问题"),
        _("系统出了故障，已经记下来了。请过一会儿再试一次。"),
        logged=True,
        again=request.full_path.rstrip("?") if request.method == "GET" else None,
    )
