"""The page of foreign routes: what it means, who proposes, who opens, who closes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from outreach.audit import AuditRow

PAGE = "/health/foreign"
DOCUMENT = "川网信出境〔2026〕1号"


def test_two_people_open_it_and_one_closes_it_at_once(visit, writing) -> None:
    admin, county = visit("guanli"), visit("xian")
    assert "收信人的手机号和短信全文会交给境外的公司" in admin.read(PAGE)
    nameless = admin.send(PAGE, route="twilio", document="")
    assert nameless.status_code == 422
    assert admin.send(PAGE, route="twilio", document=DOCUMENT).status_code == 303
    assert admin.send(PAGE, f"{PAGE}/1/approve").status_code == 403
    assert "1 条境外线路等您批准" in county.read("/")
    assert county.send(PAGE, f"{PAGE}/1/approve").status_code == 303
    told = visit("shenji").read(PAGE)
    assert DOCUMENT in told
    assert "已开通" in told
    assert "<form" not in told[told.index("<main") :], "the auditor reads"
    assert county.send(PAGE, f"{PAGE}/1/close").status_code == 303
    assert "已关闭" in county.read(PAGE)
    with writing() as session:
        deeds = select(AuditRow.action, AuditRow.details).order_by(AuditRow.id)
        noted = [tuple(row) for row in session.execute(deeds) if "route" in row.action]
    assert noted == [
        ("propose_route", {"route": "twilio"}),
        ("approve_route", {"route": "twilio", "document": DOCUMENT}),
        ("close_route", {"paused": []}),
    ]


@pytest.mark.parametrize("name", ["mangxie", "fubao", "cun"])
def test_nobody_else_sees_it(visit, name) -> None:
    assert visit(name).open(PAGE).status_code == 403


def test_a_coordinator_proposes_none(visit) -> None:
    county = visit("xian")
    keys = county.keys("/planning/permissions")
    answer = county.client.post(PAGE, data={**keys, "route": "twilio", "document": "x"})
    assert answer.status_code == 403
