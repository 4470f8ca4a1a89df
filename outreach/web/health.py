"""Whether the service lives, can work, and what each part is doing."""

from __future__ import annotations

from hmac import compare_digest

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as Answer

from campaigns.delivery import quarantine
from campaigns.errors import NotFound, mark
from campaigns.planning import lifecycle
from outreach import audit, condition, metrics
from outreach.access import Action
from outreach.web.campaign_check import found, require_for
from outreach.web.gate import (
    acting,
    needs,
    now,
    open_to_everyone,
    reading,
    wired,
    writing,
)
from outreach.web.safety import limiter

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to_everyone
@limiter.exempt
def alive() -> Response:
    """200 when this process and its database answer."""
    try:
        with reading() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response("database\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@open_to_everyone
@limiter.exempt
def ready() -> Response:
    """200 when broker and worker answer too; else 503 with the names of the parts."""
    with reading() as db:
        parts = condition.parts(wired(), db, now())
    lacking = [part.name for part in parts if part.needed and not part.well]
    body = "\n".join(lacking or ["ok"]) + "\n"
    return Response(body, 503 if lacking else 200, mimetype="text/plain")


@bp.get("/metrics")
@open_to_everyone
@limiter.exempt
def figures() -> Response:
    """Counts for a monitor that knows the key; 404 for everybody else."""
    key = wired().settings.metrics_key.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not key or not compare_digest(given.encode(), key.encode()):
        raise NotFound(mark("没有这一页。"))
    with reading() as db:
        return Response(metrics.text(wired(), db, now()), mimetype=metrics.KIND)


@bp.get("/health")
@needs(Action.READ_HEALTH)
def show() -> str:
    """Every part with its state and what to do; counts only, no person."""
    with reading() as db:
        parts = condition.parts(wired(), db, now())
        running = condition.running(db)
    return render_template("health/show.html", parts=parts, running=running)


@bp.get("/health/receipts")
@needs(Action.READ_HEALTH)
def strays() -> str:
    """Reports that fit no message, the latest first; no person."""
    with reading() as db:
        rows = quarantine.listed(db)
    return render_template("health/strays.html", rows=rows)


@bp.get("/health/campaigns/<int:number>/stop")
@needs(Action.STOP_CAMPAIGNS)
def ask_to_stop(number: int) -> str:
    """What stopping means, before it is done."""
    return render_template("health/stop.html", number=number)


@bp.post("/health/campaigns/<int:number>/stop")
@needs(Action.STOP_CAMPAIGNS)
def stop(number: int) -> Answer:
    """Stop a campaign for safety; starting again is the coordinator's."""
    me = acting()
    with writing() as db:
        require_for(db, found(db, number))
        lifecycle.cancel(db, number, by=me.user_id, now=now())
        subject, role = f"campaign:{number}", me.role or ""
        audit.note(db, "stop", subject, user_id=me.user_id, role=role, now=now())
    flash(_("任务已停止。"), "good")
    return redirect("/health", 303)
