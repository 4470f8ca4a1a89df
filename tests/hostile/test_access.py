"""What somebody must not see or do, asked for in every way that addresses allow."""

from __future__ import annotations

import re
from pathlib import Path

import factories
import pytest
import stages
from hostile.desk import open_desk
from hostile.files import as_xlsx
from hostile.inputs import expect
from lists import HEADINGS, person
from office import PASSWORD, fill
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from campaigns.audience import segments
from campaigns.audience.models import Segment
from campaigns.bulletins.models import BulletinVersion
from campaigns.planning.models import Campaign
from campaigns.register.import_models import Import
from campaigns.register.models import Member, Unit
from campaigns.vocabulary import CampaignState, Category
from outreach.accounts import Grant, User, list_users
from outreach.audit import AuditRow
from outreach.database import connect

pytestmark = pytest.mark.xdist_group("hostile-access")  # one desk

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, keyring):
    """An office with a launched campaign, and one that waits for approval."""

    def county(session):
        fill(session)
        stages.people(session)
        stages.launched(session)
        factories.member(session, category=Category.VISUAL, name="盲人甲")
        factories.member(session, township="510522102", village="510522102201")
        factories.member(session, township="360123100", village="360123100201")
        session.execute(update(Unit).values(hold_seconds=3600))

    with open_desk(tmp_path_factory.mktemp("desk"), keyring, county) as opened:
        yield opened


def one(desk, model, *where):
    with desk.database.reading() as session:
        found = select(model).where(*where).order_by(model.id.desc()).limit(1)
        return session.scalars(found).one()


def shape(page):
    """A page without the keys that differ each time."""
    return re.sub(r'value="[^"]*"|/register/\d+|%2Fregister%2F\d+', "", page.text)


OTHERS = {
    "H209": ("xian", Member.township == "360123100"),
    "H210": ("fubao", Member.township == "510522102"),
    "H211": ("mangxie", Member.categories == Category.PHYSICAL.bit),
}


@pytest.mark.parametrize("key", OTHERS)
def test_somebody_elses_people_are_not_there(desk, key):
    name, whose = OTHERS[key]
    visitor = desk.visit(name)
    member = one(desk, Member, whose)
    found = visitor.open(f"/register/{member.id}")
    nobody = visitor.open("/register/999999")
    assert (found.status_code, nobody.status_code) == (404, 404)
    assert shape(found) == shape(nobody)
    assert member.name not in visitor.read("/register")
    expect(key, "R")


def test_a_number_that_was_guessed_tells_nothing(desk):
    visitor = desk.visit("fubao")
    hidden = one(desk, Member, Member.township == "510522102").id
    for number in (hidden, 999_999, 10**17, 10**30):
        answer = visitor.open(f"/register/{number}")
        assert answer.status_code == 404, number
    expect("H212", "R")


def test_an_export_is_never_wider_than_its_reader(desk):
    campaign = one(desk, Campaign).id
    address = f"/reporting/campaigns/{campaign}/report.csv"
    before = desk.deeds("denied")
    for query in ("", "?township=510522102", "?township=&scope=all"):
        assert desk.visit("fubao").open(address + query).status_code == 403
    assert desk.deeds("denied") == before + 3
    expect("H213", "R")


@pytest.mark.parametrize(
    "query",
    [
        "township_id[]=510522102&township_id[]=510522112",
        "township=510522102&township=510522112",
        "township[$ne]=1&category[]=4",
        "category=4&category=1&grade=99&contact=x",
        "township=510522%25&village=_%25",
    ],
)
def test_a_list_in_an_address_widens_nothing(desk, query):
    page = desk.visit("fubao").read(f"/register?{query}")
    hidden = one(desk, Member, Member.township == "510522102")
    assert f"/register/{hidden.id}" not in page
    expect("H214", "N")


def grants(desk):
    with desk.database.reading() as session:
        found = select(Grant).order_by(Grant.id)
        return [
            (g.user_id, g.role, g.place, g.categories) for g in session.scalars(found)
        ]


def test_a_profile_holds_no_rights(desk):
    before = grants(desk)
    visitor = desk.visit("fubao")
    wanted = {"role": "administrator", "place": "510522", "categories": "0", "id": "1"}
    answer = visitor.send("/me/display", text_size="large", contrast="high", **wanted)
    assert answer.status_code == 303
    visitor.send("/me/role", grant="1")
    assert grants(desk) == before
    assert visitor.open("/accounts").status_code == 403
    expect("H215", "R")


def test_json_is_no_form(desk):
    admin = desk.visit("guanli")
    users = desk.count(User)
    keys = admin.keys("/accounts/new")
    headers = {"X-CSRFToken": keys["csrf_token"]}
    body = {"name": "neu", "shown_as": "x", "role": ["coordinator"], "place": {"a": 1}}
    answer = admin.client.post("/accounts/new", json=body, headers=headers)
    assert 400 <= answer.status_code < 500
    answer = admin.send(
        "/accounts/new", name="neu", shown_as="x", role="['coordinator']", place="1"
    )
    assert answer.status_code == 422
    assert desk.count(User) == users
    expect("H216", "R")


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_a_method_is_what_the_request_says(desk, name):
    admin = desk.visit("guanli")
    user = one(desk, User, User.name == "cun")
    keys = admin.keys("/accounts/new")
    address = f"/accounts/{user.id}/disable"
    answer = admin.client.get(address, headers={name: "POST"}, query_string=keys)
    assert answer.status_code == 405
    admin.client.get(f"/accounts/{user.id}?_method=POST&deed=disable")
    assert one(desk, User, User.name == "cun").disabled_at is None
    expect("H217", "R")


def test_no_form_of_another_site_is_taken(desk):
    posts = [
        rule
        for rule in desk.app.url_map.iter_rules()
        if "POST" in rule.methods and rule.endpoint != "static"
    ]
    assert len(posts) > 60
    visitors = [
        desk.visit(name) for name in ("xian", "guanli", "fubao", "mangxie", "shenji")
    ]
    done = AuditRow.action != "denied"
    before = desk.count(AuditRow, done)
    adapter = desk.app.url_map.bind("localhost")
    for rule in posts:
        given = {name: _any(rule, name) for name in rule.arguments}
        address = adapter.build(rule.endpoint, given, method="POST")
        answers = (v.client.post(address, data={"once": "x"}) for v in visitors)
        status = next((a.status_code for a in answers if a.status_code != 403), 403)
        assert status == (401 if address.startswith("/api/") else 400), address
    assert desk.count(AuditRow, done) == before
    expect("H218", "R")


def _any(rule, name):
    converter = rule._converters[name]
    if hasattr(converter, "items"):
        return next(iter(converter.items))
    return 1 if type(converter).__name__ == "RowNumber" else "x"


def ready(desk):
    """What the form of a campaign holds."""
    return {
        "version_id": one(desk, BulletinVersion).id,
        "segment_id": one(desk, Segment, Segment.name == "全县在册人员").id,
        "channels": ["loudspeaker"],
        "provider": "simulator",
        "when": "now",
    }


def submitted(desk, name):
    """A campaign by ``xian`` that waits for approval: its address, its hash."""
    with desk.database.writing() as session:
        stages.version(session, valid_until=stages.FAR)
        segments.make_standard_segments(session, factories.NOW)
    page = desk.clerk.send("/planning/new", **ready(desk), name=name).location
    desk.clerk.send(page, f"{page}/submit")
    approve = desk.visit("shenpi").read(f"{page}/approve")
    seen = re.search(r'name="content_hash" value="([^"]*)"', approve)[1]
    return page, {"content_hash": seen, "read": "1"}


def state(desk, page):
    return one(desk, Campaign, Campaign.id == int(page.rsplit("/", 1)[1])).status


def test_nobody_approves_what_is_their_own(desk):
    page, told = submitted(desk, "自己批准")
    answer = desk.clerk.send(f"{page}/approve", **told)
    assert answer.status_code == 422
    assert "不能自己批准" in answer.text
    assert state(desk, page) is CampaignState.SUBMITTED
    expect("H227", "R")


def test_what_was_changed_after_it_was_read_is_not_approved(desk):
    page, told = submitted(desk, "改过的话")
    desk.clerk.send(page, f"{page}/unsubmit")
    edited = {**ready(desk), "name": "改过以后", "channels": ["sms", "loudspeaker"]}
    assert desk.clerk.send(f"{page}/edit", **edited).status_code == 303
    desk.clerk.send(page, f"{page}/submit")
    answer = desk.visit("shenpi").send(f"{page}/approve", **told)
    assert answer.status_code in {409, 422}
    assert state(desk, page) is CampaignState.SUBMITTED
    expect("H228", "R")


def test_an_address_is_worth_nothing_to_somebody_else(desk):
    wrong = [HEADINGS, person(1, village="没有村"), person(2)]
    sent = desk.send(as_xlsx(wrong))
    address = f"{sent.address}/correction"
    assert desk.clerk.open(address).status_code == 200
    assert desk.visit("fubao").open(address).status_code == 403
    assert desk.visit().open(address).status_code == 303
    expect("H229", "R")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/..%2f..%2fsettings.py",
        "/assets/x/%2e%2e/%2e%2e/outreach.db",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/static/%00",
        "/static/" + "x" * 5_000,
        "/v/..%2f..%2fsecrets.json",
        "/v/x%00/sheet",
        "/reporting/daily/..%2f..%2fx",
    ],
)
def test_a_path_leads_nowhere_else(desk, path):
    for visitor in (desk.visit(), desk.clerk):
        answer = visitor.open(path)
        assert answer.status_code in {303, 400, 404, 414}, path
        assert "root:" not in answer.text
        assert "data_key" not in answer.text
    expect("H230", "R")


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>.xlsx", "CON", "📄📄.xlsx", "../../x", "x" * 400],
)
def test_a_files_name_is_only_shown(desk, name):
    rows = [HEADINGS, person(1, village="大坪村"), person(2, village="小河村")]
    sent = desk.send(as_xlsx(rows), name)
    assert "<img src=x" not in sent.page
    assert sent.people == 2
    stored = one(desk, Import)
    assert len(stored.file_name) <= 200
    folders = {path.name for path in (desk.settings.data_dir / "uploads").iterdir()}
    assert folders <= {str(n) for n in range(100)}
    expect("H231", "N")


def test_no_address_that_somebody_writes_is_ever_fetched():
    fetching = re.compile(
        r"^\s*(?:from|import) (?:httpx|aiohttp|requests|urllib\.request|http\.client)",
        re.MULTILINE,
    )
    names = {
        path.relative_to(ROOT).as_posix()
        for folder in ("outreach", "campaigns")
        for path in (ROOT / folder).rglob("*.py")
        if fetching.search(path.read_text("utf-8"))
    }
    assert {name for name in names if not name.startswith(MAY_FETCH)} == set()
    for page in (ROOT / "outreach" / "web" / "templates").rglob("*.html"):
        assert not re.search(r"""["']url["']""", page.read_text("utf-8")), page.name
    expect("H232", "R")


MAY_FETCH = (
    "outreach/alarms.py",
    "outreach/bench/",
    "outreach/drill/",
    "outreach/providers/",
    "outreach/simulator/",
    "outreach/supervisor.py",
)
"""Providers and alarms speak to the address of their settings; others to loopback."""


def test_who_sees_no_category_counts_none_either(desk):
    campaign = one(desk, Campaign, Campaign.status == CampaignState.RUNNING)
    page = desk.visit("fubao").read(f"/reporting/campaigns/{campaign.id}")
    main = page[page.index("<main") :]
    assert "视力" not in main
    assert "肢体" not in main
    expect("H233", "R")


@pytest.mark.parametrize(
    "query",
    ["after=-1", "before=-5", f"after={10**30}", "before=" + "9" * 5_000, "after=x"],
)
def test_a_page_that_does_not_exist_is_the_first(desk, query):
    for path in ("/register", "/delivery/1/messages"):
        assert desk.clerk.open(f"{path}?{query}&size=1000000").status_code == 200
    assert desk.visit("shenji").open(f"/audit/log?{query}").status_code == 200
    expect("H234", "N")


def test_a_statement_that_takes_too_long_is_given_up(desk, postgresql_address):
    database = connect(postgresql_address)
    with database.reading(50) as session, pytest.raises(OperationalError):
        session.execute(text("SELECT pg_sleep(5)"))
    database.dispose()
    rule = {"townships": [f"51052211{n % 10}" for n in range(2_000)], "grades": "1"}
    answer = desk.clerk.send("/audience/new", "/audience/count", **rule)
    assert answer.status_code < 500
    expect("H235", "R")


def test_everybody_is_still_there(desk):
    with desk.database.reading() as session:
        assert {user.name for user in list_users(session)} >= {"xian", "cun", "guanli"}
    assert PASSWORD
