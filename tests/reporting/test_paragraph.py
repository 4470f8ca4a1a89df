from __future__ import annotations

import factories

from campaigns.delivery import tally
from campaigns.delivery.tally import Cell
from campaigns.reporting.definitions import DEFINITIONS
from campaigns.reporting.paragraph import paragraph, percent
from campaigns.reporting.statistics import campaign_statistics
from campaigns.vocabulary import Urgency
from campaigns.words import knows

NOW = factories.NOW


def statistics(session):
    factories.unit(session)
    campaign = factories.campaign(
        session, channels=["sms", "loudspeaker"], urgency=Urgency.MUST_REACH
    )
    place = (campaign.id, "510522112", 4)
    tally.write(
        session,
        {
            Cell(*place, "person", 60, ""): 2998,
            Cell(*place, "person", 50, "absent"): 1,
            Cell(*place, "person", 91, "opted_out"): 1,
            Cell(*place, "sms", 60, ""): 2998,
            Cell(*place, "parts", 0, "sms"): 3000,
        },
    )
    return campaign_statistics(session, campaign.id, now=NOW)


def test_a_result_is_read_out_in_chinese(session):
    assert paragraph(statistics(session)) == (
        "发送名单 3,000 人。"
        "联系上 2,998 人（短信送达且适合本人 2,998 人，已确认联系上 0 人），"
        "到达率 99.9%。"
        "转走访 1 人，拒收 1 人，各项相加等于发送名单人数。"
        "大喇叭应播 0 个村，已播 0 个，没播 0 个，覆盖率 暂无。"
        "短信提交 2,998 条，计费 3,000 条，费用约 147.00 元。"
        "截至 2026-11-23 12:00。"
    )


def test_and_in_english(session):
    text = paragraph(statistics(session), "en")
    assert text.startswith("3,000 people in the audience. 2,998 reached (2,998 ")
    assert "99.9% of the audience" in text
    assert "{" not in text


def test_a_share_is_never_rounded_up_to_all():
    assert percent(0.99999) == "99.9%"
    assert percent(1.0) == "100.0%"
    assert percent(None, "en") == "none yet"


def test_every_definition_belongs_to_a_known_figure():
    assert [code for code in DEFINITIONS if not knows(code)] == []
