"""The office's own readings: checked when saved, heard in every recording after."""

from __future__ import annotations

import stages
from sqlalchemy import select

from campaigns.bulletins import pronunciations
from campaigns.register.unit import current_unit
from outreach.audit import AuditRow
from outreach.recording import script_of

PAGE = "/bulletins/pronunciations"


def test_a_reading_is_saved_and_the_next_recording_follows_it(visit, writing):
    with writing() as db:
        version = stages.version(db, spoken_text="卡口的乡亲，天气热。")
        plain = script_of(db, version, current_unit(db), "").fingerprint()
        title = version.bulletin.title
    office = visit("shenpi")
    saved = office.send(PAGE, word="卡口", reading="ka3 kou3")
    assert saved.status_code == 303
    page = office.read(PAGE)
    assert "ka3 kou3" in page
    assert title in page, "whoever listened must listen again"
    with writing() as db:
        script = script_of(db, db.merge(version), current_unit(db), "")
        assert script.readings == (("卡口", "ka3 kou3"),)
        assert script.fingerprint() != plain
        deeds = db.scalars(select(AuditRow.action)).all()
    assert "set_pronunciation" in deeds


def test_a_word_that_is_not_in_the_text_changes_nothing(writing):
    with writing() as db:
        version = stages.version(db)
        unit = current_unit(db)
        before = script_of(db, version, unit, "").fingerprint()
        moment = version.written_at
        pronunciations.put(db, "望龙", "wang4 long2", by=1, now=moment)
        assert script_of(db, version, unit, "").fingerprint() == before


def test_what_is_no_reading_stays_in_the_form_with_its_sentence(visit):
    office = visit("shenpi")
    for reading, sentence in (("qia3", "个音节"), ("kakou", "拼音"), ("", "请写读音")):
        answer = office.send(PAGE, word="卡口", reading=reading)
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert '<a href="#reading">' in page
        assert sentence in page
        assert 'value="卡口"' in page


def test_a_dropped_reading_can_be_put_back(visit):
    office = visit("shenpi")
    office.send(PAGE, word="卡口", reading="卡寇")
    office.send(PAGE, f"{PAGE}/drop", word="卡口")
    page = office.read(f"{PAGE}?word=卡口")
    assert "卡寇" in page
    assert 'value="卡口"' in page
    assert "还没有自己的读音" in page


def test_an_association_reads_but_does_not_set(visit):
    office = visit("mangxie")
    assert "写一个读音" not in office.read(PAGE)
    assert office.send(PAGE, word="卡口", reading="卡寇").status_code == 403
