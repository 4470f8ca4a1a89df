"""Segments: the list, the builder with its live count, and saving."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.audience import segments, selection, sizes
from campaigns.audience.explaining import SENTENCES
from campaigns.audience.models import Segment
from campaigns.audience.rules import Rule, in_words
from campaigns.audience.selection import SegmentCount
from campaigns.errors import CampaignError
from campaigns.planning.listing import last_used
from campaigns.privacy import mask_name
from campaigns.register.places import Gazetteer, names_by_code
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Category, Way
from outreach import access
from outreach.access import Action
from outreach.accounts import names_of
from outreach.providers import calls_here
from outreach.web.gate import acting, needs, now, reading, wired, writing
from outreach.web.languages import language, sentence, shown_word
from outreach.web.noting import noted
from outreach.web.rule_form import flag, read_rule

bp = Blueprint("audience", __name__, url_prefix="/audience")


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as a list may show them: masked, with category and place codes."""

    name: str
    category: int
    township: str
    village: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule finds: in words, in numbers, and a few people; or what is wrong."""

    fault: str = ""
    rule: str = ""
    count: SegmentCount | None = None
    names: dict[str, str] = field(default_factory=dict)
    sample: list[Seen] = field(default_factory=list)

    @property
    def sentences(self) -> dict[Way, str]:
        """How each way reaches a person, or why it does not (msgids)."""
        return SENTENCES

    @property
    def categories(self) -> list[int]:
        """The certificate categories that are found at all."""
        return list(self.count.by_category) if self.count else []


@dataclass(frozen=True, slots=True)
class Town:
    """A township with its villages, and how many of them the rule names."""

    code: str
    name: str
    villages: list[tuple[str, str]]
    chosen: int


@bp.get("/")
@needs(Action.DEFINE_SEGMENTS)
def index() -> str:
    """All segments with their size today."""
    with reading() as session:
        names = names_by_code(session, current_unit(session).place_code)
        rows = _rows(session, segments.list_segments(session), names)
    return render_template("audience/index.html", rows=rows)


@bp.get("/new")
@needs(Action.DEFINE_SEGMENTS)
def new() -> str:
    """An empty builder."""
    with reading() as session:
        return _builder(session, Rule(), "", None)


@bp.get("/<int:segment_id>")
@needs(Action.DEFINE_SEGMENTS)
def show(segment_id: int) -> str:
    """A saved segment, counted; what was found is kept for the list."""
    with reading() as session:
        segment = segments.get_segment(session, segment_id)
        rule = Rule.from_json(segment.rule)
        found = _count(session, rule)
        page = _builder(session, rule, segment.name, segment, found)
    if found.count:
        with writing() as session:
            sizes.keep(session, segment_id, access.scope(acting()), found.count, now())
    return page


@bp.post("/new")
@bp.post("/<int:segment_id>")
@needs(Action.DEFINE_SEGMENTS)
def save(segment_id: int | None = None) -> str | Response | tuple[str, int]:
    """Count, or save what was built."""
    name = request.form.get("name", "")
    if request.form.get("deed") != "save":
        return _counted(name, segment_id)
    try:
        with writing() as session:
            rule = _asked(session)
            saved = segments.save_segment(
                session,
                name=name,
                rule=rule,
                by=acting().user_id,
                now=now(),
                segment_id=segment_id,
            )
            noted(session, "save_segment", f"segment:{saved.id}")
            flash(_("已保存人群“%(name)s”。", name=saved.name), "good")
            return redirect(url_for("audience.show", segment_id=saved.id), 303)
    except CampaignError as error:
        return _counted(name, segment_id, sentence(error)), 422


@bp.post("/count")
@needs(Action.DEFINE_SEGMENTS)
def count() -> str:
    """The result alone, for a page that counts while somebody chooses."""
    with reading() as session:
        result = _tried(session)
    return render_template("audience/_result.html", result=result)


def _counted(name: str, segment_id: int | None, fault: str = "") -> str:
    with reading() as session:
        result = _tried(session) if not fault else Result(fault=fault)
        segment = segment_id and segments.get_segment(session, segment_id)
        try:
            rule = _asked(session)
        except CampaignError:
            rule = Rule()
        return _builder(session, rule, name, segment or None, result)


def _tried(session: Session) -> Result:
    try:
        return _count(session, _asked(session))
    except CampaignError as error:
        return Result(fault=sentence(error))


def _asked(session: Session) -> Rule:
    rule = read_rule(request.form).within(acting().categories)
    segments.resolve(session, rule)
    return rule


def _count(session: Session, rule: Rule) -> Result:
    names = names_by_code(session, current_unit(session).place_code)
    scope = access.scope(acting())
    whole = segments.resolve(session, rule.within(acting().categories))
    voice = calls_here(wired().settings)
    found = selection.count(session, whole, scope, now(), voice=voice)
    shown = [
        Seen(mask_name(m.name), m.certificate_category, m.township, m.village)
        for m in selection.sample(session, whole, scope, now())
    ]
    return Result("", in_words(whole, names, language()), found, names, shown)


def _rows(
    session: Session, found: list[Segment], names: dict[str, str]
) -> list[dict[str, Any]]:
    own = acting().categories
    rules = [segments.rule_of(session, each).within(own) for each in found]
    totals = selection.sizes(session, rules, access.scope(acting()), now())
    makers = names_of(session, [each.made_by for each in found])
    counted = sizes.kept(session, access.scope(acting()))
    used = last_used(session, categories=own)
    return [
        {
            "id": segment.id,
            "name": segment.name,
            "standard": segment.standard,
            "rule": in_words(rule, names, language()),
            "total": total,
            "counted": counted.get(segment.id),
            "used": used.get(segment.id),
            "maker": makers.get(segment.made_by or 0, "–"),
        }
        for segment, rule, total in zip(found, rules, totals, strict=True)
    ]


def _builder(
    session: Session,
    rule: Rule,
    name: str,
    segment: Segment | None,
    result: Result | None = None,
) -> str:
    own = acting().categories
    return render_template(
        "audience/edit.html",
        rule=rule,
        name=name,
        segment_id=segment.id if segment else None,
        editable=segment is None or not segment.standard,
        result=result,
        flag=flag,
        more=_uses_more(rule),
        towns=_towns(session, rule),
        others=[s for s in segments.list_segments(session) if s != segment],
        own_categories=[
            shown_word(f"category_{int(c)}") for c in Category if own and c.bit & own
        ],
    )


def _uses_more(rule: Rule) -> bool:
    flags = (rule.living_alone, rule.chronic_illness, rule.has_phone)
    return bool(rule.sex or rule.except_segment) or any(f is not None for f in flags)


def _towns(session: Session, rule: Rule) -> list[Town]:
    known = _gazetteer(session)
    return [
        Town(
            town.code,
            town.name,
            villages := [(v.code, v.name) for v in known.villages(town.code)],
            sum(code in rule.villages for code, _name in villages),
        )
        for town in known.townships()
    ]


def _gazetteer(session: Session) -> Gazetteer:
    return Gazetteer.of(session, current_unit(session).place_code)
