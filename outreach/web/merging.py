"""Two rows of one person become one: which stays, and whose value, field by field."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.fieldwork import merging
from campaigns.register import duplicates, merged
from campaigns.register.members import get_member
from campaigns.register.models import Member
from outreach.access import Action, scope
from outreach.rows import show_all
from outreach.web import register_lists
from outreach.web.forms import Typed, saying_why
from outreach.web.gate import acting, needs, now, reading, writing
from outreach.web.noting import noted

bp = Blueprint("merging", __name__, url_prefix="/register/duplicates")
_WRONG = 422


@bp.get("/<int:one>/<int:two>")
@needs(Action.MERGE_MEMBERS)
def ask(one: int, two: int) -> str:
    """The two rows, and a choice wherever they differ."""
    with reading() as db:
        pair = duplicates.get_pair(db, scope(acting()), one, two)
        whose = {group: it.id for group, it in merged.proposed(*pair).items()}
        return _form(db, Typed(keep=merged.better(*pair).id, **whose), pair)


@bp.post("/<int:one>/<int:two>")
@needs(Action.MERGE_MEMBERS)
def merge(one: int, two: int) -> Response | tuple[str, int]:
    """One of them stays, with what was chosen."""
    typed = Typed()
    with writing() as db:
        pair = duplicates.get_pair(db, scope(acting()), one, two)
        show_all(db)
        with typed.catching("keep"):
            kept, taken = _chosen(typed, pair)
            if typed:
                return _merged(db, kept, pair, taken)
        return _form(db, typed, pair), _WRONG


@bp.post("/<int:duplicate_id>/separate")
@needs(Action.MERGE_MEMBERS)
def separate(duplicate_id: int) -> Response:
    """They are two again."""
    with writing() as db:
        made = merged.get_merge(db, duplicate_id)
        member_id = get_member(db, scope(acting()), made.member_id).id
        with saying_why():
            merging.separate(db, made, by=acting().user_id, now=now())
            noted(db, "separate_members", f"member:{member_id}", other=made.other_id)
            flash(_("已撤销，又是两个人了。"), "good")
    return redirect(url_for("register.show", member_id=member_id), 303)


def _chosen(typed: Typed, pair: tuple[Member, Member]) -> tuple[Member, list[str]]:
    """Who stays, and what is taken from the other."""
    numbers = [str(it.id) for it in pair]
    keep = typed.choice("keep", numbers, _("请选留下哪一条。"))
    for group in merged.differing(*pair):
        typed.choice(group, numbers, _("请选用哪一条的。"))
    taken = [group for group in merged.differing(*pair) if typed[group] != keep]
    return pair[1] if keep == numbers[1] else pair[0], taken


def _merged(
    db: Session, kept: Member, pair: tuple[Member, Member], taken: list[str]
) -> Response:
    other = next(it for it in pair if it is not kept)
    merging.merge(db, kept, other, taken, by=acting().user_id, now=now())
    noted(db, "merge_members", f"member:{kept.id}", other=other.id, fields=taken)
    flash(_("已合并。还没有再发信息之前，可以在这里撤销。"), "good")
    return redirect(url_for("register.show", member_id=kept.id), 303)


def _form(db: Session, typed: Typed, pair: tuple[Member, Member]) -> str:
    return render_template(
        "register/merge.html",
        typed=typed,
        errors=typed.errors,
        pair=pair,
        groups=merged.differing(*pair),
        names=register_lists.names(db, *pair),
    )
