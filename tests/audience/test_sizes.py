"""What was counted is kept for each scope by itself, and goes with the rule."""

from __future__ import annotations

from datetime import timedelta

import factories

from campaigns.audience import segments, sizes
from campaigns.audience.rules import Rule
from campaigns.audience.selection import SegmentCount
from campaigns.planning.listing import last_used
from campaigns.register.scope import Scope
from campaigns.vocabulary import Way

COUNTY, BLIND = Scope(("510522",)), Scope(("510522",), 1)


def _saved(session, now, **given):
    return segments.save_segment(
        session, name="两镇的人", rule=Rule(grades=(1,)), by=1, now=now, **given
    )


def test_the_last_count_of_each_scope_is_kept_until_the_rule_changes(session, now):
    made = _saved(session, now)
    told = next(way for way in Way if way.told)
    for people, scope in ((7, COUNTY), (3, BLIND), (9, COUNTY)):
        found = SegmentCount(people, {}, {told: people - 1})
        sizes.keep(session, made.id, scope, found, now + timedelta(minutes=people))
    seen = [sizes.kept(session, scope)[made.id] for scope in (COUNTY, BLIND)]
    assert [(one.people, one.reachable) for one in seen] == [(9, 8), (3, 2)]
    assert seen[0].counted_at == now + timedelta(minutes=9)
    assert sizes.kept(session, Scope(("510522112",))) == {}
    _saved(session, now, segment_id=made.id)
    session.expire_all()
    assert sizes.kept(session, COUNTY) == sizes.kept(session, BLIND) == {}


def test_a_segment_was_last_used_when_its_last_campaign_began(session, now):
    used, other = _saved(session, now), factories.segment(session)
    for days in (5, 2):
        begun = now - timedelta(days=days)
        factories.campaign(session, segment_id=used.id).launched_at = begun
    factories.campaign(session, segment_id=other.id)
    session.flush()
    assert last_used(session) == {used.id: now - timedelta(days=2)}
    assert last_used(session, categories=1) == {}
