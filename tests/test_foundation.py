"""The tables, keys and databases on which everything else stands."""

from __future__ import annotations

import factories
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns import privacy
from campaigns.errors import Unreadable
from campaigns.register.models import Member
from outreach.database import connect


def test_a_name_is_sealed_in_the_database_and_read_back(session: Session) -> None:
    made = factories.member(session, name="张三丰")
    stored = session.execute(
        text("SELECT name FROM member WHERE id = :id"), {"id": made.id}
    ).scalar_one()
    assert "张三丰".encode() not in bytes(stored)
    session.expire(made)
    assert session.get_one(Member, made.id).name == "张三丰"


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(Unreadable):
        privacy.unseal(privacy.seal("秘密", "member.name"), "member.phone")


@pytest.mark.parametrize("left", [0, 1, 2, 9, 12, 13, 20])
def test_a_seal_that_was_cut_off_says_so_and_nothing_else(left) -> None:
    sealed = privacy.seal("秘密", "member.name")
    with pytest.raises(Unreadable):
        privacy.unseal(sealed[:left], "member.name")


def test_masks_never_show_the_end_of_a_certificate() -> None:
    assert privacy.mask_id("51052219000101001211") == "510" + "*" * 17


def test_nobody_waits_long_behind_a_lock_on_postgresql(postgresql_address):
    database = connect(postgresql_address)
    with database.reading() as session:
        limits = [
            session.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "idle_in_transaction_session_timeout")
        ]
    database.dispose()
    assert limits == ["3s", "1min"]
