"""Whom a text or a call reaches of each segment, counted after a list came in.

A page of all segments cannot go through the register once for each of them; here a
worker does: some ten counts, a second at 35,000 people.
"""

from __future__ import annotations

from campaigns.audience import segments, sizes
from campaigns.audience.selection import count
from campaigns.register.scope import Scope
from campaigns.register.unit import current_unit
from outreach.providers import calls_here
from outreach.wiring import Wiring


def keep_sizes(wiring: Wiring) -> None:
    """Count each segment of the county's office, and keep the figures for its list."""
    now, voice = wiring.clock(), calls_here(wiring.settings)
    with wiring.database.reading() as session:
        scope = Scope((current_unit(session).place_code,))
        found = {
            each.id: count(
                session, segments.rule_of(session, each), scope, now, voice=voice
            )
            for each in segments.list_segments(session)
        }
    with wiring.database.writing() as session:
        for segment_id, counted in found.items():
            sizes.keep(session, segment_id, scope, counted, now)
