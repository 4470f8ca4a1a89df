from __future__ import annotations

from datetime import date, timedelta

import factories
import pytest

from campaigns.bulletins.drafting import (
    content_hash,
    current_version,
    get_version,
    keep_recording,
    new_bulletin,
    save_draft,
)
from campaigns.bulletins.library import start_from_library
from campaigns.bulletins.readiness import faults
from campaigns.bulletins.review import (
    confirm_heard,
    issue,
    review,
    send_back,
    send_for_review,
)
from campaigns.errors import NotAllowed, NotReady, Refused, Stale
from campaigns.vocabulary import BulletinState

NOW = factories.NOW
WRITER, REVIEWER, ISSUER = 1, 2, 3


@pytest.fixture(autouse=True)
def county(session):
    factories.unit(session, landline="0830-5260000")
    factories.places(session)


def draft(session, **fields):
    first = new_bulletin(session, title="高温防暑", by=WRITER, now=NOW)
    facts = {
        "sms_text": "高温提醒：${乡镇}天热，多喝水。联系${phone}。",
        "spoken_text": "各位乡亲，${township}天热，多喝水。",
        "source": "县气象局通知",
        "valid_until": date(2026, 12, 31),
    }
    return save_draft(
        session, first.bulletin_id, {**facts, **fields}, by=WRITER, now=NOW
    )


def issued(session, **fields):
    version = draft(session, **fields)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    review_heard(session, version)
    return issue(session, version.id, by=ISSUER, seen=version.content_hash, now=NOW)


def review_heard(session, version):
    confirm_heard(session, version.id, "王主任", by=ISSUER, now=NOW)


def test_a_text_goes_from_writer_to_reviewer_to_issuer(session):
    version = draft(session)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    review(session, version.id, by=REVIEWER, seen=version.content_hash, now=NOW)
    review_heard(session, version)
    done = issue(session, version.id, by=ISSUER, seen=version.content_hash, now=NOW)
    assert (done.state, done.issue_number) == (BulletinState.ISSUED, "2026-001")
    assert (done.reviewed_by, done.issued_by) == (REVIEWER, ISSUER)


def test_in_a_small_office_one_second_person_passes_and_issues(session):
    done = issued(session)
    assert (done.reviewed_by, done.issued_by) == (ISSUER, ISSUER)


@pytest.mark.parametrize("step", [review, issue])
def test_nobody_reviews_or_issues_their_own_text(session, step):
    version = draft(session)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    with pytest.raises(NotAllowed):
        step(session, version.id, by=WRITER, seen=version.content_hash, now=NOW)


def test_whoever_mended_a_comma_is_a_writer_too(session):
    version = draft(session)
    changes = {"sms_text": "高温提醒，多喝水。"}
    save_draft(session, version.bulletin_id, changes, by=REVIEWER, now=NOW)
    save_draft(session, version.bulletin_id, {}, by=WRITER, now=NOW)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    with pytest.raises(NotAllowed):
        issue(session, version.id, by=REVIEWER, seen=version.content_hash, now=NOW)


def test_an_issuer_who_read_other_words_is_told_so(session):
    version = draft(session)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    review_heard(session, version)
    with pytest.raises(Stale):
        issue(session, version.id, by=ISSUER, seen="0" * 64, now=NOW)
    assert get_version(session, version.id).state is BulletinState.IN_REVIEW


def test_a_draft_cannot_be_issued_without_being_sent_for_review(session):
    version = draft(session)
    review_heard(session, version)
    with pytest.raises(Stale):
        issue(session, version.id, by=ISSUER, seen=version.content_hash, now=NOW)


def test_a_spoken_text_nobody_listened_to_is_not_issued(session):
    version = draft(session)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    seen = version.content_hash
    with pytest.raises(NotReady, match="试听"):
        issue(session, version.id, by=ISSUER, seen=seen, now=NOW)
    with pytest.raises(NotAllowed):
        confirm_heard(session, version.id, "自己", by=WRITER, now=NOW)
    done = issue(session, version.id, by=ISSUER, seen=seen, now=NOW, heard_by="李姐")
    assert (done.heard_by, done.state) == ("李姐", BulletinState.ISSUED)


def test_sending_back_needs_a_reason_and_opens_the_text_again(session):
    version = draft(session)
    send_for_review(session, version.id, by=WRITER, now=NOW)
    with pytest.raises(NotReady):
        save_draft(session, version.bulletin_id, {}, by=WRITER, now=NOW)
    with pytest.raises(Refused):
        send_back(session, version.id, by=REVIEWER, reason=" ")
    back = send_back(session, version.id, by=REVIEWER, reason="电话不对")
    assert (back.state, back.return_reason) == (BulletinState.RETURNED, "电话不对")
    again = save_draft(session, version.bulletin_id, {}, by=WRITER, now=NOW)
    assert (again.id, again.state) == (version.id, BulletinState.DRAFT)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": " "}, "来源"),
        ({"valid_until": None}, "有效期"),
        ({"valid_until": date(2026, 11, 22)}, "有效期"),
        ({"sms_text": "", "spoken_text": ""}, "正文"),
        ({"sms_text": "${date}放假，${township}"}, "日期"),
        ({"sms_text": "盲人朋友，天热。"}, "盲人"),
        ({"sms_text": "11月22日体检。"}, "11月22日"),
        ({"sms_text": "2月30日体检。"}, "2月30日"),
        ({"sms_text": "字" * 540}, "9 条"),
    ],
)
def test_a_text_with_a_fault_is_not_issued_and_the_fault_is_said(session, fields, said):
    version = draft(session, **fields)
    assert any(said in str(fault) for fault in faults(session, version, NOW))
    with pytest.raises(Refused):
        send_for_review(session, version.id, by=WRITER, now=NOW)


def test_new_years_day_lies_ahead_in_november(session):
    version = draft(session, sms_text="1月1日体检。")
    assert faults(session, version, NOW) == []


def test_the_last_day_of_validity_still_counts_in_shanghai(session):
    version = draft(session, valid_until=date(2026, 11, 23))
    assert faults(session, version, NOW) == []
    assert faults(session, version, NOW + timedelta(hours=13)) != []


def test_a_library_text_with_a_sample_left_in_it_cannot_be_issued(session):
    bulletin_id = start_from_library(session, "T12", by=WRITER, now=NOW).bulletin_id
    facts = {"source": "县卫健局", "valid_until": date(2026, 12, 31)}
    version = save_draft(session, bulletin_id, facts, by=WRITER, now=NOW)
    with pytest.raises(Refused, match="镇卫生院"):
        send_for_review(session, version.id, by=WRITER, now=NOW)
    facts["values"] = {**version.values, "place": "白沙镇卫生院"}
    save_draft(session, bulletin_id, facts, by=WRITER, now=NOW)
    send_for_review(session, version.id, by=WRITER, now=NOW)


def test_editing_an_issued_text_begins_a_new_version_that_replaces_it(session):
    first = issued(session)
    changes = {"sms_text": "天热，少出门。"}
    second = save_draft(
        session, first.bulletin_id, changes, by=WRITER, now=NOW, seen=first.content_hash
    )
    assert (second.number, second.spoken_text) == (2, first.spoken_text)
    assert get_version(session, first.id).sms_text != second.sms_text
    send_for_review(session, second.id, by=WRITER, now=NOW)
    review_heard(session, second)
    issue(session, second.id, by=ISSUER, seen=second.content_hash, now=NOW)
    session.refresh(first)
    assert first.state is BulletinState.SUPERSEDED
    assert current_version(session, first.bulletin_id).issue_number == "2026-002"


def test_a_second_editor_is_warned_and_overwrites_nothing(session):
    version = draft(session)
    seen = version.content_hash
    changes = {"sms_text": "先改的。"}
    save_draft(session, version.bulletin_id, changes, by=WRITER, now=NOW, seen=seen)
    with pytest.raises(Stale):
        save_draft(session, version.bulletin_id, {}, by=REVIEWER, now=NOW, seen=seen)


@pytest.mark.parametrize(
    "fields",
    [
        {"sms_text": "别的"},
        {"spoken_text": "别的"},
        {"easy_read": ["别的"]},
        {"values": {"date": "别的"}},
        {"source": "别的"},
        {"valid_until": date(2027, 1, 1)},
        {"urgency": "emergency"},
    ],
)
def test_every_word_that_matters_changes_the_hash(session, fields):
    version = draft(session)
    before = content_hash(version)
    save_draft(session, version.bulletin_id, fields, by=WRITER, now=NOW)
    assert content_hash(version) != before


def test_a_recording_must_be_heard_again_and_changes_the_hash(session):
    version = draft(session)
    before = version.content_hash
    confirm_heard(session, version.id, "王主任", by=ISSUER, now=NOW)
    keep_recording(session, version.id, "r" * 64, by=WRITER, now=NOW)
    assert (version.voice, version.heard_by) == ("recorded", None)
    assert version.content_hash != before
    send_for_review(session, version.id, by=WRITER, now=NOW)
    with pytest.raises(NotReady):
        keep_recording(session, version.id, "s" * 64, by=WRITER, now=NOW)


def test_a_recording_of_other_words_is_forgotten(session):
    version = draft(session)
    keep_recording(session, version.id, "r" * 64, by=WRITER, now=NOW)
    same = {"sms_text": "天热。", "spoken_text": version.spoken_text}
    save_draft(session, version.bulletin_id, same, by=WRITER, now=NOW)
    assert version.recording == "r" * 64
    other = {"spoken_text": "各位乡亲，天冷。"}
    save_draft(session, version.bulletin_id, other, by=WRITER, now=NOW)
    assert (version.recording, version.voice) == (None, "kokoro")
