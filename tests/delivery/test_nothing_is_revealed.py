"""A text that was chosen by category reads like the one that everybody gets."""

from __future__ import annotations

import dataclasses
from datetime import date

import factories
import pytest
from delivery.ledger import Ledger

from campaigns.audience.segments import standard_rules
from campaigns.bulletins import library
from campaigns.bulletins.forbidden import Kind, blocks
from campaigns.bulletins.wording import fill, values_for
from campaigns.delivery import claiming, launching, portal_cutting
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Outgoing
from campaigns.vocabulary import ALL_COMPONENTS, Category, Urgency
from campaigns.words import word

SIGNER = b"s" * 32
TOLD_APART = [
    *(word(f"category_{int(category)}") for category in Category),
    *("一级", "二级", "三级", "四级", "独居", "监护", "重度", "多重"),
]


@pytest.fixture(autouse=True)
def village(session):
    """One person of each kind in one village, each with a phone of their own."""
    factories.unit(session)
    factories.places(session)
    for n, category in enumerate(Category):
        for grade in (1, 4):
            factories.member(
                session,
                category=category,
                grade=grade,
                living_alone=bool(n % 2),
                guardian_phone=f"+8614100000{n}{grade}1",
            )
    for components in (0b011001, 0b001010, ALL_COMPONENTS & ~0b11):
        factories.member(session, category=Category.MULTIPLE, categories=components)
    factories.member(
        session, birth_date=date(2020, 1, 1), guardian_phone="+8614100000999"
    )


def carried(session, now, ledger: Ledger, rule=None, **given) -> list[Outgoing]:
    campaign = factories.campaign(session, rule=rule or {}, **given)
    assert launching.launch(session, campaign.id, now)
    dispatch = Dispatch.of(session, campaign.id)
    batch = claiming.claim(
        session, dispatch, 100, now, signer=SIGNER, limits=ledger.limits
    )
    return list(batch.messages)


def written(session, text):
    """A library text, issued with its sample values."""
    draft = library.start_from_library(session, text.id, by=1, now=factories.NOW)
    return factories.version(
        session, sms_text=draft.sms_text, values=library.sample(), urgency=text.urgency
    )


@pytest.mark.parametrize("text", library.texts(), ids=lambda text: text.id)
def test_each_library_text_is_the_same_to_every_category_byte_for_byte(
    session, now, ledger, text
):
    version = written(session, text)
    given = {"version_id": version.id, "urgency": Urgency.MUST_REACH}
    everybody = carried(session, now, ledger, **given)
    assert len(everybody) > len(Category)
    (said,) = {out.text.encode() for out in everybody}
    category = list(Category)[library.texts().index(text) % len(Category)]
    rule = {"categories": [int(category)]}
    chosen = carried(session, now, ledger, rule, **given)
    assert {out.text.encode() for out in chosen} == {said}
    assert not [it for it in TOLD_APART if it in said.decode()]


@pytest.mark.parametrize("name", standard_rules())
def test_each_segment_gets_the_words_that_everybody_gets(session, now, ledger, name):
    version = written(session, library.library_text("T01"))
    given = {"version_id": version.id, "urgency": Urgency.MUST_REACH}
    (said,) = {out.text for out in carried(session, now, ledger, **given)}
    rule = standard_rules()[name].to_json()
    assert {out.text for out in carried(session, now, ledger, rule, **given)} == {said}


def test_what_is_handed_over_has_no_place_for_a_category():
    assert {field.name for field in dataclasses.fields(Outgoing)} == {
        *("message_id", "campaign_id", "attempt", "channel", "phone", "text", "token"),
        *("parts", "deadline", "valid_seconds", "submitted_at"),
        *("serial", "signature", "sound", "template", "values", "practice"),
    }


def test_a_person_and_their_guardian_get_the_same_words_from_the_same_number(
    session, now, ledger
):
    version = written(session, library.library_text("T02"))
    outs = carried(session, now, ledger, version_id=version.id)
    copies = {
        message.id
        for message in session.query(Message)
        if message.addressee == "guardian"
    }
    assert copies & {out.message_id for out in outs}
    assert len({(out.text, out.parts, out.channel) for out in outs}) == 1


def test_a_number_file_mixes_categories_and_names_none(session, now):
    version = written(session, library.library_text("T01"))
    campaign = factories.campaign(
        session,
        version_id=version.id,
        provider="portal_file",
        urgency=Urgency.MUST_REACH,
    )
    assert launching.launch(session, campaign.id, now)
    (batch,) = portal_cutting.make_batches(session, campaign.id, by=1, now=now)
    assert not [it for it in TOLD_APART if it in batch.text]


@pytest.mark.parametrize("text", library.texts(), ids=lambda text: text.id)
def test_no_library_text_has_anything_that_would_be_refused(session, text):
    unit = factories.unit(session)
    draft = library.start_from_library(session, text.id, by=1, now=factories.NOW)
    draft.values = library.sample()
    values = values_for(draft, unit, "福宝镇", "大坪村")
    for line, kind in (
        (draft.sms_text, Kind.SMS),
        *((each, Kind.EASY_READ) for each in draft.easy_read),
    ):
        assert [hint.found for hint in blocks(fill(line, values), kind)] == []
