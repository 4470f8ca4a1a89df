"""Every page of a campaign's life passes axe, in both languages and without script."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import factories
import lists
import pytest
import stages
from browser.addresses import ERRORS, STAGES, TODAY, VILLAGE, numbered

from campaigns.audience import segments
from campaigns.fieldwork import needs, replies, visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning import drafting, lifecycle, permissions
from campaigns.register.models import Import, Unit
from campaigns.register.scope import Scope
from campaigns.reporting.daily import periods
from campaigns.vocabulary import (
    BulletinState,
    Category,
    ImportState,
    LegalBasis,
    NeedKind,
    Urgency,
)
from outreach import intake, wiring
from outreach.web import village_link

pytestmark = pytest.mark.browser

SHARED = "+8614900000071"
EMPTIED = """() => {
  const all = document.querySelectorAll("main form.form :is(input, textarea)");
  for (const field of all) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else if (field.type !== "hidden" && field.type !== "file") field.value = "";
    field.removeAttribute("required");
  }
}"""
_ready = {}


def household(session):
    """Two behind one phone, one of whom refused, and a guardian with a new phone."""
    for _ in range(2):
        factories.member(session, phone=SHARED)
    replies.take(session, "simulator", "r1", SHARED, "TD", factories.NOW)
    told = factories.member(session, guardian_phone=SHARED)
    told.guardian_known_index = None


def must_reach(session, name):
    """A text that no weekly limit holds back."""
    words = f"{name}：多喝水。"
    return stages.version(session, sms_text=words, urgency=Urgency.MUST_REACH).id


def rosters(wired):
    """Imports in each state: to decide, to match, going in, failed, waiting, done."""
    writer = [*lists.HEADINGS, "是否独居"]
    rows = [lists.person(n, village="大坪村") for n in range(3)]
    rows.append(lists.person(4, village="云上村"))
    folder = wired.settings.data_dir / "lists"
    folder.mkdir()
    facts = {"legal_basis": LegalBasis.STATUTORY, "source": "", "by": 1}
    for name, heads in (("名册", writer), ("旧表", [*lists.HEADINGS, "备用号"])):
        path = lists.workbook(folder / f"{name}.xlsx", [heads, *rows])
        with wired.database.writing() as session, path.open("rb") as stream:
            made = intake.receive(
                session,
                wired.settings,
                stream,
                file_name=path.name,
                now=wired.clock(),
                **facts,
            )
        intake.check(wired, made.id)
    told = '{"sentence": "文件设了密码。", "mend": "去掉密码再上传。", "values": {}}'
    figures = {"rows": 6000, "new": 5800, "changed": 100, "same": 90, "wrong": 10}
    with wired.database.writing() as session:
        for state in ("importing", "failed", "waiting", "imported"):
            error = told if state == "failed" else None
            session.add(
                Import(
                    file_name=f"{state}.xlsx",
                    file_hash=state,
                    legal_basis=LegalBasis.STATUTORY,
                    state=ImportState(state),
                    figures=figures,
                    done_rows=1200,
                    error=error,
                    made_by=1,
                    made_at=wired.clock(),
                )
            )


@pytest.fixture
def county(site):
    """A campaign under way with clips, one for the portal, and a text in review."""
    if id(site) in _ready:
        return _ready[id(site)]
    wired = wiring.current()
    with site.database.writing() as session:
        stages.people(session, 24)
        household(session)
        first = stages.launched(session)
        stages.delivered(session, first.id, 9)
        stages.launched(session, provider="portal_file", channels=["sms"])
        waiting = stages.version(session)
        waiting.state, waiting.issue_number = BulletinState.IN_REVIEW, None
        village = stages.select(stages.Announcement.village).limit(1)
        code = session.scalars(village).one()
        assert session.get(Unit, 1)
        begun = wired.clock() - timedelta(hours=1)
        stages.launched(session, urgency=Urgency.MUST_REACH, channels=["sms"])
        visits.open_visits(session, wired.clock())
        one = session.get_one(Visit, 2)
        visiting.assign(session, Scope(), [2], "张专职", by=1, now=wired.clock())
        needs.raise_need(session, one, NeedKind.GOODS, by=1, now=wired.clock())
        flood = stages.version(session, urgency=Urgency.EMERGENCY)
        loud = ["sms", "loudspeaker"]
        urgent = Urgency.EMERGENCY
        stages.launched(session, version_id=flood.id, urgency=urgent, channels=loud)
        periods.open_period(session, "抗寒保暖", by=1, now=begun)
        everybody = segments.make_standard_segments(session, wired.clock())[0].id
        for name in ("还没送的任务", "等批准的任务"):
            last = drafting.draft_campaign(
                session,
                name=name,
                version_id=must_reach(session, name),
                segment_id=everybody,
                channels=["sms", "loudspeaker"],
                provider="simulator",
                by=1,
                now=wired.clock(),
            )
        lifecycle.submit(session, last.id, by=1, now=wired.clock())
        last.version.bulletin.categories = Category.VISUAL.bit
        facts = {"categories": Category.VISUAL.bit, "quota": 90, "now": wired.clock()}
        held = permissions.propose(session, **facts, by=1)
        permissions.confirm(session, held.id, by=2, now=wired.clock())
        permissions.propose(session, **facts, by=2)
    rosters(wired)
    stages.recorded(wired, first.id)
    until = wired.clock().date() + timedelta(days=9)
    _ready[id(site)] = f"/v/{village_link.mint(code, until, wired.signer)}"
    return _ready[id(site)]


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("nth", "name", "address"), numbered(STAGES))
def test_a_page_passes(passes, nth, name, address):
    passes(nth, name, address)


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize(("nth", "name", "address"), numbered(ERRORS))
def test_a_form_sent_empty_says_what_is_missing(same_page, faults, nth, name, address):
    # The same words for the same way: a person has three sign-ins at once, no more.
    page = same_page(name, **({"phone": True} if nth % 2 else {}))
    page.goto(address)
    page.evaluate(EMPTIED)
    with page.expect_navigation():
        page.locator("main form.form .btn-primary").first.click()
    assert page.title().startswith(("出错", "Error"))
    assert page.evaluate("document.activeElement.id") == "summary"
    assert faults(page) == []


@pytest.mark.parametrize("part", VILLAGE)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_village_page_passes_on_a_phone(county, same_page, faults, part, language):
    page = same_page("", phone=True, script=False, language=language)
    answer = page.goto(county + part)
    assert answer.status == 200
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.usefixtures("county")
def test_the_count_follows_what_is_chosen_without_a_press(same_page):
    page = same_page("xian")
    page.goto("/audience/new")
    page.locator('input[name="categories"][value="1"]').check()
    page.wait_for_selector("#answer")
    before = page.locator("#answer").inner_text()
    page.locator('input[name="townships"]').first.check()
    page.wait_for_function(
        "t => document.getElementById('answer').innerText !== t", arg=before
    )
    assert page.locator("#say").inner_text() == page.locator("#answer").inner_text()


@pytest.mark.usefixtures("county")
def test_parts_are_said_while_somebody_writes_and_only_when_they_change(same_page):
    page = same_page("xian")
    page.goto("/bulletins/1/edit")
    page.fill("#sms_text", "热" * 64)
    page.wait_for_selector("#sms-count strong")
    assert "2" in page.locator("#say").inner_text()


@pytest.mark.usefixtures("county")
def test_a_colleague_listens_in_the_browser(same_page):
    page = same_page("shenpi")
    page.goto("/fieldwork/villages/1")
    page.evaluate("document.querySelector('audio').load()")
    page.wait_for_function("() => document.querySelector('audio').duration > 1")


@pytest.mark.usefixtures("county")
def test_on_a_phone_a_block_names_each_cell_once_and_leaves_out_what_there_is_not(
    same_page,
):
    page = same_page("fubao", phone=True)
    page.goto("/fieldwork/announcements/1")
    cell = page.locator("#villages td", has=page.locator("a", has_text="MP3")).first
    left = {round(link.bounding_box()["x"]) for link in cell.locator("a").all()}
    assert len(left) == 1
    assert left.pop() > cell.bounding_box()["x"] + 100
    assert page.locator("#villages td", has_text=re.compile("^–$")).first.is_hidden()
    page.goto("/reporting/campaigns/1")
    figures = page.locator("#people-table tbody tr").first
    assert figures.bounding_box()["height"] < 90


@pytest.mark.usefixtures("county")
def test_a_village_without_news_is_a_square_too(same_page):
    page = same_page("xian")
    page.goto("/fieldwork/announcements/1")
    silent = page.locator(".squares .tone-open")
    assert silent.count()
    assert silent.first.evaluate("e => getComputedStyle(e).stroke") != "none"


TREES = Path(__file__).parent / "trees"
HEARD = {
    "home": ("shenpi", "/", "body"),
    "import-check": ("xian", "/register/imports/1", "main"),
    "segment": ("xian", "/audience/1", "main"),
    "editor": ("xian", "/bulletins/1/edit", "main"),
    "approve": ("shenpi", "/planning/6/approve", "main"),
    "progress": ("xian", "/delivery/1", "main"),
    "report": ("xian", "/reporting/campaigns/1", "main"),
    "visit": ("xian", "/fieldwork/visits/1", "main"),
    "daily-report": ("fubao", f"/reporting/daily/{TODAY}", "main"),
    "village": ("", "", "body"),
}
VARIES = (
    (r"\d{1,2}:\d{2}", "hh:mm"),
    (r"今天|昨天|明天|(\d+年)?\d+月\d+日|\d{4}-\d\d-\d\d", "某日"),
    (r"一共 \d+ 秒|[\d.]+ kB", "若干"),
    (r"，已经迟 \d+ 分钟", ""),
    (r"尾号 \d+", "尾号 0000"),
    (r"/(url|v|assets)\S*: \S+", "/url"),
    (r"(?m)^.*迟报的原因.*\n", ""),
)
"""What differs from hour to hour."""


@pytest.mark.parametrize("name", HEARD)
def test_a_screen_reader_meets_the_page_as_it_was_read_last(county, same_page, name):
    """``TREES=write`` writes the trees anew; read the difference before it is kept."""
    who, address, part = HEARD[name]
    page = same_page(who)
    page.goto(address or county)
    heard = page.locator(part).aria_snapshot() + "\n"
    for pattern, instead in VARIES:
        heard = re.sub(pattern, instead, heard)
    kept = TREES / f"{name}.yaml"
    if os.environ.get("TREES") == "write":
        kept.write_text(heard, "utf-8")
    assert heard == kept.read_text("utf-8")
