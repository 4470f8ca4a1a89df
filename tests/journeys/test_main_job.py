"""From a county's roster workbook to who was reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from journeys.office import SMALL_TOWNSHIPS, Office
from sqlalchemy import func, select

from campaigns.audience import selection
from campaigns.audience.rules import Rule
from campaigns.bulletins import drafting, library, review
from campaigns.delivery.models import Receipt
from campaigns.register import importing
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.places import shipped_rows
from campaigns.register.scope import Scope
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from campaigns.vocabulary import (
    ImportState,
    LegalBasis,
    Level,
    MessageState,
    RowVerdict,
)
from outreach.roster import RosterFacts, make_roster

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

PEOPLE = 400


def test_a_roster_becomes_members_texts_receipts_and_figures(
    office: Office, tmp_path: Path
):
    facts = make_roster(tmp_path / "花名册.xlsx", PEOPLE)
    taken = take_in(office, tmp_path / "花名册.xlsx")
    every_row_was_taken_or_told(office, taken, facts)

    rule = Rule(townships=tuple(large_townships()))
    expected = count(office, rule)
    assert 0 < expected <= PEOPLE
    office.stack.behave(latency_ms=400.0)
    campaign = office.release(rule, version=issue_from_the_library(office))
    office.stack.until(lambda: office.launched(campaign))
    seen = list(figures_while_it_runs(office, campaign))

    proof = office.everybody_is_accounted_for(campaign, expected)
    assert proof.ledger == office.accepted(campaign) > expected // 2
    the_figures_moved(seen, expected)
    the_report_adds_up(office, campaign, seen[-1], proof.ledger)
    nobody_heard_it_twice(office, campaign)


def take_in(office: Office, path: Path) -> int:
    wiring = office.wiring
    with wiring.database.writing() as session:
        checked = importing.check_file(
            session,
            path,
            file_name=path.name,
            legal_basis=LegalBasis.STATUTORY,
            source="县残联名册",
            made_by=office.writer,
            now=wiring.clock(),
        )
        assert checked.state is ImportState.CHECKED
    figures = importing.take_in(wiring.database.writing, checked.id, now=wiring.clock())
    assert figures["new"] == PEOPLE
    return checked.id


def every_row_was_taken_or_told(
    office: Office, import_id: int, facts: RosterFacts
) -> None:
    with office.wiring.database.reading() as session:
        assert session.get_one(Import, import_id).state is ImportState.IMPORTED
        wrong = session.scalars(
            select(ImportRow).where(
                ImportRow.import_id == import_id,
                ImportRow.verdict == RowVerdict.WRONG,
            )
        ).all()
    assert {row.row_number for row in wrong} == set(facts.fault_rows)
    for row in wrong:
        for problem in row.problems:
            assert problem["sentence"]
            assert problem["cell"].endswith(str(row.row_number))


def large_townships() -> Iterator[str]:
    for row in shipped_rows("510522"):
        if row.level == Level.TOWNSHIP and row.code not in SMALL_TOWNSHIPS:
            yield row.code


def count(office: Office, rule: Rule) -> int:
    with office.wiring.database.reading() as session:
        now = office.wiring.clock()
        return selection.count(session, rule, Scope.everything(), now).total


def issue_from_the_library(office: Office) -> int:
    now = office.wiring.clock()
    with office.wiring.database.writing() as session:
        draft = library.start_from_library(session, "T01", by=office.writer, now=now)
        draft = drafting.save_draft(
            session,
            draft.bulletin_id,
            {"source": "县疾控中心", "valid_until": date(2030, 12, 31)},
            by=office.writer,
            now=now,
        )
        draft = review.send_for_review(session, draft.id, by=office.writer, now=now)
        return review.issue(
            session,
            draft.id,
            by=office.second,
            seen=draft.content_hash,
            heard_by="王听",
            now=now + timedelta(seconds=1),
        ).id


def figures_while_it_runs(
    office: Office, campaign: int
) -> Iterator[CampaignStatistics]:
    def look() -> CampaignStatistics:
        with office.wiring.database.reading() as session:
            return campaign_statistics(session, campaign)

    quiet = False
    while not quiet:
        yield office.stack.until(look)
        quiet = office.quiet(campaign)
    yield look()


def the_figures_moved(seen: list[CampaignStatistics], expected: int) -> None:
    submitted = [figures.submitted for figures in seen]
    assert submitted == sorted(submitted)
    between = {n for n in submitted if 0 < n < submitted[-1]}
    assert between, "statistics stood still while the campaign ran"
    assert len({figures.delivered for figures in seen}) > 2
    # At every moment everyone is somewhere: nobody appears or disappears.
    assert {figures.audience for figures in seen} == {expected}
    assert {sum(figures.messages.values()) for figures in seen} == {expected}


def the_report_adds_up(
    office: Office, campaign: int, last: CampaignStatistics, sent: int
) -> None:
    rows = office.states(campaign)
    named = {state.name.lower(): rows[state] for state in MessageState if rows[state]}
    assert Counter(last.messages) + Counter(last.copies) == Counter(named)
    assert last.copies["delivered"] > 0, "guardians are told beside the person"
    assert last.submitted == sent
    assert last.delivered == rows[MessageState.DELIVERED] > sent // 2
    by_township = last.by_township.values()
    assert sum(people.audience for people in by_township) == last.audience
    by_category = last.by_category.values()
    assert sum(people.audience for people in by_category) == last.audience
    assert sum(people.reached for people in by_category) == last.reached > 0
    with office.wiring.database.reading() as session:
        reports = select(func.count()).where(Receipt.applied_at.is_not(None))
        assert (session.scalar(reports) or 0) >= 2 * sent, "sent, then the end"


def nobody_heard_it_twice(office: Office, campaign: int) -> None:
    known = office.in_ledger(campaign)
    assert set(known.values()) == {1}
    phones = [
        entry["to"]
        for entry in office.stack.ledger()
        if office.message_of(entry, campaign) is not None
    ]
    assert len(phones) == len(set(phones)) == known.total()
