"""Replies: what people wrote back or said by telephone, until each is answered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.delivery.models import Reply
from campaigns.fieldwork import reply_desk
from campaigns.fieldwork.replies import TELEPHONE, follow, take, who_is_behind
from campaigns.register.optouts import standing
from campaigns.register.phones import read_phone
from campaigns.vocabulary import Level, Wish
from outreach import accounts
from outreach.access import Action, scope
from outreach.rows import show_all
from outreach.web.forms import Typed, asked_id
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("replies", __name__, url_prefix="/delivery/replies")
_WRONG = 422
WISHES = tuple(wish for wish in Wish if wish is not Wish.DUTY)


@bp.get("")
@needs(Action.ANSWER_REPLIES)
def index() -> str:
    """Open replies, the most urgent first, or the closed ones."""
    closed = "closed" in request.args
    before, campaign = asked_id("before"), asked_id("campaign")
    with reading() as session:
        rows = reply_desk.list_replies(
            session,
            scope(acting()),
            closed=closed,
            campaign_id=campaign,
            before=before,
        )
        show_all(session)
        people = {row.id: who_is_behind(session, row.phone_index) for row in rows}
        names = accounts.names_of(session, [row.opened_by for row in rows])
    more = rows[-1].id if closed and len(rows) == reply_desk.PAGE else None
    return render_template(
        "delivery/replies.html",
        rows=rows,
        people=people,
        names=names,
        closed=closed,
        campaign=campaign,
        more=more,
        moment=now(),
    )


@bp.get("/new")
@needs(Action.ANSWER_REPLIES)
def new() -> str:
    """The form for what somebody said on the telephone."""
    typed = Typed(wish=Wish.OTHER)
    return render_template("delivery/reply_new.html", typed=typed, wishes=WISHES)


@bp.post("/new")
@needs(Action.ANSWER_REPLIES)
def enter() -> Response | tuple[str, int]:
    """Keep it like a text that came in."""
    typed = Typed()
    said = typed.text("said", _("请写下对方说的话。"))
    wish = typed.choice("wish", WISHES, _("请选对方要什么。"))
    with typed.catching("phone"), writing() as session:
        phone, me = read_phone(typed["phone"]), acting().user_id
        if typed:
            show_all(session)
            reply = take(session, TELEPHONE, None, phone, said, now(), entered_by=me)
            if reply.wish is Wish.OTHER and wish != Wish.OTHER:
                follow(session, reply, Wish(wish), now())
            noted(session, "enter_reply", f"reply:{reply.id}")
    if not typed:
        form = render_template(
            "delivery/reply_new.html", typed=typed, errors=typed.errors, wishes=WISHES
        )
        return form, _WRONG
    flash(_("记下了。"), "good")
    return redirect(url_for("replies.index"), 303)


@bp.get("/<int:reply_id>")
@needs(Action.ANSWER_REPLIES)
def show(reply_id: int) -> str:
    """The conversation, who is behind the number, and how it can end."""
    with reading() as session:
        reply = reply_desk.get_reply(session, scope(acting()), reply_id)
        return _page(session, reply, Typed(wish=reply.wish, wrote=reply.member_id))


@bp.post("/<int:reply_id>/open")
@needs(Action.ANSWER_REPLIES)
def take_up(reply_id: int) -> Response:
    """I deal with it."""
    with writing() as session:
        reply = reply_desk.get_reply(session, scope(acting()), reply_id)
        reply_desk.open_reply(session, reply, by=acting().user_id, now=now())
        noted(session, "open_reply", f"reply:{reply_id}")
    flash(_("这条由您来办。"), "good")
    return redirect(url_for("replies.show", reply_id=reply_id), 303)


@bp.post("/<int:reply_id>/pass")
@needs(Action.ANSWER_REPLIES)
def pass_on(reply_id: int) -> Response:
    """Hand it to the village, the township or the county."""
    asked = request.form.get("level", "")
    level = Level(asked) if asked in set(Level) else Level.GROUP
    with writing() as session:
        reply = reply_desk.get_reply(session, scope(acting()), reply_id)
        reply_desk.pass_on(session, reply, level, now=now())
        noted(session, "pass_reply", f"reply:{reply_id}", level=level.value)
    flash(_("转过去了，到时候没人办会自动往上转。"), "good")
    return redirect(url_for("replies.index"), 303)


@bp.post("/<int:reply_id>/close")
@needs(Action.ANSWER_REPLIES)
def close(reply_id: int) -> Response | tuple[str, int]:
    """End it with what was done; a refusal that is read in it counts at once."""
    typed = Typed()
    wish = typed.choice("wish", WISHES, _("请选对方要什么。"))
    wrote = int(typed["wrote"]) if typed["wrote"].isdecimal() else None
    with typed.catching("outcome"), writing() as session:
        reply = reply_desk.get_reply(session, scope(acting()), reply_id)
        if typed:
            show_all(session)
            reply_desk.close_reply(
                session,
                reply,
                outcome=typed["outcome"][:500],
                wish=Wish(wish),
                wrote=wrote,
                by=acting().user_id,
                now=now(),
            )
            noted(session, "close_reply", f"reply:{reply_id}")
    return _closed(reply_id, typed)


def _closed(reply_id: int, typed: Typed) -> Response | tuple[str, int]:
    if typed:
        flash(_("办结了。"), "good")
        return redirect(url_for("replies.index"), 303)
    with reading() as session:
        reply = reply_desk.get_reply(session, scope(acting()), reply_id)
        return _page(session, reply, typed), _WRONG


def _page(session: Session, reply: Reply, typed: Typed) -> str:
    show_all(session)
    behind = who_is_behind(session, reply.phone_index)
    staff = [reply.opened_by, reply.closed_by, reply.entered_by]
    return render_template(
        "delivery/reply.html",
        reply=reply,
        behind=behind,
        turns=reply_desk.conversation(session, reply),
        names=accounts.names_of(session, staff),
        refusal=standing(session, reply.phone_index),
        wishes=WISHES,
        levels=reply_desk.LEVELS,
        typed=typed,
        errors=typed.errors,
        moment=now(),
    )
