"""The auditor's way from a person to the proof, in words and not in codes."""

from __future__ import annotations

import re

import pytest
import stages
from sqlalchemy import select

from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery.models import Message
from campaigns.words import glossary
from outreach.web.subjects import KINDS

_CODE = re.compile(r">\s*[a-z_]+:\d")


@pytest.fixture
def sent(writing):
    """A campaign that reached somebody: the first message's id, and its person's."""
    with writing() as session:
        stages.people(session, 4)
        campaign = stages.launched(session)
        stages.delivered(session, campaign.id, 2)
        delivered = select(Message).where(Message.submitted_at.is_not(None))
        first = session.scalars(delivered.order_by(Message.id)).first()
        version = session.get_one(BulletinVersion, campaign.version_id)
        version.issue_number = "2026-014"
        return campaign.id, first.id, first.member_id


def test_a_person_leads_to_the_message_the_text_and_its_fingerprint(visit, sent):
    campaign, message, member = sent
    auditor = visit("shenji")
    found = auditor.open(f"/audit?number={member}&kind=member").location
    person = auditor.read(found)
    assert "应联系 1 次，送达 1 条" in person
    assert f"/audit/message/{message}" in person
    proof = auditor.read(f"/audit/message/{message}")
    for words in ("提交给通道", "文字的指纹", f"/audit/campaign/{campaign}"):
        assert words in proof
    assert "/bulletins/" in auditor.read(f"/audit/campaign/{campaign}")


@pytest.mark.usefixtures("sent")
def test_a_text_is_found_by_the_number_it_was_issued_under(visit):
    auditor = visit("shenji")
    found = auditor.open("/audit?number=2026-014&kind=member").location
    assert "/audit/bulletin/" in found
    assert "2026-014" in auditor.read(found)
    assert "没有这个编号或文号" in auditor.read("/audit?number=2026-999&kind=member")


@pytest.mark.usefixtures("sent")
def test_lists_of_deeds_say_what_was_done_to_which_thing(visit):
    visit("fubao").send("/fieldwork/quiet", **QUIET)
    auditor = visit("shenji")
    for address in ("/", "/audit/log", "/audit/log?action=add_quiet"):
        text = auditor.read(address)
        assert "福宝镇 地方" in text, address
        assert not _CODE.search(text), address
    assert "增加静音时段" not in re.sub(
        "<option.*?</option>", "", auditor.read("/audit/log?action=reveal")
    )


QUIET = {
    "place": "510522112",
    "day": "2026-12-01",
    "kind": "exam",
    "begins": "08:00",
    "ends": "11:00",
}


def test_two_deeds_never_share_their_words():
    for language in ("zh", "en"):
        deeds = [
            row[language] for row in glossary() if row["code_word"].startswith("deed.")
        ]
        assert len(set(deeds)) == len(deeds), language


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_trail_opens(visit, kind):
    answer = visit("shenji").open(f"/audit/{kind}/1")
    assert answer.status_code == (404 if kind == "message" else 200)
