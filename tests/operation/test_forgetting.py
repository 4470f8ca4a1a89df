"""Data go when their time has passed or their person wishes it, from copies too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import factories
import pytest
import stages
from office import fill
from pydantic import SecretStr
from sqlalchemy import func, select, text

from campaigns import privacy
from campaigns.delivery import gating
from campaigns.delivery.models import Attempt, Message, Receipt, Reply
from campaigns.errors import CampaignError, NotAllowed, NotReady
from campaigns.fieldwork import erasing
from campaigns.fieldwork.replies import take
from campaigns.fieldwork.visit_models import Visit
from campaigns.register import erasures, keeping
from campaigns.register.consent import ConsentNote
from campaigns.register.import_models import Import, ImportRow
from campaigns.register.members import find_members, get_member
from campaigns.register.models import Member, OptOut
from campaigns.register.scope import Scope
from campaigns.vocabulary import (
    ImportState,
    LegalBasis,
    MemberStatus,
    RowVerdict,
)
from outreach import backups, erasure_list, migrating, retention, wiring
from outreach.database import connect
from outreach.settings import Settings
from outreach.wiring import Wiring

NOW = factories.NOW
CANARY = {
    "name": "金丝雀一号",
    "phone": "+8615912345601",
    "guardian_phone": "+8615912345602",
    "id_number": "510522197003079991",
    "address": "金丝雀巷七号",
}


@pytest.fixture
def office(tmp_path: Path, keyring: privacy.Keyring) -> Iterator[Wiring]:
    keys = ("secret_key", "data_key", "index_key", "token_key")
    given = Settings(
        _env_file=None,
        data_dir=tmp_path / "var",
        **{name: SecretStr(os.urandom(32).hex()) for name in keys},
    )
    migrating.migrate(given)
    privacy.unlock(wiring.keyring(given))
    opened = Wiring(given, connect(given.database_address), clock=lambda: NOW)
    with opened.database.writing() as session:
        fill(session)
    yield opened
    opened.database.dispose()
    privacy.unlock(keyring)


def canary(office: Wiring) -> int:
    """A person who was written to, answered, refused, and stood in a list."""
    with office.database.writing() as session:
        before = NOW - timedelta(days=9)
        person = factories.member(session, **CANARY, created_at=before)
        stages.launched(session)
        stages.delivered(session, 1, 1)
        take(session, "simulator", None, person.phone, "金丝雀的话", NOW)
        gating.refuse(session, person.phone_index, NOW, evidence="金丝雀说的")
        session.add(
            ImportRow(
                import_id=_list(session, NOW, ImportState.IMPORTED).id,
                row_number=1,
                verdict=RowVerdict.CHANGED,
                member_id=person.id,
                before="金丝雀的旧名",
            )
        )
        session.add(
            ConsentNote(
                member_id=person.id,
                kind="tips_basis",
                said="consent",
                evidence="金丝雀同意",
                recorded_at=NOW,
            )
        )
        return person.id


def forgotten(office: Wiring, member_id: int) -> None:
    with office.database.writing() as session:
        member = session.get_one(Member, member_id)
        wish = erasures.ask(session, member, evidence="电话里说的", by=1, now=NOW)
        erasing.erase(session, erasures.agree(session, wish.id, by=2), NOW)
        erasure_list.add(office.settings, [wish], NOW)


def traces(office: Wiring) -> list[str]:
    """Sealed values that open to something of the planted person, and indexes."""
    wanted = ("金丝雀", "15912345601", "15912345602", CANARY["id_number"])
    indexes = {
        privacy.blind("phone", CANARY["phone"]),
        privacy.blind("phone", CANARY["guardian_phone"]),
    }
    found = []
    with office.database.reading() as session:
        for table in session.connection().engine.dialect.get_table_names(
            session.connection()
        ):
            for row in session.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    if value in indexes:
                        found.append(f"{table}.{column}")
                    if isinstance(value, bytes) and len(value) > 28:
                        try:
                            plain = privacy.unseal(value, f"{table}.{column}")
                        except CampaignError:
                            continue
                        found += [f"{table}.{column}" for w in wanted if w in plain]
    return sorted(set(found))


def test_nothing_that_tells_who_it_was_is_left_but_the_refusal(office: Wiring) -> None:
    member_id = canary(office)
    assert {"member.name", "reply.text", "message.phone_index"} <= {*traces(office)}
    forgotten(office, member_id)
    assert traces(office) == ["opt_out.phone_index"]
    with office.database.reading() as session:
        assert session.get_one(Member, member_id).status is MemberStatus.ERASED
        assert find_members(session, scope=Scope.everything()).total == 0
        with pytest.raises(CampaignError):
            get_member(session, Scope.everything(), member_id)
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_restored_copy_forgets_again_and_leaves_who_came_anew(
    office: Wiring, tmp_path: Path
) -> None:
    member_id = canary(office)
    backups.back_up(office, tmp_path / "copy")
    forgotten(office, member_id)
    office.database.dispose()
    later = NOW + timedelta(days=1)
    held = backups.restore(office.settings, tmp_path / "copy", later)
    assert held["erased"] == 1
    assert traces(office) == ["opt_out.phone_index"]
    # The county's list brings the same person again, with a basis: they stay.
    with office.database.writing() as session:
        factories.member(session, **CANARY, created_at=later)
        known = erasure_list.read(office.settings)
        assert erasing.forget_again(session, known, later) == 0
    assert "member.name" in traces(office)


def test_nobody_agrees_to_what_they_asked_and_a_visit_comes_first(
    office: Wiring,
) -> None:
    member_id = canary(office)
    with office.database.writing() as session:
        member = session.get_one(Member, member_id)
        wish = erasures.ask(session, member, evidence="本人来说的", by=1, now=NOW)
        with pytest.raises(NotAllowed):
            erasures.agree(session, wish.id, by=1)
        with pytest.raises(CampaignError):
            erasures.ask(session, member, evidence="又一次", by=2, now=NOW)
        visit = Visit(
            member_id=member_id,
            township=member.township,
            rank=0,
            opened_at=NOW,
            due_at=NOW,
        )
        session.add(visit)
        session.flush()
        with pytest.raises(NotReady):
            erasing.erase(session, erasures.agree(session, wish.id, by=2), NOW)
        visit.closed_at = NOW
        erasing.erase(session, wish, NOW)
        assert not erasures.waiting(session)


def test_what_is_too_old_goes_and_what_is_not_stays(office: Wiring) -> None:
    days = {name: kind.days for name, kind in keeping.KINDS.items()}
    ages = {name: (n - 1, n + 1) for name, n in days.items()}
    with office.database.writing() as session:
        for old in (0, 1):
            _aged(
                session,
                old,
                {name: NOW - timedelta(days=a[old]) for name, a in ages.items()},
            )
    gone = retention.keep(office)
    assert gone == {
        "receipts": 1,
        "attempts": 1,
        "replies": 1,
        "uploads": 4,
        "files": 1,
        "people": 1,
    }
    assert retention.keep(office) == {}
    with office.database.reading() as session:
        for table in (Receipt, Attempt):
            assert session.scalar(select(func.count()).select_from(table)) == 1
        assert sorted(session.scalars(select(Reply.text))) == ["", "你好"]
        left = sorted(session.scalars(select(Member.status)))
        assert left == [MemberStatus.ERASED, MemberStatus.MOVED]
    assert len(erasure_list.read(office.settings)) == 1
    assert erasure_list.path_of(office.settings).stat().st_mode & 0o777 == 0o600


def _aged(session, old: int, at: dict) -> None:
    person = factories.member(session, status=MemberStatus.MOVED, updated_at=at["gone"])
    session.add(
        Receipt(
            report=bytes([old]) * 32,
            provider="simulator",
            part=0,
            state=0,
            status="delivered",
            received_at=at["receipts"],
            retry_at=at["receipts"],
        )
    )
    session.add(
        Attempt(
            message_id=1,
            number=1,
            provider="simulator",
            outcome="rejected",
            at=at["attempts"],
        )
    )
    reply = take(session, "simulator", None, person.phone, "你好", at["replies"])
    reply.closed_at = at["replies"]
    for state in (ImportState.IMPORTED, ImportState.CHECKED, ImportState.UNDONE):
        made = _list(session, at["uploads"], state)
        row = {"import_id": made.id, "verdict": RowVerdict.WRONG}
        session.add(ImportRow(row_number=1, raw="王五", **row))
        session.add(ImportRow(row_number=2, before="王五", **row))
    session.flush()


def _list(session, made_at: datetime, state: ImportState) -> Import:
    made = Import(
        file_name="名册.xlsx",
        file_hash=f"{state}{made_at}",
        legal_basis=LegalBasis.STATUTORY,
        state=state,
        made_at=made_at,
    )
    session.add(made)
    session.flush()
    return made


def test_a_time_is_changed_by_two(office: Wiring) -> None:
    with office.database.writing() as session:
        keeping.propose(session, "receipts", 120, by=1, now=NOW)
        assert keeping.all_kinds(session)["receipts"].days == 90
        with pytest.raises(NotAllowed):
            keeping.agree(session, "receipts", by=1)
        assert keeping.agree(session, "receipts", by=2) == 120
        assert keeping.until(session, "receipts", NOW) == NOW - timedelta(days=120)
        for kind, days in (("receipts", 5), ("attempts", 30), ("audit", 100)):
            with pytest.raises(CampaignError):
                keeping.propose(session, kind, days, by=1, now=NOW)


def test_refusals_outlive_their_person(office: Wiring) -> None:
    member_id = canary(office)
    forgotten(office, member_id)
    with office.database.writing() as session:
        again = factories.member(session, **CANARY)
        refusal = session.scalars(select(OptOut)).one()
        assert refusal.phone_index == again.phone_index
        assert refusal.evidence is None
