"""What a backup holds, and what the way back refuses and holds back."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import factories
import pytest
from factories import member
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.delivery import quarantine, receipts, token
from campaigns.delivery.models import Message
from campaigns.delivery.provider import Report
from campaigns.errors import CampaignError, NotReady, Refused, Unreadable
from campaigns.register.models import Member
from campaigns.vocabulary import MessageState as State
from outreach import backups, migrating, numbering, old_backups, wiring
from outreach.audit import broken_at, note
from outreach.database import connect
from outreach.settings import Settings
from outreach.wiring import Wiring

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEYS = {
    name: SecretStr(os.urandom(32).hex())
    for name in ("secret_key", "data_key", "index_key", "token_key")
}


def settings(folder: Path, address: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder, database_url=address, **KEYS)


@pytest.fixture
def office(
    addresses: list[str], tmp_path: Path, keyring: privacy.Keyring
) -> Iterator[Wiring]:
    given = settings(tmp_path / "var", addresses[0])
    migrating.migrate(given)
    privacy.unlock(wiring.keyring(given))
    opened = Wiring(given, connect(given.database_address))
    with opened.database.writing() as session:
        for _ in range(3):
            member(session, name="李备份")
        note(session, "denied", now=NOW)
    (given.media_dir / "ab").mkdir(parents=True)
    (given.media_dir / "ab" / "clip.mp3").write_bytes(b"sound")
    yield opened
    opened.database.dispose()
    privacy.unlock(keyring)


def test_what_was_copied_stands_again_elsewhere(
    office: Wiring, addresses: list[str], tmp_path: Path
):
    folder = tmp_path / "备份"
    backups.back_up(office, folder)
    elsewhere = settings(tmp_path / "neu", addresses[1])
    assert backups.restore(elsewhere, folder, NOW)["in_doubt"] == 0
    opened = connect(elsewhere.database_address)
    with opened.writing() as session:
        assert list(session.scalars(select(Member.name))) == ["李备份"] * 3
        # New rows get numbers after the old ones, and the chain goes on.
        member(session)
        note(session, "denied", now=NOW)
        assert broken_at(session) is None
    opened.dispose()
    assert (elsewhere.media_dir / "ab" / "clip.mp3").read_bytes() == b"sound"


def test_a_late_receipt_of_a_forgotten_message_counts_for_nobody(
    office: Wiring, addresses: list[str], tmp_path: Path
):
    folder = tmp_path / "备份"
    backups.back_up(office, folder)
    with office.database.writing() as session:
        forgotten = _queue_one(session)
    elsewhere = settings(tmp_path / "neu", addresses[1])
    backups.restore(elsewhere, folder, NOW)
    opened = connect(elsewhere.database_address)
    signer = office.signer
    with opened.writing() as session:
        made = _queue_one(session)
        assert made.phone_index == forgotten.phone_index
        late = token.mint(signer, forgotten.campaign_id, forgotten.id, 1)
        report = Report("simulator", late, "SM1", "sent", State.SENT, ("SM1", "s"))
        receipts.store(session, [report], signer=signer, now=NOW)
        assert receipts.apply(session, NOW).matched == 0
        after_a_day = NOW + timedelta(hours=25)
        receipts.apply(session, after_a_day)
        (stray,) = quarantine.listed(session)
        assert (stray.result, made.state) == ("unmatched", State.SUBMITTING)
        # Restored once more, later: what was made in between is not met again.
        numbering.leap(session.connection(), after_a_day)
        again = _queue_one(session)
        assert again.id > made.id + 1000
        assert again.campaign_id > made.campaign_id + 1000
    opened.dispose()


def _queue_one(session: Session) -> Message:
    """One message under way, as the first campaign after the backup has it."""
    campaign = factories.campaign(session)
    made = Message(
        campaign_id=campaign.id,
        member_id=session.scalars(select(Member.id)).first(),
        channel="sms",
        addressee="member",
        phone_index=privacy.blind("phone", "+8614000009999"),
        township="510522112",
        category=4,
        state=State.SUBMITTING,
        was=State.QUEUED,
        attempt=1,
        provider="simulator",
        due_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def test_a_copy_is_its_owners_alone_and_holds_no_key_and_no_name(
    office: Wiring, tmp_path: Path
):
    folder = tmp_path / "备份"
    backups.back_up(office, folder)
    everything = b""
    for path in (folder, *folder.rglob("*")):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            everything += path.read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "李备份".encode() not in everything
    for key in KEYS.values():
        assert key.get_secret_value().encode() not in everything
        assert bytes.fromhex(key.get_secret_value()) not in everything


def damaged(folder: Path) -> None:
    path = folder / "media" / "ab" / "clip.mp3"
    path.write_bytes(b"sounD")


def incomplete(folder: Path) -> None:
    (folder / "media" / "ab" / "clip.mp3").unlink()


def foreign(folder: Path) -> None:
    path = folder / backups.FACTS
    path.write_text(json.dumps({**json.loads(path.read_text()), "kind": "oracle"}))


def empty(folder: Path) -> None:
    (folder / backups.FACTS).unlink()


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (damaged, Unreadable),
        (incomplete, Unreadable),
        (foreign, Refused),
        (empty, Unreadable),
    ],
)
def test_a_copy_that_is_not_whole_changes_nothing(
    office: Wiring, addresses: list[str], tmp_path: Path, harm, error
):
    folder = tmp_path / "备份"
    backups.back_up(office, folder)
    harm(folder)
    elsewhere = settings(tmp_path / "neu", addresses[1])
    with pytest.raises(error):
        backups.restore(elsewhere, folder, NOW)
    assert not (tmp_path / "neu").exists()


def test_a_folder_in_use_and_a_database_in_use_are_left_alone(
    office: Wiring, addresses: list[str], tmp_path: Path
):
    folder = tmp_path / "备份"
    backups.back_up(office, folder)
    with pytest.raises(Refused):
        backups.back_up(office, folder)
    before = settings(tmp_path / "var", addresses[0])
    if addresses[0]:
        with pytest.raises(NotReady):
            backups.restore(before, folder, NOW)
    else:
        # The file that stood there stays beside the restored one.
        backups.restore(before, folder, NOW)
        assert list((tmp_path / "var").glob("outreach.db.before-*"))


def test_an_error_is_one_sentence(tmp_path: Path):
    with pytest.raises(CampaignError, match="没有备份"):
        backups.restore(settings(tmp_path / "var", ""), tmp_path, NOW)


def test_copies_that_are_too_old_go_and_nothing_else_does(tmp_path: Path):
    def copy(name: str, days: float, facts: str = old_backups.FACTS) -> Path:
        folder = tmp_path / "copies" / name
        folder.mkdir(parents=True)
        taken_at = (NOW - timedelta(days=days)).isoformat()
        (folder / facts).write_text(json.dumps({"taken_at": taken_at}))
        return folder

    new = copy("new", 36)
    copy("recent", 34.9)
    copy("old", 35.1)
    copy("unfinished", 36, old_backups.BEGUN)
    (tmp_path / "copies" / "photographs").mkdir()
    for name, text in (("odd", "{}"), ("text", '"x"'), ("naive", "2020-01-01")):
        (copy(name, 99) / old_backups.FACTS).write_text(text)
    elsewhere = copy("../elsewhere", 99)
    (tmp_path / "copies" / "link").symlink_to(elsewhere)
    assert old_backups.expire(new, NOW) == (["old", "unfinished"], [])
    left = {path.name for path in (tmp_path / "copies").iterdir()}
    assert left == {"new", "recent", "photographs", "odd", "text", "naive", "link"}
    assert elsewhere.exists()


def test_a_copy_that_was_never_finished_says_when_it_was_begun(
    office: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "copies" / "broken"
    monkeypatch.setattr(backups.copying, "copy_sqlite", _fails)
    monkeypatch.setattr(backups.copying, "copy_out", _fails)
    with pytest.raises(OSError, match="full"):
        backups.back_up(office, folder)
    later = office.clock() + timedelta(days=36)
    assert old_backups.expire(folder.parent / "new", later) == (["broken"], [])


def _fails(*_: object) -> None:
    raise OSError("full")
