from __future__ import annotations

import factories

from campaigns.bulletins.changes import Change, Piece, compare, diff


def test_a_number_is_replaced_as_a_whole():
    assert compare("最高38度", "最高39度") == [
        Piece(Change.SAME, "最高"),
        Piece(Change.DELETED, "38"),
        Piece(Change.INSERTED, "39"),
        Piece(Change.SAME, "度"),
    ]


def test_only_fields_that_differ_are_listed(session):
    before = factories.version(session)
    after = factories.version(session, source="县气象台")
    assert set(diff(before, after)) == {"source"}
    assert "sms_text" in diff(None, after)
