"""The administrator sees the providers without a secret, and tests without sending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns.delivery.models import Line
from outreach.audit import AuditRow


def test_what_is_in_use_stands_first_and_no_secret_is_shown(visit, app):
    text = visit("guanli").read("/providers")
    assert text.index("（在用）") < text.index("Twilio")
    assert "没有设置" in text
    settings = app.extensions["outreach"].settings
    secret = settings.simulator_secret.get_secret_value()
    assert not secret or secret not in text


@pytest.mark.parametrize(
    ("facts", "word"),
    [({"open_until": True}, "不通"), ({"penalty": 4}, "变慢"), ({}, "正常")],
)
def test_a_line_says_how_it_is(visit, writing, app, facts, word):
    now = app.extensions["outreach"].clock()
    if facts.get("open_until"):
        facts = {"open_until": now + timedelta(minutes=5)}
    with writing() as session:
        session.merge(Line(provider="simulator", free_at=now, gap_us=10_000, **facts))
    assert word in visit("guanli").read("/providers")


def test_only_an_administrator_tests(visit, writing):
    assert visit("xian").send("/providers/twilio/test").status_code == 403
    asked = visit("guanli").send("/providers/twilio/test")
    assert asked.status_code == 303
    with writing() as session:
        tested = session.query(AuditRow).filter_by(action="test_provider").count()
    assert tested == 0
