"""The second person's own phone: the exact text, the audience, the cost, yes or no."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, mark
from campaigns.planning import approving, lifecycle
from campaigns.register.unit import current_unit
from outreach import approvers, audit, previews, second_step
from outreach.accounts import password_fits
from outreach.approvers import Asked
from outreach.recording import script_of
from outreach.rows import show_all
from outreach.web import media
from outreach.web.campaign_check import checked
from outreach.web.forms import Typed
from outreach.web.four_forms import townships
from outreach.web.gate import now, open_to_everyone, reading, wired, writing
from outreach.web.safety import limiter

bp = Blueprint("approval", __name__, url_prefix="/approval")
_WRONG = 422


def _whose() -> str:
    """Tries are counted for the person, whichever link they come with."""
    token = str((request.view_args or {}).get("token", ""))
    return f"approval {token.partition('-')[0].split('x')[1:2]}"


def _failed(answer: Response) -> bool:
    return answer.status_code == _WRONG


@bp.get("/<token>")
@open_to_everyone
@limiter.limit("60/minute")
def show(token: str) -> str:
    """Everything that the page in the office shows; opening it decides nothing."""
    return _page(token, Typed())


@bp.post("/<token>")
@open_to_everyone
@limiter.limit("10/15 minutes", key_func=_whose, deduct_when=_failed)
def decide(token: str) -> str | tuple[str, int]:
    """Agree or return; the link alone does neither, the person's password does."""
    typed = Typed()
    decision = typed.choice("decision", ("agree", "return"), _("请选同意还是退回。"))
    with writing() as session:
        asked = approvers.asked(session, token, wired().signer, now())
        if not _is_them(session, asked, typed):
            typed.wrong("proof", _("密码或口令不对。请再输一次。"))
            _note(session, asked, "release_campaign", "refused")
    if typed:
        with typed.catching("reason"), writing() as session:
            _decide(session, token, typed)
    if not typed:
        return _page(token, typed), _WRONG
    return render_template("sign_in/decided.html", agreed=decision == "agree")


@bp.get("/<token>/clip")
@open_to_everyone
@limiter.limit("60/minute")
def clip(token: str) -> Response:
    """The recording as the first township hears it."""
    with reading() as session:
        show_all(session)
        asked = approvers.asked(session, token, wired().signer, now())
        name, pace = townships(session)[0][1], wired().settings.pace
        version, unit = asked.campaign.version, current_unit(session)
        script = script_of(session, version, unit, name, pace=pace)
    folder = wired().settings.media_dir
    found = previews.status(folder, script.fingerprint(), now()).clip
    if found is None:
        raise NotFound(mark("这段录音还没有做好。"))
    return media.served(found.files[0].path, media.MP3, print_=found.files[0].sha256)


def _is_them(session: Session, asked: Asked, typed: Typed) -> bool:
    """As at the door: the password, and a code of who signs in with two steps."""
    user = asked.user
    if not password_fits(user, typed["proof"]):
        return False
    if second_step.standing(session, user.id) is None:
        return not wired().settings.two_steps
    return second_step.fits(session, user.id, typed["code"], now())


def _decide(session: Session, token: str, typed: Typed) -> None:
    show_all(session)
    asked = approvers.asked(session, token, wired().signer, now())
    campaign, by = asked.campaign, asked.user.id
    if typed["decision"] == "return":
        reason = typed["reason"]
        lifecycle.send_back(session, campaign.id, by=by, reason=reason, now=now())
        _note(session, asked, "send_back_campaign")
        return
    content = campaign.content_hash
    approving.by_phone(session, campaign.id, by=by, content_hash=content, now=now())
    _note(session, asked, "release_campaign", content=content)


def _note(
    session: Session, asked: Asked, deed: str, result: str = "done", **more: str
) -> None:
    audit.note(
        session,
        deed,
        f"campaign:{asked.campaign.id}",
        user_id=asked.user.id,
        role=asked.acting.role or "",
        result=result,
        details={"way": "phone", **more},
        now=now(),
    )


def _page(token: str, typed: Typed) -> str:
    with reading() as session:
        show_all(session)
        asked = approvers.asked(session, token, wired().signer, now())
        values = checked(session, asked.campaign)
        view = values["view"]
        heard = url_for("approval.clip", token=token) if view.sound.address else ""
        sound = replace(view.sound, address=heard, record_at="")
        values["view"] = replace(view, sound=sound)
        return render_template(
            "sign_in/approval.html",
            **values,
            who=asked.user.shown_as,
            two_steps=second_step.standing(session, asked.user.id) is not None,
            typed=typed,
            errors=typed.errors,
        )
