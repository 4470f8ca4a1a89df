"""A campaign is not submitted to a carrier that would refuse its text."""

from __future__ import annotations

import factories
import pytest

from campaigns.bulletins.templates import note_template
from campaigns.bulletins.wording import ALERT
from campaigns.delivery.dispatch import Dispatch
from campaigns.errors import NotReady
from campaigns.planning import lifecycle
from campaigns.planning.carriage import carrier_faults
from campaigns.planning.forecast import forecast
from campaigns.vocabulary import CampaignState, Channel, Urgency

NOW = factories.NOW
TEXT = "${township}的乡亲：高温，多喝水。"


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)
    factories.member(session)


def planned(session, provider, text=TEXT, **given):
    facts = {"status": CampaignState.DRAFT, "approved_by": None, "approved_at": None}
    version = factories.version(session, sms_text=text, urgency=Urgency.TIP)
    return factories.campaign(
        session, provider=provider, version_id=version.id, **{**facts, **given}
    )


def approve(session, text):
    note_template(
        session, "aliyun", text, code="SMS_7", state="approved", by=1, now=NOW
    )


def test_an_unfiled_text_stays_a_draft_and_says_why(session):
    campaign = planned(session, "aliyun")
    with pytest.raises(NotReady, match="阿里云短信还没有通过这篇的模板"):
        lifecycle.submit(session, campaign.id, by=1, now=NOW)
    approve(session, TEXT)
    lifecycle.submit(session, campaign.id, by=1, now=NOW)
    assert campaign.status is CampaignState.SUBMITTED


def test_the_loudspeaker_s_alerts_need_their_template_too(session):
    campaign = planned(session, "aliyun", channels=["sms", "loudspeaker"])
    approve(session, TEXT)
    assert list(carrier_faults(session, campaign, "aliyun"))
    approve(session, ALERT)
    assert list(carrier_faults(session, campaign, "aliyun")) == []


def test_a_carrier_of_templates_is_handed_code_and_values(session):
    campaign = planned(session, "aliyun")
    approve(session, TEXT)
    dispatch = Dispatch.of(session, campaign.id)
    words = dispatch.words(Channel.SMS, "510522112", None)
    assert dispatch.templates == {campaign.version.sms_text: "SMS_7"}
    assert dict(words.values) == {"township": "福宝镇"}
    assert words.text == "福宝镇的乡亲：高温，多喝水。"


def test_another_carrier_s_words_are_its_own(session):
    campaign = planned(session, "simulator")
    dispatch = Dispatch.of(session, campaign.id)
    second = dispatch.through(session, "mas")
    one, other = (d.words(Channel.SMS, "510522112", None) for d in (dispatch, second))
    assert one.text == "【合江县残联】福宝镇的乡亲：高温，多喝水。"
    assert other.text == "福宝镇的乡亲：高温，多喝水。拒收请回复R"


def test_the_way_to_refuse_is_in_the_price(session):
    text = "热" * 60
    one = forecast(session, planned(session, "simulator", text), NOW)
    other = forecast(session, planned(session, "mas", text), NOW)
    assert (one.longest, other.longest) == (1, 2)
