from __future__ import annotations

from datetime import date

import factories
import pytest
from sqlalchemy import insert, literal, select

from campaigns.audience import segments
from campaigns.audience.rules import Rule
from campaigns.audience.selection import count, sample, sizes, where
from campaigns.delivery.models import Recipient
from campaigns.errors import NotReady
from campaigns.orm import table_of
from campaigns.register.models import Member
from campaigns.register.optouts import record_refusal
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Category,
    LegalBasis,
    MemberStatus,
    NumberStatus,
    Reason,
    Urgency,
)

EVERYBODY = Scope.everything()


def chosen(session, now, rule, scope=EVERYBODY):
    found = select(Member).where(*where(rule, now), *scope.where())
    return list(session.scalars(found.order_by(Member.id)))


def test_a_component_of_a_multiple_disability_counts(session, now):
    blind = factories.member(session, category=Category.VISUAL)
    factories.member(session, category=Category.PHYSICAL)
    deaf_blind = factories.member(session, category=Category.MULTIPLE, categories=0b11)
    unknown = factories.member(session, category=Category.MULTIPLE)
    other = factories.member(session, category=Category.MULTIPLE, categories=0b11000)
    assert chosen(session, now, Rule(categories=(1,))) == [blind, deaf_blind, unknown]
    alone = Rule(categories=(1,), include_multiple=False)
    assert chosen(session, now, alone) == [blind]
    multiple = Rule(categories=(7,))
    assert chosen(session, now, multiple) == [deaf_blind, unknown, other]


def test_places_may_be_townships_villages_or_both(session, now):
    one = factories.member(session, village="510522112201")
    two = factories.member(session, village="510522112202")
    three = factories.member(session, township="510522102", village=None)
    assert chosen(session, now, Rule(townships=("510522112",))) == [one, two]
    assert chosen(session, now, Rule(villages=("510522112202",))) == [two]
    both = Rule(townships=("510522102",), villages=("510522112201",))
    assert chosen(session, now, both) == [one, three]


def test_ages_are_counted_in_full_years_in_china(session, now):
    turns_60_today = factories.member(session, birth_date=date(1966, 11, 23))
    turns_60_tomorrow = factories.member(session, birth_date=date(1966, 11, 24))
    factories.member(session, birth_date=None)
    assert chosen(session, now, Rule(min_age=60)) == [turns_60_today]
    assert chosen(session, now, Rule(max_age=59)) == [turns_60_tomorrow]


def test_flags_sex_grade_and_phone_narrow_the_choice(session, now):
    wanted = factories.member(
        session, grade=1, living_alone=True, chronic_illness=True, phone=None
    )
    factories.member(session)
    for rule in (
        Rule(grades=(1,)),
        Rule(living_alone=True),
        Rule(chronic_illness=True),
        Rule(has_phone=False),
    ):
        assert chosen(session, now, rule) == [wanted]
    assert chosen(session, now, Rule(sex="m")) == []


def test_the_excepted_segment_is_left_out_even_where_facts_are_missing(session, now):
    unknown_age = factories.member(session, birth_date=None)
    old = factories.member(session, birth_date=date(1940, 1, 1))
    elders = segments.save_segment(
        session, name="老人", rule=Rule(min_age=60), by=1, now=now
    )
    rest = segments.save_segment(
        session, name="其余", rule=Rule(except_segment=elders.id), by=1, now=now
    )
    rule = segments.rule_of(session, rest)
    assert chosen(session, now, rule) == [unknown_age]
    assert chosen(session, now, Rule.from_json(rule.to_json())) == [unknown_age]
    assert old not in chosen(session, now, rule)
    with pytest.raises(NotReady):
        where(Rule.from_json(rest.rule), now)


def test_the_conditions_freeze_an_audience_in_one_statement(session, now):
    wanted = factories.member(session, category=Category.VISUAL)
    factories.member(session)
    campaign = factories.campaign(session)
    rule = Rule(categories=(1,), except_rule=Rule(min_age=100))
    people = select(
        literal(campaign.id),
        Member.id,
        Member.township,
        Member.certificate_category,
        literal(0),
        literal(0),
        literal(value=True),
        literal(""),
        literal(""),
    ).where(*where(rule, now))
    names = (
        *("campaign_id", "member_id", "township", "category", "best", "was"),
        *("suits", "reason", "was_reason"),
    )
    session.execute(insert(table_of(Recipient)).from_select(names, people))
    assert session.scalars(select(Recipient.member_id)).all() == [wanted.id]


def test_a_count_accounts_for_everybody_by_category_township_and_reason(session, now):
    factories.member(session)
    factories.member(session, category=Category.VISUAL, township="510522102")
    factories.member(session, phone=None)
    factories.member(session, phone=None, village=None)
    factories.member(session, status=MemberStatus.DECEASED)
    factories.member(session, legal_basis=LegalBasis.NONE)
    factories.member(session, number_status=NumberStatus.EMPTY)
    factories.member(session, category=Category.MULTIPLE, categories=0b11)
    refusing = factories.member(session)
    record_refusal(
        session, member=refusing, scope="tips", source="reply", recorded_by=1, now=now
    )
    counted = count(session, Rule(), EVERYBODY, now, urgency=Urgency.TIP)
    assert counted.total == 9
    assert counted.reachable == 2
    assert counted.reasons == dict.fromkeys(
        [
            Reason.NO_PHONE,
            Reason.NO_CONTACT,
            Reason.INACTIVE,
            Reason.NO_LEGAL_BASIS,
            Reason.NUMBER_BAD,
            Reason.DEAF_BLIND,
            Reason.OPTED_OUT,
        ],
        1,
    )
    assert counted.by_category == {1: 1, 4: 7, 7: 1}
    assert counted.by_township == {"510522102": 1, "510522112": 8}
    assert count(session, Rule(), EVERYBODY, now).reachable == 3
    narrow = count(session, Rule(), Scope(places=("510522102",)), now)
    assert (narrow.total, narrow.cells) == (1, {(1, "510522102"): 1})


def test_a_sample_stays_within_the_scope(session, now):
    factories.member(session)
    there = factories.member(session, township="510522102", village="510522102201")
    scope = Scope(places=("510522102",))
    assert sample(session, Rule(), scope, now) == [there]
    assert len(sample(session, Rule(), EVERYBODY, now, 1)) == 1


def test_many_rules_are_counted_in_one_reading(session, now):
    for category in (Category.VISUAL, Category.PHYSICAL, Category.PHYSICAL):
        factories.member(session, category=category)
    factories.member(session, township="510522102", village="510522102201")
    rules = [Rule(), Rule(categories=(1,)), Rule(categories=(2,)), Rule(max_age=1)]
    here = Scope(places=("510522112",))
    for scope in (EVERYBODY, here):
        each = [len(chosen(session, now, rule, scope)) for rule in rules]
        assert sizes(session, rules, scope, now) == each
    assert sizes(session, rules, here, now) == [3, 1, 0, 0]
    assert sizes(session, [], here, now) == []
