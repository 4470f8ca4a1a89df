"""The way most counties send: number files, a carrier's web portal, results back."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from journeys.office import Office

from campaigns.audience.rules import Rule
from campaigns.delivery import portal, portal_results
from campaigns.delivery.portal_files import batch_file
from campaigns.reporting.statistics import CampaignStatistics, campaign_statistics
from campaigns.vocabulary import CampaignState, MessageState

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("stack")]

PEOPLE, SIZE = 90, 40


def test_batches_go_out_by_hand_and_their_results_come_back(
    office: Office, tmp_path: Path
):
    village = office.settle(PEOPLE)
    before = len(office.stack.ledger())
    campaign = office.release(Rule(villages=(village,)), provider="portal_file")
    office.stack.until(lambda: office.launched(campaign))

    files = number_files(office, campaign, tmp_path)
    numbers = [number for batch in files.values() for number in batch]
    assert [len(batch) for batch in files.values()] == [40, 40, 10]
    assert len(set(numbers)) == PEOPLE
    # The machine sends nothing of it, and counts nothing as sent yet.
    assert figures(office, campaign).submitted == 0

    first, second, third = files
    for batch in (first, second):
        tick_off(office, batch)
    abandon(office, third)
    assert figures(office, campaign).submitted == 80
    files |= number_files(office, campaign, tmp_path)
    again = [batch for batch in files if batch not in {first, second, third}]
    assert sorted(files[again[0]]) == sorted(files[third])
    tick_off(office, again[0])

    bring_back(office, first, files[first], tmp_path)
    totals_alone(office, second)
    bring_back(office, again[0], files[again[0]], tmp_path)
    report = figures(office, campaign)
    assert report.messages["delivered"] == 37 + 7
    assert report.messages["undelivered"] == 3 + 3
    assert report.messages["no_receipt"] == 40
    assert report.reached == 44
    assert sum(report.messages.values()) == report.audience == PEOPLE
    office.everybody_is_where_the_tally_says(campaign)
    sent = {line["to"] for line in office.stack.ledger()[before:]}
    assert not sent & {f"+86{number}" for number in numbers}
    office.stack.until(lambda: office.status(campaign) is CampaignState.FINISHED)


def number_files(office: Office, campaign: int, folder: Path) -> dict[int, list[str]]:
    """Make batches of what waits, and read the numbers of their files."""
    now = office.wiring.clock()
    with office.wiring.database.writing() as session:
        made = portal.make_batches(
            session, campaign, size=SIZE, by=office.writer, now=now
        )
        files = {}
        for batch in made:
            path = folder / f"{batch.number}.txt"
            assert batch_file(session, batch.id, path, now) == batch.size
            files[batch.id] = path.read_bytes().decode("gb18030").split()
    return files


def tick_off(office: Office, batch: int) -> None:
    now = office.wiring.clock()
    with office.wiring.database.writing() as session:
        portal.tick_off(session, batch, f"PT-{batch}", by=office.writer, now=now)


def abandon(office: Office, batch: int) -> None:
    now = office.wiring.clock()
    with office.wiring.database.writing() as session:
        portal.abandon(session, batch, by=office.writer, now=now)


def bring_back(office: Office, batch: int, numbers: list[str], folder: Path) -> None:
    """The portal's result file: three failed, one number is a stranger's."""
    path = folder / f"结果{batch}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["手机号码", "状态"])
        for row, number in enumerate([*numbers, "16399999999"], 1):
            sheet.write_row(row, 0, [number, "空号" if row <= 3 else "成功"])
    for _ in ("the file", "the same file again changes nothing"):
        with office.wiring.database.writing() as session:
            now = office.wiring.clock()
            read = portal_results.read_results(session, batch, path, now=now)
        assert (read.matched, read.strangers) == (len(numbers), 1)


def totals_alone(office: Office, batch: int) -> None:
    with office.wiring.database.writing() as session:
        portal_results.record_totals(
            session, batch, {"delivered": 35, "failed": 5}, now=office.wiring.clock()
        )


def figures(office: Office, campaign: int) -> CampaignStatistics:
    assert office.states(campaign)[MessageState.IN_DOUBT] == 0
    with office.wiring.database.reading() as session:
        return campaign_statistics(session, campaign)
