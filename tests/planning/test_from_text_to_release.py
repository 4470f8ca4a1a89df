"""The whole way of people: a library text, issued, planned, released, launched."""

from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest

from campaigns.audience import segments
from campaigns.bulletins import drafting, library, readiness, review
from campaigns.bulletins.listing import list_bulletins, usable
from campaigns.delivery import launching
from campaigns.delivery.dispatch import Dispatch
from campaigns.planning import lifecycle
from campaigns.planning.forecast import forecast
from campaigns.reporting.statistics import campaign_statistics

NOW = factories.NOW
WRITER, SECOND = 1, 2
OWN = {
    "phone": "0830-5261234",
    "duty": "0830-5261235",
    "place": "白沙镇卫生院",
    "fee": "每针二十元",
    "age_range": "0至14岁",
    "date": "12月1日",
    "sms_police_spoken": "一二一一零一二三",
}


@pytest.mark.parametrize("text", library.texts(), ids=lambda text: text.id)
def test_every_library_text_reaches_a_phone(session, text):
    factories.unit(session, hold_seconds=60)
    factories.places(session)
    factories.member(session)
    first = library.start_from_library(session, text.id, by=WRITER, now=NOW)
    version = drafting.save_draft(
        session,
        first.bulletin_id,
        {
            "values": {**first.values, **OWN},
            "source": "县卫健局通知",
            "valid_until": date(2026, 12, 31),
        },
        by=WRITER,
        now=NOW,
    )
    assert readiness.faults(session, version, NOW) == []
    assert readiness.longest(session, version).parts == 1
    review.send_for_review(session, version.id, by=WRITER, now=NOW)
    seen = version.content_hash
    review.issue(session, version.id, by=SECOND, seen=seen, now=NOW, heard_by="王主任")
    assert [row.version_id for row in usable(session, NOW)] == [version.id]
    assert list_bulletins(session)[0].parts == 1
    everybody = segments.make_standard_segments(session, NOW)[0]
    campaign = lifecycle.draft_campaign(
        session,
        name=text.name,
        version_id=version.id,
        segment_id=everybody.id,
        channels=["sms", "loudspeaker"],
        provider="simulator",
        by=WRITER,
        now=NOW,
    )
    lifecycle.submit(session, campaign.id, by=WRITER, now=NOW)
    foreseen = forecast(session, campaign, NOW)
    lifecycle.release(
        session,
        campaign.id,
        by=SECOND,
        content_hash=campaign.content_hash,
        now=NOW,
    )
    assert not launching.launch(session, campaign.id, NOW)
    later = NOW + timedelta(seconds=61)
    assert launching.launch(session, campaign.id, later)
    seen_now = campaign_statistics(session, campaign.id)
    assert seen_now.messages == {"queued": foreseen.will_send}
    words = Dispatch.of(session, campaign.id).words("sms", "510522112", None)
    assert "${" not in words.text
    assert words.parts == 1
