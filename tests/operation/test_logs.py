"""The log: its reference is the page's, its lines stay whole and hold no values."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from office import Visitor

from outreach import logs

FAILING = """
import logging
from outreach import logs
logs.set_up()
logs.begin()
try:
    raise ValueError("诸葛亮")
except ValueError as error:
    logging.getLogger("x").error("task raised %r", error, exc_info=True)
"""
SHOWN = re.compile(r'class="reference">([\d ]+)<')


class Log(io.StringIO):
    """What was logged, line by line."""

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def of(self, reference: str) -> list[dict[str, object]]:
        return [line for line in self.lines() if line.get("reference") == reference]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    monkeypatch.setenv("OUTREACH_LOG_FORMAT", "json")
    stream = Log()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Form())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def broken(*_: object) -> None:
    message = "诸葛亮 +8615912345671"
    raise KeyError(message)


PAGES = {
    "a fault": ("xian", "get", "/register/1", 500, "KeyError"),
    "not theirs": ("guanli", "get", "/register", 403, None),
    "a forged form": ("xian", "post", "/register/find", 400, None),
    "no such method": ("xian", "post", "/help", 405, None),
}


@pytest.mark.parametrize("case", PAGES)
def test_the_reference_on_the_page_finds_the_line(
    case: str,
    enter: Callable[[str], Visitor],
    log: Log,
    monkeypatch: pytest.MonkeyPatch,
):
    name, method, address, status, kind = PAGES[case]
    monkeypatch.setattr("outreach.web.register.get_member", broken)
    answer = getattr(enter(name).client, method)(address)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status
    shown = SHOWN.search(text)
    assert shown, text
    (line,) = log.of(shown[1])
    assert str(status) in line["says"]
    assert line.get("fault") == kind
    for word in ("诸葛亮", "15912345671"):
        assert word not in log.getvalue() + text
    for word in ("Traceback", "KeyError", ".py"):
        assert word not in text


def test_what_a_person_can_mend_has_no_reference_and_no_line(
    enter: Callable[[str], Visitor], log: Log
):
    answer = enter("xian").open("/register/999999")
    assert answer.status_code == 404
    assert not SHOWN.search(answer.get_data(as_text=True))
    assert log.lines() == []


def test_a_problem_of_the_api_has_the_same_reference(
    office: Flask, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("outreach.tokens.who", broken)
    head = {"Authorization": "Bearer x"}
    answer = office.test_client().get("/api/v1/segments", headers=head)
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    (line,) = log.of(answer.get_json()["reference"])
    assert line["fault"] == "KeyError"
    assert "15912345671" not in log.getvalue()


@pytest.mark.parametrize("form", ["json", "plain"])
def test_a_line_stays_one_line_and_masks_numbers(
    form: str, log: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OUTREACH_LOG_FORMAT", form)
    record = logging.makeLogRecord(
        {"msg": "to %s\n2026 INFO\x1b[2J", "args": ("8613800138000",)}
    )
    told = logs.Form().format(record)
    assert not re.search(r"[\x00-\x1f]", told)
    assert "to *************\\" in told
    assert log.lines() == []


def test_a_process_writes_json_and_no_exception_s_words(tmp_path):
    """As Celery does: the exception's own words stand in the line as well."""
    told = subprocess.run(
        [sys.executable, "-c", FAILING],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stderr.decode()
    line = json.loads(told)
    assert (line["says"], line["fault"]) == ("task raised ValueError", "ValueError")
    assert len(line["where"]) == 1
    assert re.fullmatch(r"\d{3} \d{3} \d{3}", line["reference"])
