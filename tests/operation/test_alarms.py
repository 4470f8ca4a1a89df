"""Alarms: one list on the page, for the monitor and the shell, told once and over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import factories
import pytest
from flask import Flask
from office import Visitor
from pytest_httpserver import HTTPServer
from sqlalchemy.orm import Session

from campaigns.delivery import launching, line
from campaigns.delivery.models import DutyRow, Line
from campaigns.errors import NotReady
from campaigns.orm import Base
from campaigns.vocabulary import CampaignState
from outreach import alarms, audit, checking, cli, condition, disk, wiring
from outreach.balances import Balance
from outreach.database import connect
from outreach.disk import Room
from outreach.settings import Settings
from outreach.wiring import Wiring

MEND = "短信在排队，不会丢。账号或余额有问题时请联系通道。"
NAMES = (
    "reveals",
    "sending",
    "line:simulator",
    "balance:twilio",
    "disk",
    "worker",
    "backup",
)


def fail(session: Session, now: datetime) -> None:
    """A day on which everything fails at once, but for the disk and the clock."""
    early, later = now - timedelta(hours=1), now + timedelta(hours=9)
    factories.member(session)
    held = {"status": CampaignState.APPROVED, "due_at": early, "send_before": later}
    campaign = factories.campaign(session, provider="mas", **held)
    launching.launch(session, campaign.id, early)
    line.open_breaker(session, "simulator", early)
    session.get_one(Line, "simulator").open_until = now + timedelta(minutes=9)
    money = {"hundredths": 9_999, "currency": "USD", "at": now}
    session.add(Balance(provider="twilio", **money))
    audit.note(session, "backed_up", now=now - timedelta(hours=30))
    for _ in range(40):
        audit.note(session, "reveal", "member:1", user_id=7, now=now)


@pytest.fixture(scope="module")
def bad_day(office: Flask) -> Wiring:
    wired: Wiring = office.extensions["outreach"]
    with wired.database.writing() as session:
        fail(session, datetime.now(UTC))
    return wired


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "room", lambda _: Room(2**30, 100 * 2**30))


@pytest.mark.usefixtures("tight")
def test_every_alarm_is_on_the_page_in_the_figures_and_in_the_check(
    bad_day: Wiring, enter: Callable[[str], Visitor]
):
    found = alarms.ailing(bad_day, bad_day.clock())
    assert {part.name for part in found} >= {*NAMES, "broker"}
    assert all(part.mend for part in found)
    page = enter("guanli").read("/health")
    for words in (
        *("有短信到点没人发", "暂时不通", "还剩 99 USD", "还剩 1.0 GB"),
        "7 号账号一小时内查看了 40 次号码",
        *("一分钟没有动静", "上一次在 30 小时前", "请运行 outreach backup"),
    ):
        assert words in page
    asked = {"Authorization": "Bearer geheim"}
    figures = enter("guanli").client.get("/metrics", headers=asked)
    for name in NAMES:
        line_of = f'outreach_part_well{{part="{name}"}} 0'
        assert line_of in figures.get_data(as_text=True).splitlines()
    quiet = bad_day.settings.model_copy(update={"voice": "tone"})
    told = {part.name: part.level for part in checking.parts(quiet)}
    for name in NAMES:
        assert told[name] != "ok", name
    assert told["worker"] == "warn", "whoever checks before the start has no worker"


def test_the_shell_lists_them_and_ends_with_1(
    bad_day: Wiring,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(bad_day.settings.data_dir))
    monkeypatch.setattr(wiring, "_current", [])
    monkeypatch.setattr("sys.argv", ["outreach", "alarms", "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = json.loads(capsys.readouterr().out)["alarms"]
    assert ended.value.code == 1
    assert {part["part"] for part in told} >= {*NAMES} - {"disk"}


def test_many_looks_by_many_people_or_long_ago_are_no_alarm(
    session: Session, now: datetime
):
    assert condition._reveals(session, now).well
    for n in range(80):
        audit.note(session, "reveal", user_id=n % 3, now=now)
        audit.note(session, "reveal", user_id=1, now=now - timedelta(minutes=61))
    assert condition._reveals(session, now).well
    for _ in range(13):
        audit.note(session, "reveal", user_id=1, now=now)
    assert condition._reveals(session, now).values == {"who": 1, "n": 40}


def test_a_clock_that_is_off_is_an_alarm():
    assert condition.clock(1.9).well
    assert condition.clock(2.1).level == "warn"


class Robot:
    """A group's robot: what it was told, and whether it listens."""

    def __init__(self, server: HTTPServer) -> None:
        self.server = server
        self.listen(200)

    def listen(self, status: int) -> None:
        self.server.clear()
        self.server.expect_request("/robot", method="POST").respond_with_data(
            "{}", status
        )

    def heard(self) -> list[str]:
        texts = [json.loads(request.data)["text"] for request, _ in self.server.log]
        self.server.clear_log()
        return [line for text in texts for line in text["content"].splitlines()]


@pytest.fixture
def robot(httpserver: HTTPServer) -> Robot:
    return Robot(httpserver)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watched(tmp_path: Path, robot: Robot) -> Iterator[Wiring]:
    """A service whose only trouble is what a test makes."""
    settings = Settings(
        data_dir=tmp_path,
        broker_url="filesystem://",
        alarm_webhook=robot.server.url_for("/robot"),
        _env_file=None,
    )
    database = connect(settings.database_address)
    Base.metadata.create_all(database.engine)
    wired = Wiring(settings, database, Clock())
    with database.writing() as session:
        audit.note(session, "sign_in", now=wired.clock())
    yield wired
    database.dispose()


def look(wired: Wiring, later: timedelta = timedelta(0)) -> list[str]:
    """Tell what is new ``later``, while the beat ticks; return what is not well."""
    clock: Clock = wired.clock
    clock.now += later
    with wired.database.writing() as session:
        session.merge(DutyRow(name="test", next_at=clock.now))
    return [part.name for part in alarms.tell(wired)]


def back_up(wired: Wiring) -> None:
    with wired.database.writing() as session:
        audit.note(session, "backed_up", now=wired.clock())


HOUR = timedelta(hours=1)


def test_an_alarm_is_told_once_when_it_begins_and_once_when_it_ends(
    watched: Wiring, robot: Robot
):
    assert look(watched, 25 * HOUR) == []
    assert look(watched, HOUR) == ["backup"]
    (told,) = robot.heard()
    assert told.startswith("告警：备份 还没有备份过 请运行 outreach backup")
    assert look(watched, HOUR) == ["backup"]
    assert robot.heard() == []
    back_up(watched)
    assert look(watched) == []
    assert robot.heard() == ["恢复：备份"]
    assert look(watched, HOUR) == []
    assert robot.heard() == []


def test_what_the_robot_did_not_take_is_told_again(watched: Wiring, robot: Robot):
    robot.listen(500)
    with pytest.raises(NotReady):
        look(watched, 26 * HOUR)
    robot.listen(200)
    look(watched, HOUR)
    assert len(robot.heard()) == 1


def test_what_comes_and_goes_is_told_once_an_hour(watched: Wiring, robot: Robot):
    for minute in range(0, 58, 4):
        with watched.database.writing() as session:
            line.open_breaker(session, "mas", watched.clock())
        assert look(watched) == ["line:mas"], minute
        with watched.database.writing() as session:
            session.query(Line).delete()
        look(watched, timedelta(minutes=4))
    assert robot.heard() == [
        "告警：移动云MAS 暂时不通，过一会儿自动再试 " + MEND,
        "恢复：移动云MAS",
    ]


def test_without_a_database_a_timer_still_tells(
    watched: Wiring, robot: Robot, tmp_path: Path
):
    lost = Wiring(watched.settings, connect(f"sqlite:///{tmp_path}/no/db"), Clock())
    assert [part.name for part in alarms.tell(lost)] == ["database"]
    (told,) = robot.heard()
    assert told.startswith("告警：数据库 不通")
