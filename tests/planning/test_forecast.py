from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import factories
import pytest

from campaigns.planning.drafting import draft_campaign
from campaigns.planning.forecast import forecast
from campaigns.register.models import OptOut
from campaigns.vocabulary import Category, LegalBasis, MemberStatus, Reason

NOW = factories.NOW


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session, hold_seconds=60)
    factories.places(session)


def plan(session, channels=("sms", "loudspeaker"), rule=None, text=None):
    version = factories.version(session, sms_text=text or "天热，多喝水。")
    return draft_campaign(
        session,
        name="高温",
        version_id=version.id,
        segment_id=factories.segment(session, rule=rule or {}).id,
        channels=channels,
        provider="simulator",
        by=1,
        now=NOW,
    )


def test_everybody_is_sent_to_or_skipped_with_a_reason(session):
    factories.member(session)
    shared = factories.member(session)
    factories.member(session, phone=shared.phone, phone_index=shared.phone_index)
    factories.member(session, phone=None, phone_index=None)
    factories.member(session, phone=None, village=None)
    factories.member(session, status=MemberStatus.DECEASED)
    factories.member(session, legal_basis=LegalBasis.NONE)
    refused = factories.member(session)
    session.add(OptOut(phone_index=refused.phone_index, source="sms", recorded_at=NOW))
    factories.member(session, categories=0b11, category=Category.MULTIPLE)
    factories.member(
        session, category=Category.INTELLECTUAL, guardian_phone="+8614000099999"
    )
    seen = forecast(session, plan(session), NOW)
    assert (seen.will_send, seen.messages, seen.to_guardians) == (3, 4, 1)
    assert seen.skipped == dict.fromkeys(
        [
            Reason.SHARED_PHONE,
            Reason.NO_PHONE,
            Reason.NO_CONTACT,
            Reason.INACTIVE,
            Reason.NO_LEGAL_BASIS,
            Reason.OPTED_OUT,
            Reason.DEAF_BLIND,
        ],
        1,
    )
    assert seen.audience == 10 == seen.will_send + seen.not_sent


def test_parts_are_counted_with_the_name_of_each_township(session):
    factories.member(session)
    factories.member(session, township="510522102", village="510522102201")
    session.get_one(factories.Place, "510522102").name = "白沙长江边上的大镇"
    session.flush()
    text = "字" * (70 - len("【合江县残联】") - len("福宝镇")) + "${乡镇}"
    seen = forecast(session, plan(session, text=text), NOW)
    assert (seen.will_send, seen.parts, seen.longest) == (2, 3, 2)
    assert seen.cost == Decimal("0.15")


def test_villages_are_those_of_the_rules_places(session):
    everywhere = forecast(session, plan(session), NOW)
    one = forecast(session, plan(session, rule={"townships": ["510522112"]}), NOW)
    mixed = forecast(
        session,
        plan(
            session,
            rule={"townships": ["510522112"], "villages": ["510522102201"]},
        ),
        NOW,
    )
    silent = forecast(session, plan(session, channels=("sms",)), NOW)
    counts = [seen.villages for seen in (everywhere, one, mixed, silent)]
    assert counts == [4, 2, 3, 0]


def test_without_texts_nobody_is_counted_as_written_to(session):
    factories.member(session)
    seen = forecast(session, plan(session, channels=("loudspeaker",)), NOW)
    assert (seen.audience, seen.will_send, seen.parts) == (1, 0, 0)
    assert seen.skipped == {Reason.WRONG_CHANNEL: 1}


def test_it_says_when_it_begins_and_ends(session):
    for _ in range(3):
        factories.member(session)
    campaign = plan(session)
    seen = forecast(session, campaign, NOW, per_second=0.1)
    assert seen.begins_at == NOW + timedelta(seconds=60)
    assert seen.ends_at == seen.begins_at + timedelta(seconds=30)
    campaign.send_before = NOW + timedelta(seconds=70)
    assert forecast(session, campaign, NOW, per_second=0.1).ends_at is None
