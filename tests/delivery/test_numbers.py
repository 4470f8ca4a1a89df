"""A number is doubted only when several campaigns say so, and one text clears it."""

from __future__ import annotations

import csv
from datetime import timedelta
from importlib.resources import files

import factories
import pytest
from sqlalchemy import select

from campaigns.delivery import launching, numbers
from campaigns.delivery.models import Message
from campaigns.delivery.numbers import Strike, strike
from campaigns.fieldwork import mending
from campaigns.register.number_records import NumberRecord
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    Addressee,
    CampaignState,
    Channel,
    MessageState,
    NumberStatus,
    Reason,
    Urgency,
)

NOW = factories.NOW
N, S = NumberStatus, MessageState
WEEK = timedelta(days=7)
CODES = list(
    csv.DictReader(
        files("campaigns.delivery")
        .joinpath("receipt_codes.csv")
        .read_text("utf-8")
        .splitlines()
    )
)


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session)
    factories.places(session)


@pytest.mark.parametrize(
    ("profile", "code", "reason", "expected"),
    [
        ("cmpp", "DELIVRD", Reason.NONE, None),
        ("cmpp", "EXPIRED", Reason.ABSENT, None),
        ("cmpp", "UNDELIV", Reason.PERMANENT, Strike(N.SUSPECT, 3)),
        ("cmpp", "REJECTD", Reason.BLOCKED, None),
        ("cmpp", "DELETED", Reason.PERMANENT, None),
        ("cmpp", "ACCEPTD", Reason.UNKNOWN, None),
        ("cmpp", "MK:0001", Reason.PERMANENT, Strike(N.EMPTY, 2)),
        ("cmpp", "DB:0101", Reason.PERMANENT, Strike(N.EMPTY, 1)),
        ("sgip", "29", Reason.PERMANENT, Strike(N.EMPTY, 2)),
        ("smgp", "003", Reason.PERMANENT, Strike(N.EMPTY, 2)),
        ("twilio", "30005", Reason.PERMANENT, Strike(N.EMPTY, 2)),
        ("cmpp", "MK:0005", Reason.PERMANENT, Strike(N.SUSPENDED, 3, WEEK)),
        ("cmpp", "DB:0102", Reason.PERMANENT, Strike(N.SUSPENDED, 3, WEEK)),
        ("sgip", "108", Reason.PERMANENT, Strike(N.SUSPENDED, 3, WEEK)),
        ("cmpp", "MK:0010", Reason.ABSENT, None),
        ("twilio", "30003", Reason.ABSENT, None),
        ("cmpp", "MK:0099", Reason.ABSENT, Strike(N.SUSPECT, 3)),
        ("cmpp", "MBBLACK", Reason.BLOCKED, Strike(N.BLOCKED, 1)),
        ("twilio", "21610", Reason.BLOCKED, Strike(N.BLOCKED, 1)),
        ("cmpp", "KEYWORD", Reason.BLOCKED, None),
        ("cmpp", "NP:1243", Reason.TEMPORARY, None),
        ("cmpp", "IB:0001", Reason.TEMPORARY, None),
        ("nobody", "42", Reason.PERMANENT, Strike(N.SUSPECT, 3)),
        ("nobody", "", Reason.UNKNOWN, None),
    ],
)
def test_each_row_of_the_receipt_classes_says_this_of_a_number(
    profile, code, reason, expected
):
    assert strike(profile, code, reason) == expected


@pytest.mark.parametrize(
    "row", CODES, ids=[f"{row['profile']}-{row['code']}" for row in CODES]
)
def test_every_code_of_the_list_is_judged_as_the_list_says(row):
    code = row["code"].split("|")[0].removeprefix("state=")
    found = strike(row["profile"], code, Reason.UNKNOWN)
    if row["suppress_number"] in {"yes", "after2", "after3"}:
        assert (
            found.after == {"yes": 1, "after2": 2, "after3": 3}[row["suppress_number"]]
        )
        assert (found.says is N.BLOCKED) == (row["class"] == "blocked")
    elif found is not None:
        assert row["class"] == "undelivered-permanent"
        assert found == Strike(N.SUSPECT, 3)


class County:
    def __init__(self, session, member=None, to=Addressee.MEMBER):
        self.session = session
        self.member = member or factories.member(session)
        self.to = to
        self.now = NOW

    def tried(self, state, code=None, reason="permanent", days=4):
        """One more campaign that is over."""
        campaign = factories.campaign(
            self.session, launched_at=self.now, status=CampaignState.FINISHED
        )
        self.session.add(
            Message(
                campaign_id=campaign.id,
                member_id=self.member.id,
                channel=Channel.SMS,
                addressee=self.to,
                phone_index=self.member.guardian_phone_index
                if self.to is Addressee.GUARDIAN
                else self.member.phone_index,
                township=self.member.township,
                village=self.member.village,
                category=4,
                state=int(state),
                was=0,
                reason=reason,
                code=code,
                due_at=self.now,
                provider="simulator",
            )
        )
        self.session.flush()
        self.now += timedelta(days=days)
        assert numbers.read_campaigns(self.session, self.now) == 1
        assert numbers.read_campaigns(self.session, self.now) == 0
        self.session.refresh(self.member)
        return self.member.number_status


def test_no_such_number_is_checked_after_two_and_believed_after_three(session):
    county = County(session)
    seen = [county.tried(S.UNDELIVERED, "30005") for _ in range(3)]
    assert seen == [N.NORMAL, N.SUSPECT, N.EMPTY]


def test_a_cause_that_is_not_named_never_becomes_more_than_doubt(session):
    county = County(session)
    seen = [county.tried(S.UNDELIVERED, "99999") for _ in range(4)]
    assert seen == [N.NORMAL, N.NORMAL, N.SUSPECT, N.SUSPECT]


def test_suspended_needs_a_week(session, monkeypatch):
    monkeypatch.setitem(numbers.PROFILES, "simulator", "cmpp")
    county = County(session)
    seen = [county.tried(S.UNDELIVERED, "MK:0005", days=1) for _ in range(3)]
    assert seen == [N.NORMAL] * 3
    assert county.tried(S.UNDELIVERED, "MK:0005", days=7) is N.SUSPENDED


def test_what_a_carrier_blocks_counts_at_once_and_a_text_clears_a_doubt(session):
    county = County(session)
    assert county.tried(S.REJECTED, "21610", "blocked") is N.BLOCKED
    other = County(session)
    other.tried(S.UNDELIVERED, "30005")
    assert other.tried(S.UNDELIVERED, "30005") is N.SUSPECT
    assert other.tried(S.DELIVERED, reason="") is N.NORMAL
    kept = set(session.scalars(select(NumberRecord.phone_index)))
    assert kept == {county.member.phone_index}
    assert other.tried(S.UNDELIVERED, "30005") is N.NORMAL


def test_whoever_rang_it_knows_better(session):
    county = County(session)
    county.tried(S.UNDELIVERED, "30005")
    county.tried(S.UNDELIVERED, "30005")
    index = county.member.phone_index
    numbers.settle_number(session, index, N.SUSPENDED, NOW)
    assert county.member.number_status is N.SUSPENDED
    record = session.scalars(select(NumberRecord)).one()
    assert (record.status, record.strikes) == (N.SUSPENDED, 0)
    for _ in range(2):
        assert county.tried(S.UNDELIVERED, "30005") is N.SUSPENDED
    numbers.settle_number(session, index, N.NORMAL, NOW)
    assert session.scalars(select(NumberRecord)).all() == []


def test_a_failure_of_the_network_says_nothing(session):
    county = County(session)
    seen = {county.tried(S.UNDELIVERED, "30008", "unknown") for _ in range(4)}
    assert seen == {N.NORMAL}


def test_a_guardians_dead_number_is_listed_and_not_tried_in_the_next_campaign(session):
    ward = factories.member(session, category=5, guardian_phone="+8614400000001")
    county = County(session, ward, Addressee.GUARDIAN)
    seen = []
    for _ in range(3):
        county.tried(S.UNDELIVERED, "30005")
        [found] = mending.to_mend(session, Scope.everything()) or [None]
        seen.append((found and found.status, to_guardian(session)))
    assert seen == [
        (None, Reason.NONE),
        (N.SUSPECT, Reason.NONE),
        (N.EMPTY, Reason.NUMBER_BAD),
    ]
    assert ward.number_status is N.NORMAL
    numbers.settle_number(session, ward.guardian_phone_index, N.NORMAL, NOW)
    assert to_guardian(session) == Reason.NONE


def to_guardian(session):
    """Why a new campaign does not write to the guardian."""
    campaign = factories.campaign(session, urgency=Urgency.MUST_REACH)
    assert launching.launch(session, campaign.id, NOW)
    ours = Message.campaign_id == campaign.id, Message.addressee == Addressee.GUARDIAN
    return session.scalars(select(Message.reason).where(*ours)).one()
