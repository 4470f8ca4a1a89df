"""Segments: read, counted and saved, each within one's own categories."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.audience import segments, selection
from campaigns.audience.models import Segment
from campaigns.audience.rules import Rule
from campaigns.errors import mark
from outreach.access import Action, scope
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.api.paging import listed
from outreach.providers import calls_here
from outreach.web.gate import acting, now, wired
from outreach.web.noting import noted


@operation(
    "get",
    "/segments",
    Action.DEFINE_SEGMENTS,
    mark("看人群"),
    query=shapes.Page,
    answers=shapes.Segments,
)
def list_segments(session: Session, asked: shapes.Page) -> shapes.Segments:
    """Saved segments in the order of their ids."""
    found = [s for s in segments.list_segments(session) if s.id > asked.after]
    rows = sorted(found, key=lambda each: each.id)
    return listed(shapes.Segments, rows, asked, _shown)


@operation(
    "get",
    "/segments/{segment_id}",
    Action.DEFINE_SEGMENTS,
    mark("看一个人群"),
    answers=shapes.Segment,
)
def read_segment(session: Session, segment_id: int) -> shapes.Segment:
    """One segment."""
    return _shown(segments.get_segment(session, segment_id))


@operation(
    "post",
    "/segments",
    Action.DEFINE_SEGMENTS,
    mark("保存人群"),
    body=shapes.NewSegment,
    answers=shapes.Segment,
    found_at="/segments/{id}",
    status=201,
)
def save_segment(session: Session, asked: shapes.NewSegment) -> shapes.Segment:
    """Save a rule under a name."""
    rule = _rule(session, asked.rule)
    saved = segments.save_segment(
        session, name=asked.name, rule=rule, by=acting().user_id, now=now()
    )
    noted(session, "save_segment", f"segment:{saved.id}")
    return _shown(saved)


@operation(
    "post",
    "/segments/count",
    Action.DEFINE_SEGMENTS,
    mark("数一数有多少人"),
    body=shapes.RuleAsked,
    answers=shapes.SegmentCount,
)
def count_segment(session: Session, asked: shapes.RuleAsked) -> shapes.SegmentCount:
    """How many people a rule finds; nothing is kept."""
    rule = segments.resolve(session, _rule(session, asked.rule))
    voice = calls_here(wired().settings)
    found = selection.count(session, rule, scope(acting()), now(), voice=voice)
    return shapes.SegmentCount(
        total=found.total,
        reachable=found.reachable,
        by_township=found.by_township,
        by_category={str(int(c)): n for c, n in found.by_category.items()},
        reasons={reason.value: n for reason, n in found.reasons.items()},
    )


def _rule(session: Session, asked: shapes.Rule) -> Rule:
    rule = Rule.from_json(asked.model_dump()).within(acting().categories)
    segments.resolve(session, rule)
    return rule


def _shown(segment: Segment) -> shapes.Segment:
    return shapes.Segment(
        id=segment.id,
        name=segment.name,
        standard=segment.standard,
        rule=dict(segment.rule),
    )
