"""Tables of imports: a list that was brought in, and each of its rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.orm import Base, Key, closed
from campaigns.privacy import Sealed
from campaigns.vocabulary import ImportState, LegalBasis, RowVerdict, Undone


class Import(Base):
    """A file brought in: what it held, what it would change, what became of it.

    ``columns`` maps a column's heading to our field, ``matched`` tells whether a person
    said what columns mean, ``figures`` counts rows by verdict. ``file_hash`` is the
    SHA-256 of the file's bytes. A long list is taken in only once a colleague, never
    ``made_by``, has confirmed it. It is taken back where one person asks for it with a
    reason and another agrees; ``figures["undone"]`` then counts rows by ``Undone``.
    """

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("undone_by IS NULL OR undone_by <> undo_asked_by", name="two"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(120), default="")
    legal_basis: Mapped[LegalBasis] = mapped_column(closed(LegalBasis))
    state: Mapped[ImportState] = mapped_column(closed(ImportState))
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    matched: Mapped[bool] = mapped_column(default=False)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done_rows: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[int | None] = mapped_column(Key)
    made_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(Key)
    confirmed_at: Mapped[datetime | None]
    imported_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None] = mapped_column(Sealed("import.undo_reason"))
    undo_asked_by: Mapped[int | None] = mapped_column(Key)
    undo_asked_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(Key)
    undone_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of a checked file, sealed until it is imported or discarded.

    ``values`` is a sealed JSON object of our fields; ``problems`` a list of
    ``{"cell": "F17", "sentence": msgid, "values": {...}, "mend": msgid}`` without
    personal data; ``raw`` the sealed original cells, for the correction workbook.
    ``before`` is what the row wrote over, sealed for as long as uploads are kept, and
    ``undone`` what became of its person when the import was taken back.
    """

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("import_id", "row_number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"))
    row_number: Mapped[int]
    verdict: Mapped[RowVerdict] = mapped_column(closed(RowVerdict))
    identity: Mapped[bytes | None] = mapped_column()
    member_id: Mapped[int | None] = mapped_column(Key)
    values: Mapped[str | None] = mapped_column(Sealed("import_row.values"))
    raw: Mapped[str | None] = mapped_column(Sealed("import_row.raw"))
    problems: Mapped[list[Any]] = mapped_column(default=list)
    changes: Mapped[list[str]] = mapped_column(default=list)
    before: Mapped[str | None] = mapped_column(Sealed("import_row.before"))
    undone: Mapped[Undone | None] = mapped_column(closed(Undone))
