"""Home says what to do now, by when, and leads straight to where it is done."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import stages
from sqlalchemy import update

import outreach.web
from campaigns.planning.models import Campaign
from campaigns.reporting.daily import periods
from campaigns.vocabulary import CampaignState, MessageState
from outreach.web.icons import USED

TEMPLATES = Path(outreach.web.__file__).parent / "templates"


@pytest.fixture
def campaign(writing):
    """One under way since an hour, and one that ended last week."""
    with writing() as session:
        stages.people(session, 12)
        old = stages.launched(session)
        made = stages.launched(session)
        stages.delivered(session, made.id, 4)
        long_ago = datetime.now(UTC) - timedelta(days=9)
        ended = {"status": CampaignState.FINISHED, "launched_at": long_ago}
        session.execute(update(Campaign).where(Campaign.id == old.id).values(**ended))
        periods.open_period(session, "抗寒保暖", by=1, now=datetime.now(UTC))
        return made.id


def figures(text: str) -> dict[str, str]:
    pairs = r'class="name">([^<]+)</span> <strong>([^<]+)<'
    return dict(re.findall(pairs, text))


@pytest.mark.usefixtures("campaign")
def test_todays_figures_are_todays(visit):
    seen = figures(visit("xian").read("/"))
    assert seen["在册人员"] == "12"
    assert seen["已播 / 应播（村次）"] == "0 / 4"
    assert seen["待走访（户）"] == "0"
    assert seen["日报：已报 / 应报"] == "0 / 2"
    assert figures(visit("fubao").read("/"))["已播 / 应播（村次）"] == "0 / 2"
    assert figures(visit("shenji").read("/"))["本周批准发送"] == "0"


def test_a_campaign_says_how_many_it_reached(visit, campaign):
    for address in ("/", "/planning/"):
        text = visit("xian").read(address)
        row = text[text.index(f"/delivery/{campaign}") :].split("</tr>")[0]
        assert re.search(r"\d / 12（\d+\.\d%）", row), address


def test_what_can_only_be_one_thing_is_opened_at_once(visit, writing, campaign):
    with writing() as session:
        stages.delivered(session, campaign, 1, state=MessageState.IN_DOUBT)
    assert f'href="/delivery/{campaign}/doubt"' in visit("xian").read("/")
    due = re.search(r'class="due">([^<]+)<', visit("xian").read("/")).group(1)
    assert due == "今天 16:00 前"


def test_every_icon_that_a_page_names_is_in_the_sprite():
    place = r'(?:icon\(|\), |word, |capital, )"([a-z0-9-]+)"'
    folder = files("flask_bootstrap") / "static" / "bootstrap5" / "icons"
    package = folder.joinpath("bootstrap-icons.svg").read_text("utf-8")
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(place, path.read_text("utf-8"))
        if f'id="{name}"' in package and name != "phone"  # it is a field's name too
    }
    assert {"trash", "mic", "plus-lg", "person-walking"} <= named
    assert named <= set(USED)
