"""An invented village comes in one press and goes in one, and takes nothing with it."""

from __future__ import annotations

from datetime import timedelta

import factories
import pytest
from sqlalchemy import func, select

from campaigns.audience import segments
from campaigns.audience.models import Segment
from campaigns.delivery import launching, quarantine, receipts
from campaigns.delivery.claiming import claim
from campaigns.delivery.dispatch import Dispatch
from campaigns.delivery.provider import Limits, Report
from campaigns.delivery.sending import Outcome, record
from campaigns.errors import NotReady, Refused, Stale
from campaigns.orm import Base
from campaigns.planning.models import ForeignRoute
from campaigns.register import importing, organisations, practice
from campaigns.register.models import Member, OptOut, Place, Unit
from campaigns.register.optouts import record_refusal
from campaigns.vocabulary import (
    CampaignState,
    Category,
    LegalBasis,
    MessageState,
)
from outreach import accounts, audit
from outreach import practice as practising
from outreach.accounts import Grant, Role
from outreach.settings import Settings

SIGNER = b"practice"
SETTINGS = Settings(_env_file=None, simulator_secret="0123456789abcdef" * 2)


@pytest.fixture
def office(session, now):
    """A unit with its places, the standard segments and an account; nothing else."""
    factories.unit(session)
    factories.places(session)
    segments.make_standard_segments(session, now - timedelta(hours=1))
    audit.note(session, "set_up", now=now)
    return session


@pytest.fixture
def begun(office, now):
    assert practising.begin(office, SETTINGS, by=1, now=now) == 40
    return office


def test_the_cast_has_everybody_whom_an_office_meets(begun):
    people = begun.scalars(select(Member)).all()
    assert {p.category for p in people} == {*Category}
    assert all(p.name.startswith("练") for p in people)
    assert len({p.identity for p in people}) == 40
    assert any(p.guardian_phone and not p.phone for p in people)
    assert any(not p.guardian_phone and not p.phone for p in people)
    for index in ("phone_index", "guardian_phone_index"):
        numbers = [getattr(p, index) for p in people if getattr(p, index)]
        assert len(numbers) > len({*numbers}), f"nobody shares a phone: {index}"
    deaf_blind = Category.VISUAL.bit | Category.HEARING.bit
    assert any(p.categories == deaf_blind for p in people)
    assert sorted(begun.scalars(select(OptOut.scope))) == ["all", "tips"]
    assert {begun.get(Place, p.village).name for p in people} == {practice.VILLAGE}
    assert begun.scalar(select(Unit.name)).endswith(practice.MARK)


def test_nobody_is_taken_in_while_practice_stands(begun, tmp_path, now):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"a list")
    with pytest.raises(NotReady, match="清除练习数据"):
        importing.begin(
            begun,
            path,
            file_name="x.xlsx",
            legal_basis=LegalBasis.STATUTORY,
            made_by=1,
            now=now,
        )
    with pytest.raises(NotReady, match="清除练习数据"):
        organisations.replace_list(begun, path, by=1, now=now)


@pytest.mark.parametrize("what", ["member", "version", "campaign"])
def test_what_is_there_is_never_mixed_with_practice(office, now, what):
    if what == "campaign":
        number, whom = factories.version(office).id, factories.segment(office).id
        factories.campaign(office, version_id=number, segment_id=whom)
    else:
        getattr(factories, what)(office)
    with pytest.raises(Refused, match="还没有内容"):
        practising.begin(office, SETTINGS, by=1, now=now)


def test_somebody_who_is_not_of_the_cast_keeps_it_from_being_removed(begun, now):
    factories.member(begun, created_at=now + timedelta(days=1))
    with pytest.raises(Refused, match="1 位不是练习数据"):
        practising.remove(begun, now)
    assert begun.scalar(select(func.count(Member.id))) == 41


@pytest.mark.parametrize(
    "lacking",
    [{"simulator_url": "http://203.0.113.7:8001"}, {"simulator_secret": ""}],
)
def test_without_a_simulated_carrier_here_nobody_practises(office, now, lacking):
    settings = Settings(
        _env_file=None, **{"simulator_secret": "0123456789abcdef" * 2, **lacking}
    )
    with pytest.raises(NotReady, match="模拟通道"):
        practising.begin(office, settings, by=1, now=now)
    assert practice.since(office) is None


def test_one_press_removes_all_of_it_and_nothing_else(begun, now):
    before = _count(begun)
    whom = factories.segment(begun, name="练习时建的", made_at=now)
    made = factories.campaign(
        begun,
        version_id=factories.version(begun).id,
        segment_id=whom.id,
        status=CampaignState.APPROVED,
        channels=["sms", "loudspeaker"],
        due_at=now,
        made_at=now,
    )
    assert launching.launch(begun, made.id, now)
    record_refusal(
        begun,
        member=begun.scalars(select(Member).order_by(Member.id)).first(),
        source="visit",
        recorded_by=1,
        now=now,
    )
    clerk = accounts.add_user(begun, name="cun", shown_as="村", password=None, now=now)
    home = begun.scalar(select(Place.code).where(Place.source == practice.SOURCE))
    accounts.add_grant(begun, clerk, role=Role.VILLAGE, place=home, now=now)
    own = whom.id
    facts = {"route": "twilio", "document": "练习", "proposed_by": 1}
    begun.add_all(
        ForeignRoute(**facts, proposed_at=now + timedelta(hours=hours))
        for hours in (-1, 1)
    )
    begun.flush()
    went = practising.remove(begun, now)
    assert went["member"] == 40
    ended = select(ForeignRoute.ended_at).order_by(ForeignRoute.id)
    assert begun.scalars(ended).all() == [None, now], "agreed before, it holds"
    assert went["message"] > 0
    after = _count(begun)
    assert {name: n for name, n in after.items() if n and name in _GOES} == {}
    assert after["audit"] == before["audit"]
    assert after["segment"] == before["segment"]
    assert begun.scalar(select(Segment.id).where(Segment.id == own)) is None
    assert begun.scalar(select(Unit.name)) == "合江县残联"
    assert begun.get(Place, home) is None
    assert begun.scalar(select(Grant.revoked_at)) == now
    with pytest.raises(Stale):
        practising.remove(begun, now)
    assert practising.begin(begun, SETTINGS, by=1, now=now) == 40
    least = begun.scalar(select(func.min(Member.id)))
    assert least > 40, "the record of deeds would tell of somebody else"


_GOES = {table.name for table in practising.goes()}


def _count(session):
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def test_every_table_either_stays_or_goes():
    names = {table.name for table in Base.metadata.sorted_tables}
    assert names == practising.STAYS | practising.GOES
    assert not practising.STAYS & practising.GOES
    assert practising.TRACES <= practising.GOES
    for table in Base.metadata.sorted_tables:
        behind = {key.column.table.name for key in table.foreign_keys}
        if table.name in practising.STAYS:
            assert not behind & _GOES, f"{table.name} would point at what went"


def test_what_is_still_under_way_when_practice_ends_harms_nobody(begun, now):
    """A lane that records afterwards, and a carrier that reports afterwards."""
    made = factories.campaign(
        begun,
        version_id=factories.version(begun).id,
        segment_id=factories.segment(begun, made_at=now).id,
        status=CampaignState.APPROVED,
        due_at=now,
    )
    assert launching.launch(begun, made.id, now)
    dispatch, limits = Dispatch.of(begun, made.id), Limits(per_second=100)
    batch = claim(begun, dispatch, 5, now, signer=SIGNER, limits=limits)
    sent = [
        Outcome(m.message_id, m.attempt, MessageState.IN_DOUBT, answer="lost")
        for m in batch.messages
    ]
    assert len(sent) == 5
    practising.remove(begun, now)
    record(begun, batch, sent, now)
    told = [
        Report("simulator", m.token, None, "d", MessageState.DELIVERED, (m.token,))
        for m in batch.messages
    ]
    receipts.store(begun, told, signer=SIGNER, now=now)
    later = now + timedelta(days=2)
    receipts.apply(begun, later)
    assert quarantine.listed(begun) == [], "nobody has to look after these"
    left = {name for name, n in _count(begun).items() if n and name in _GOES}
    assert left <= practising.TRACES
    assert practising.begin(begun, SETTINGS, by=1, now=now) == 40
