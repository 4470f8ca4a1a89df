"""The main job as two people do it at their browsers, without script."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from journeys.office import Office
from journeys.visitor import Page, Visitor
from lists import HEADINGS, certificate, person
from sqlalchemy import select

from campaigns.planning.models import Campaign
from campaigns.register.models import Member
from campaigns.register.place_names import spoken
from campaigns.register.places import shipped_rows
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from campaigns.vocabulary import AnnouncementState

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

BORN = "19991231"


@pytest.fixture
def writer(office: Office) -> Iterator[Visitor]:
    yield from signed_in(office, "banshi1")


@pytest.fixture
def second(office: Office) -> Iterator[Visitor]:
    yield from signed_in(office, "banshi2")


def signed_in(office: Office, name: str) -> Iterator[Visitor]:
    visitor = Visitor(office.wiring.settings.own_url)
    yield visitor.sign_in(name, office.staff[name].password)
    visitor.close()


def test_two_people_take_a_list_to_a_report_and_a_village_plays_it(
    office: Office, writer: Visitor, second: Visitor, tmp_path: Path
):
    village = office.settle(0)
    done = take_in_what_is_right(office, writer, village, tmp_path)
    take_in_the_corrections(office, writer, village, done)
    take_in_a_csv(office, writer, village)
    people = [m.id for m in living_in(office, village)]
    assert len(people) == 5

    segment = save_segment(writer, village, len(people))
    bulletin = write_bulletin(writer)
    issue_bulletin(second, bulletin)
    campaign = plan_campaign(writer, bulletin, segment)
    approve(second, campaign, len(people))
    figures = until_reported(office, writer, campaign)
    the_report_says_so(writer, campaign, figures)
    the_village_plays_it(office, writer, campaign, village)


def take_in_what_is_right(
    office: Office, writer: Visitor, village: str, folder: Path
) -> Page:
    """A list as counties have them: six kinds of trouble, two people who are right."""
    path = folder / "花名册.xlsx"
    path.write_bytes(troubled_list(village))
    checked = upload(office, writer, path)
    for said in (
        *("没有问题的 2 行", "这些行先不导入", "5.1E+17", "设为“文本”"),
        *("第 4 行", "没有“云上村”", "B6", "B7", "D8"),
    ):
        assert said in checked.text, said
    assert living_in(office, village) == [], "checking is not importing"
    done = let_in(office, writer, checked)
    assert "还有 3 行没有导入" in done.text
    first, other = living_in(office, village)
    assert first.certificate == certificate(1, born=BORN)
    assert (other.phone, other.other_phones) == ("+8616400000002", "+8616500000002")
    return done


def troubled_list(village: str) -> bytes:
    mangled = row(village, 3)
    mangled[1] = 5.10599199912310e17
    return saved(
        ["合江县持证残疾人花名册", None, None, None, None],
        ["填报单位：县残联", None, None, None, "2026年11月23日"],
        HEADINGS,
        row(village, 1),
        row(village, 2, phone="16400000002、16500000002"),
        mangled,
        row(village, 1, name="重复的人"),
        row(village, 4, village="云上村"),
        ["合计", 5, None, None, None],
    )


def saved(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in rows:
        book.active.append(cells)
    book.active.merge_cells("A1:E1")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row(home: str, n: int, /, **given: object) -> list[object]:
    names = {place.code: place.name for place in shipped_rows("510522")}
    facts = {
        "certificate": certificate(n, born=BORN),
        "township": names[home[:9]],
        "village": spoken(names[home]),
        "phone": f"16400000{n:03d}",
        **given,
    }
    return person(n, **facts)


def take_in_the_corrections(
    office: Office, writer: Visitor, village: str, done: Page
) -> None:
    """The workbook of corrections comes back mended: only those people are added."""
    book = openpyxl.load_workbook(io.BytesIO(writer.fetch(done.link("/correction"))))
    sheet = book.active
    assert sheet is not None
    home = spoken({p.code: p.name for p in shipped_rows("510522")}[village])
    for line in sheet.iter_rows():
        for cell in line:
            if str(cell.value).startswith("5.1"):
                cell.value = certificate(3, born=BORN)
            elif cell.value == "云上村":
                cell.value = home
    mended = io.BytesIO()
    book.save(mended)
    path = Path("修改表.xlsx")
    checked = upload(office, writer, path, mended.getvalue())
    let_in(office, writer, checked)
    assert [m.certificate for m in living_in(office, village)] == [
        certificate(n, born=BORN) for n in (1, 2, 3, 4)
    ]


def take_in_a_csv(office: Office, writer: Visitor, village: str) -> None:
    """As an old program saves it, in the county's own encoding."""
    lines = [",".join(HEADINGS), ",".join(map(str, row(village, 5, name="喆喆")))]
    checked = upload(
        office, writer, Path("旧表.csv"), "\r\n".join(lines).encode("gb18030")
    )
    let_in(office, writer, checked)
    assert living_in(office, village)[-1].name == "喆喆"


def upload(
    office: Office, writer: Visitor, path: Path, content: bytes | None = None
) -> Page:
    """Upload a list and wait for what the check found."""
    page = writer.open("/register/imports/new")
    told = writer.press(
        page,
        "legal_basis",
        files={"file": (path.name, content or path.read_bytes())},
        source="县残联",
        legal_basis="statutory",
    )
    return office.stack.until(
        lambda: (p := writer.open(told.address)) and "还没有导入" in p.text and p
    )


def let_in(office: Office, writer: Visitor, checked: Page) -> Page:
    told = writer.press(checked, "/take-in")
    return office.stack.until(
        lambda: (p := writer.open(told.address)) and "已导入" in p.text and p
    )


def living_in(office: Office, village: str) -> list[Member]:
    with office.wiring.database.reading() as session:
        found = select(Member).where(Member.village == village)
        people = list(session.scalars(found.order_by(Member.id)))
    return sorted(people, key=lambda member: str(member.certificate))


def save_segment(writer: Visitor, village: str, people: int) -> str:
    page = writer.open("/audience/new")
    asked = {"villages": [village], "categories": ["4"], "name": "病人"}
    counted = writer.press(page, "villages", button=("deed", "count"), **asked)
    assert f"{people} 人" in counted.text
    asked["name"] = f"{village}的肢体残疾人"
    kept = writer.press(counted, "villages", button=("deed", "save"), **asked)
    assert "已保存人群" in kept.text
    return number_in(kept.address)


def write_bulletin(writer: Visitor) -> str:
    """From the starter library, with this county's source and dates."""
    begun = writer.press(writer.open("/bulletins/new"), "start", start="T01")
    shown = writer.press(
        begun,
        "sms_text",
        button=("deed", "preview"),
        source="县疾控中心〔2026〕12号",
        valid_until="2030-12-31",
    )
    sent = writer.press(shown, "/submit")
    assert "等另一位同事审核签发" in sent.text
    return number_in(sent.address)


def issue_bulletin(second: Visitor, bulletin: str) -> None:
    page = second.open(f"/bulletins/{bulletin}/review")
    checks = page.form("heard_by").boxes["checked"]
    issued = second.press(
        page,
        "heard_by",
        button=("deed", "issue"),
        checked=checks,
        heard_by="县残联负责人",
    )
    assert re.search(r"文号 \d{4}-\d{3}", issued.text)


def plan_campaign(writer: Visitor, bulletin: str, segment: str) -> str:
    shown = writer.open(f"/bulletins/{bulletin}")
    page = writer.open(shown.link("/planning/new"))
    checked = writer.press(
        page,
        "segment_id",
        segment_id=segment,
        channels=["sms", "loudspeaker"],
        provider="simulator",
        name="网页上的提醒",
    )
    sent = writer.press(checked, "/submit")
    assert "等另一位同事批准" in sent.text
    return number_in(sent.address)


def approve(second: Visitor, campaign: str, people: int) -> None:
    page = second.open(f"/planning/{campaign}/approve")
    assert f"批准并发送 {people} 人" in page.text
    asked = page.form("read").names
    number = {"people": str(people)} if "people" in asked else {}
    approved = second.press(page, "read", read="1", **number)
    assert "已批准" in approved.text


def until_reported(
    office: Office, writer: Visitor, campaign: str
) -> CampaignStatistics:
    """Progress is on the page from the start, and ends with everyone in a state."""
    office.stack.until(lambda: office.launched(int(campaign)))
    assert "名单 5 人" in writer.open(f"/delivery/{campaign}").text
    office.until_finished(int(campaign))
    office.everybody_is_accounted_for(int(campaign), 5)
    office.stack.until(
        lambda: all(
            a.pack and a.alerted_at for a in office.announcements(int(campaign))
        )
    )
    with office.wiring.database.reading() as session:
        made = session.get_one(Campaign, int(campaign))
        assert made.made_by != made.approved_by
        return campaign_statistics(session, int(campaign))


def the_report_says_so(
    writer: Visitor, campaign: str, figures: CampaignStatistics
) -> None:
    page = writer.open(f"/reporting/campaigns/{campaign}")
    assert str(figures.reached) in page.text
    book = openpyxl.load_workbook(
        io.BytesIO(writer.fetch(f"/reporting/campaigns/{campaign}/report.xlsx"))
    )
    cells = [
        cell.value for sheet in book for line in sheet.iter_rows() for cell in line
    ]
    assert figures.reached in cells
    assert figures.audience in cells


def the_village_plays_it(
    office: Office, writer: Visitor, campaign: str, village: str
) -> None:
    """A link without an account: listen, fetch the pack, say that it was played."""
    links = writer.open("/fieldwork/links")
    guest = Visitor(office.wiring.settings.own_url)
    name = {p.code: p.name for p in shipped_rows("510522")}
    home = f"{name[village[:9]]} {spoken(name[village])}"
    page = guest.open(urlsplit(links.link(home)).path)
    assert "要播 1 条" in page.text
    assert guest.fetch(page.link("download.mp3"))
    with zipfile.ZipFile(io.BytesIO(guest.fetch(page.link("pack.zip")))) as box:
        assert box.testzip() is None
    asked = guest.open(page.link("/played"))
    slots = asked.form("slots").boxes["slots"]
    guest.press(asked, "slots", slots=slots[:1])
    (announcement,) = office.announcements(int(campaign))
    assert announcement.state is AnnouncementState.PLAYED
    assert announcement.downloaded_at is not None
    assert "已播 1" in writer.open(f"/fieldwork/announcements/{campaign}").text
    guest.close()


def number_in(address: str) -> str:
    return re.findall(r"/(\d+)(?:/|$)", urlsplit(address).path)[0]


@pytest.mark.parametrize(
    "address", ["/register", "/delivery/1", "/reporting", "/audit", "/planning/new"]
)
def test_without_a_sign_in_every_page_is_a_door(office: Office, address: str):
    guest = Visitor(office.wiring.settings.own_url)
    page = guest.open(address)
    assert "/sign-in" in page.address
    guest.close()
