"""Saved segments, and the standard ones that every county starts with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.audience import sizes
from campaigns.audience.models import Segment
from campaigns.audience.rules import Rule
from campaigns.errors import NotFound, Refused, mark
from campaigns.vocabulary import Category
from campaigns.words import word

_NAME_LENGTH = 60
_DEPTH = 5


def standard_rules() -> dict[str, Rule]:
    """Name and rule of each segment that exists from the start."""
    by_category = {
        word(f"category_{int(category)}"): Rule(categories=(int(category),))
        for category in Category
    }
    return {
        "全县在册人员": Rule(),
        **by_category,
        "重度（一级、二级）": Rule(grades=(1, 2)),
        "独居": Rule(living_alone=True),
    }


def make_standard_segments(session: Session, now: datetime) -> list[Segment]:
    """Add the standard segments that are not there yet, and return all of them."""
    made = {s.name: s for s in session.scalars(select(Segment))}
    for name, rule in standard_rules().items():
        if name not in made:
            made[name] = Segment(
                name=name, rule=rule.to_json(), standard=True, made_at=now
            )
            session.add(made[name])
    session.flush()
    return [made[name] for name in standard_rules()]


def save_segment(  # noqa: PLR0913 - what it is, who made it and which one it replaces
    session: Session,
    *,
    name: str,
    rule: Rule,
    by: int | None,
    now: datetime,
    segment_id: int | None = None,
) -> Segment:
    """Make a segment, or change the one with ``segment_id``.

    Raises Refused for a name that is missing, too long or taken, and for exceptions
    that lead back to the segment itself.
    """
    title = _title(session, name, segment_id)
    segment = (
        Segment(made_by=by, made_at=now)
        if segment_id is None
        else get_segment(session, segment_id)
    )
    if segment.standard:
        raise Refused(mark("这是系统自带的人群，不能改。请另存为新的人群。"))
    segment.name = title
    segment.rule = replace(rule, except_rule=None).to_json()
    session.add(segment)
    session.flush()
    rule_of(session, segment)
    sizes.forget(session, segment.id)
    return segment


def get_segment(session: Session, segment_id: int) -> Segment:
    """The segment. Raises NotFound."""
    segment = session.get(Segment, segment_id)
    if segment is None or segment.archived_at is not None:
        raise NotFound(mark("没有找到这个人群，可能已经删除。请从列表里选。"))
    return segment


def list_segments(session: Session) -> list[Segment]:
    """All segments in use, the standard ones first."""
    found = select(Segment).where(Segment.archived_at.is_(None))
    return list(session.scalars(found.order_by(Segment.standard.desc(), Segment.id)))


def archive_segment(session: Session, segment_id: int, now: datetime) -> None:
    """Take a segment off the list; campaigns that used it keep their frozen rule."""
    segment = get_segment(session, segment_id)
    if segment.standard:
        raise Refused(mark("这是系统自带的人群，不能删除。"))
    segment.archived_at = now
    session.flush()


def rule_of(session: Session, segment: Segment) -> Rule:
    """The segment's rule, with the rule of its excepted segment looked up.

    This is what a campaign freezes. Raises Refused when exceptions form a circle.
    """
    return resolve(session, Rule.from_json(segment.rule))


def resolve(session: Session, rule: Rule, depth: int = 0) -> Rule:
    """Look up the rule of the excepted segment, and of that one's, and so on."""
    if rule.except_segment is None:
        return rule
    if depth >= _DEPTH:
        raise Refused(mark("“不包括”绕回了自己。请换一个不包括的人群。"))
    other = get_segment(session, rule.except_segment)
    inner = resolve(session, Rule.from_json(other.rule), depth + 1)
    return replace(rule, except_rule=inner)


def _title(session: Session, name: str, segment_id: int | None) -> str:
    title = " ".join(name.split())
    if not 1 <= len(title) <= _NAME_LENGTH:
        raise Refused(
            mark("人群要有名称，不超过 %(most)s 个字。请填写。"), most=_NAME_LENGTH
        )
    taken = session.scalar(select(Segment.id).where(Segment.name == title))
    if taken not in {None, segment_id}:
        raise Refused(mark("已经有叫“%(name)s”的人群。请换一个名称。"), name=title)
    return title
