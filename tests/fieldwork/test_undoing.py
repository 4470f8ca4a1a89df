"""An import is taken back: who goes, who is as before, who stays and why."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import factories
import pytest
from lists import HEADINGS, person, workbook
from sqlalchemy import select

from campaigns.delivery.models import Recipient, Reply
from campaigns.errors import CampaignError, NotAllowed, NotReady, Refused, Stale
from campaigns.fieldwork import undoing
from campaigns.fieldwork.visit_models import Need, Visit, VisitTry
from campaigns.register import importing, keeping
from campaigns.register.consent import ConsentNote
from campaigns.register.departures import Departure
from campaigns.register.erasures import Erasure
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.importing import undoing as asking
from campaigns.register.models import Member, OptOut
from campaigns.vocabulary import (
    CampaignState,
    ImportState,
    LegalBasis,
    MemberStatus,
    NeedKind,
    NeedState,
    NumberStatus,
    Undone,
    VisitOutcome,
)

PLACE = {"village": "大坪村"}
AFTER = timedelta(hours=1)
WATCHED = (
    *("identity", "provisional", "name", "name_index", "id_number", "certificate"),
    *("phone", "phone_index", "guardian_name", "guardian_phone", "address"),
    *("guardian_phone_index", "township", "village", "grade", "birth_date", "sex"),
    *("status", "number_status", "legal_basis", "notes", "created_at", "updated_at"),
)


@pytest.fixture
def county(session):
    factories.unit(session)
    factories.places(session)
    return session


@pytest.fixture
def sessions(county):
    """Each batch inside the test's transaction."""

    @contextmanager
    def opened():
        yield county
        county.flush()
        county.expire_all()

    return opened


@pytest.fixture
def bring(county, sessions, tmp_path):
    """A list checked and taken in at a moment."""

    def brought(rows, now, *, headings=HEADINGS, taken=True, basis="statutory"):
        made = importing.check_file(
            county,
            workbook(tmp_path / "list.xlsx", [headings, *rows]),
            file_name="list.xlsx",
            legal_basis=LegalBasis(basis),
            made_by=1,
            now=now,
        )
        assert not made.figures["wrong"]
        if taken:
            importing.take_in(sessions, made.id, now=now)
        return made.id

    return brought


@pytest.fixture
def take_back(county, sessions):
    def taken_back(import_id, now):
        asking.ask(county, import_id, reason="传错了表", by=1, now=now)
        asking.agree(county, import_id, by=2, now=now)
        return {
            name: n
            for name, n in undoing.undo(sessions, import_id, now=now).items()
            if n
        }

    return taken_back


def register(session):
    """Everybody who is on it, column by column, by number."""
    columns = [getattr(Member, name) for name in WATCHED]
    found = select(Member.id, *columns).where(Member.status != MemberStatus.ERASED)
    return {row.id: row for row in session.execute(found)}


def one(session, n) -> Member:
    name_and_phone = person(n)
    return session.scalars(
        select(Member).where(Member.phone_index == _index(name_and_phone[-1]))
    ).one()


def _index(phone):
    return factories.privacy.blind("phone", f"+86{phone}")


def test_the_register_is_as_it_was_before(county, bring, take_back, now, monkeypatch):
    monkeypatch.setattr(undoing, "BATCH", 2)
    bring([person(n, **PLACE) for n in (1, 2)], now, basis="none")
    county.execute(
        Member.__table__.update()
        .where(Member.phone_index == _index(person(2)[-1]))
        .values(number_status=NumberStatus.EMPTY)
    )
    # Somebody without an ID number whom the list gives one.
    bring(
        [["测试无", "", "福宝镇", "大坪村", "14000009999", "肢体", "二级"]],
        now,
        headings=[*HEADINGS, "残疾类别", "残疾等级"],
    )
    before = register(county)
    changed = [
        person(1, **PLACE, name="测试改"),
        person(2, township="白沙镇", village="芦稿村", phone="14000008888"),
        person(3, **PLACE, name="测试无", phone="14000009999"),
    ]
    new = [person(n, **PLACE) for n in (4, 5)]
    made = bring([*changed, *new], now + AFTER)
    assert len(register(county)) == 5
    assert take_back(made, now + 2 * AFTER) == {"went": 2, "returned": 3}
    assert register(county) == before
    rows = county.scalars(select(ImportRow).where(ImportRow.import_id == made)).all()
    assert {(row.before, row.identity) for row in rows} == {(None, None)}
    again = bring([*changed, *new], now + 3 * AFTER)
    assert county.get_one(Import, again).figures["new"] == 2


def test_whoever_something_happened_to_stays_and_is_told(county, bring, take_back, now):
    bring([person(n, **PLACE) for n in range(1, 4)], now)
    listed = [person(n, **PLACE, name="测试新") for n in range(1, 4)]
    made = bring([*listed, *(person(n, **PLACE) for n in range(4, 10))], now + AFTER)
    later = now + 2 * AFTER
    one(county, 1).updated_at = later
    bring([person(n, **PLACE, name="测试新") for n in (2,)], later)
    bring([person(4, **PLACE)], later, taken=False)
    campaign = factories.campaign(
        county, status=CampaignState.RUNNING, launched_at=later
    )
    sent = {"campaign_id": campaign.id, "township": "510522112", "category": 4}
    county.add(Recipient(member_id=one(county, 5).id, **sent))
    one(county, 6).updated_at = later
    county.add(
        OptOut(
            phone_index=b"p",
            member_id=one(county, 7).id,
            source="phone",
            recorded_at=later,
        )
    )
    one(county, 8).identity = b"another"
    county.flush()
    stays = {n: register(county)[one(county, n).id] for n in (1, 2, *range(4, 9))}
    assert take_back(made, later + AFTER) == {
        "went": 1,
        "returned": 1,
        "in_campaign": 1,
        "changed": 2,
        "listed": 2,
        "noted": 1,
        "missing": 1,
    }
    left = register(county)
    assert {n: left[row.id] for n, row in stays.items()} == stays
    assert len(left) == len(stays) + 1
    assert one(county, 3).name == person(3)[0]


def test_two_lists_are_taken_back_one_after_another(county, bring, take_back, now):
    bring([person(1, **PLACE)], now)
    before = register(county)
    lists = [
        bring([person(1, **PLACE, name=name)], now + n * AFTER)
        for n, name in ((1, "测试改"), (2, "测试再改"))
    ]
    for made in reversed(lists):
        assert take_back(made, now + 3 * AFTER) == {"returned": 1}
    assert register(county) == before


def test_a_key_that_another_person_bears_now_is_not_given_back(
    county, bring, take_back, now
):
    nameless = [["测试无", "", "福宝镇", "大坪村", "14000009999", "肢体", "二级"]]
    headings = [*HEADINGS, "残疾类别", "残疾等级"]
    bring(nameless, now, headings=headings)
    numbered = person(3, **PLACE, name="测试无", phone="14000009999")
    made = bring([numbered], now + AFTER)
    bring(nameless, now + 2 * AFTER, headings=headings)
    before = register(county)
    assert take_back(made, now + 3 * AFTER) == {"listed": 1}
    assert register(county) == before


@pytest.mark.parametrize("batches", range(4))
def test_a_power_cut_anywhere_and_again_takes_everybody_back_once(
    county, bring, sessions, now, monkeypatch, batches
):
    monkeypatch.setattr(undoing, "BATCH", 2)
    bring([person(1, **PLACE)], now)
    before = register(county)
    list_ = [person(n, **PLACE, name="测试新") for n in range(1, 6)]
    made = bring(list_, now + AFTER)
    asking.ask(county, made, reason="传错了表", by=1, now=now + AFTER)
    asking.agree(county, made, by=2, now=now + AFTER)
    left = iter(range(batches))

    @contextmanager
    def cut():
        with county.begin_nested():
            yield county
            if next(left, None) is None:
                raise InterruptedError

    with pytest.raises(InterruptedError):
        undoing.undo(cut, made, now=now + 2 * AFTER)
    county.expire_all()
    figures = undoing.undo(sessions, made, now=now + 2 * AFTER)
    assert (figures["went"], figures["returned"]) == (4, 1)
    assert register(county) == before


def test_two_people_and_a_reason_and_in_time(county, bring, sessions, now):
    empty = bring([person(1, **PLACE)], now, taken=False)
    made = bring([person(1, **PLACE)], now)
    for number, reason, error in (
        (empty, "传错了表", NotReady),
        (made, "  ", Refused),
        (999, "传错了表", CampaignError),
    ):
        with pytest.raises(error):
            asking.ask(county, number, reason=reason, by=1, now=now)
    for deed in (lambda: asking.drop(county, made), lambda: _agree(county, made, now)):
        with pytest.raises(Stale):
            deed()
    asking.ask(county, made, reason="传错了表", by=1, now=now)
    with pytest.raises(Stale):
        asking.ask(county, made, reason="传错了表", by=2, now=now)
    with pytest.raises(NotAllowed):
        asking.agree(county, made, by=1, now=now)
    with pytest.raises(NotReady):
        undoing.undo(sessions, made, now=now)
    days = keeping.KINDS["uploads"].days
    assert list(county.scalars(asking.waiting(1))) == []
    assert list(county.scalars(asking.waiting(2))) == [made]
    with pytest.raises(NotReady):
        _agree(county, made, now + timedelta(days=days))
    asking.drop(county, made)
    assert list(county.scalars(asking.waiting(2))) == []
    asking.ask(county, made, reason="传错了表", by=2, now=now)
    asking.agree(county, made, by=1, now=now)
    assert county.get_one(Import, made).state is ImportState.UNDOING
    undoing.undo(sessions, made, now=now)
    with pytest.raises(NotReady):
        importing.discard(county, made)
    with pytest.raises(NotReady):
        asking.ask(county, made, reason="传错了表", by=1, now=now)


def _agree(session, made, now):
    asking.agree(session, made, by=2, now=now)


def test_every_fate_is_counted(county, bring, sessions, take_back, now):
    made = bring([person(n, **PLACE) for n in range(1, 4)], now)
    take_back(made, now + AFTER)
    again = undoing.undo(sessions, made, now=now + 2 * AFTER)
    assert set(again) == {fate.value for fate in Undone}
    done = county.get_one(Import, made)
    assert (sum(again.values()), done.done_rows) == (3, 0)
    assert done.undone_at == now + AFTER


NOTES = {
    "need": lambda n, now: Need(
        member_id=n,
        township="510522112",
        kind=NeedKind.OTHER,
        state=NeedState.OPEN,
        due_at=now,
        raised_at=now,
    ),
    "contact": lambda n, now: VisitTry(
        member_id=n, township="510522112", outcome=VisitOutcome.MET, at=now
    ),
    "reply": lambda n, now: Reply(
        member_id=n,
        provider="simulator",
        phone_index=b"p",
        phone="",
        text="",
        received_at=now,
    ),
    "wish": lambda n, now: ConsentNote(
        member_id=n, kind="tips_basis", said="consent", evidence="", recorded_at=now
    ),
    "gone": lambda n, now: Departure(
        member_id=n,
        status=MemberStatus.MOVED,
        was=MemberStatus.ACTIVE,
        evidence="",
        reported_at=now,
    ),
    "erasure": lambda n, now: Erasure(
        member_id=n, identity=b"i", member_since=now, asked_at=now
    ),
    "visit": lambda n, now: Visit(
        member_id=n, township="510522112", rank=1, opened_at=now, due_at=now
    ),
    "visited": lambda n, now: Visit(
        member_id=n,
        township="510522112",
        rank=1,
        opened_at=now,
        due_at=now,
        closed_at=now,
    ),
}


def test_whatever_was_noted_of_somebody_keeps_them(county, bring, take_back, now):
    made = bring([person(n, **PLACE) for n in range(len(NOTES) + 1)], now)
    for n, note in enumerate(NOTES.values()):
        county.add(note(one(county, n).id, now + AFTER))
    county.flush()
    fates = take_back(made, now + AFTER)
    assert fates == {"went": 1, "noted": len(NOTES)}
