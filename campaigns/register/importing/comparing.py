"""What a row would change: new, changed, the same, against the register."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from campaigns.register.models import Member
from campaigns.vocabulary import LegalBasis, MemberStatus, NumberStatus, RowVerdict, Sex

FIELDS = (
    "name",
    "id_number",
    "certificate",
    "phone",
    "guardian_name",
    "guardian_relation",
    "guardian_phone",
    "other_phones",
    "categories",
    "certificate_category",
    "grade",
    "birth_date",
    "sex",
    "township",
    "village",
    "address",
    "living_alone",
    "chronic_illness",
    "reads_aloud",
    "status",
    "notes",
)
"""What a list may tell about a person: columns of Member."""

_KEPT = (*FIELDS, "number_status", "legal_basis", "updated_at")
_TYPES: Mapping[str, Callable[[str], Any]] = {
    "birth_date": date.fromisoformat,
    "sex": Sex,
    "status": MemberStatus,
    "number_status": NumberStatus,
    "legal_basis": LegalBasis,
}
_AT_ONCE = 500


def known(
    session: Session, keys: Iterable[bytes], *, all_columns: bool = True
) -> dict[bytes, RowMapping]:
    """The register's rows for these identities; people not on it are missing."""
    asked = list(dict.fromkeys(keys))
    names = ("id", "identity", *(_KEPT if all_columns else ()))
    columns = [getattr(Member, name) for name in names]
    found: dict[bytes, RowMapping] = {}
    for begin in range(0, len(asked), _AT_ONCE):
        some = asked[begin : begin + _AT_ONCE]
        rows = session.execute(select(*columns).where(Member.identity.in_(some)))
        found.update((row["identity"], row) for row in rows.mappings())
    return found


def has_provisional(session: Session) -> bool:
    """Whether anybody is on the register without an ID number."""
    one = select(Member.id).where(Member.provisional).limit(1)
    return session.scalar(one) is not None


def changes(
    values: Mapping[str, Any], stored: Mapping[str, Any], basis: LegalBasis
) -> dict[str, Any]:
    """Columns that would change. An empty cell never erases what is on record.

    A list that still has a person's second row does not put it back.
    """
    new = {
        name: values[name]
        for name in FIELDS
        if _says(name, values) and values[name] != stored[name]
    }
    if "phone" in new:
        new["number_status"] = NumberStatus.NORMAL
    if stored["status"] == MemberStatus.MERGED:
        new.pop("status", None)
    if stored["legal_basis"] == LegalBasis.NONE != basis:
        new["legal_basis"] = basis
    return new


def _says(name: str, values: Mapping[str, Any]) -> bool:
    value = values.get(name)
    return value is not None and (name != "categories" or value != 0)


def verdict(changed: Sequence[str], stored: object) -> RowVerdict:
    """NEW without a stored row, else CHANGED or SAME."""
    if stored is None:
        return RowVerdict.NEW
    return RowVerdict.CHANGED if changed else RowVerdict.SAME


def pack(values: Mapping[str, Any]) -> str:
    """A row's values as JSON, without the empty ones."""
    return json.dumps(
        {name: value for name, value in values.items() if value is not None},
        ensure_ascii=False,
        default=date.isoformat,
    )


def unpack(text: str) -> dict[str, Any]:
    """What ``pack`` packed."""
    return typed(json.loads(text))


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON made text of, as the columns hold it; nothing stays nothing."""
    made = {
        name: read(values[name])
        for name, read in _TYPES.items()
        if values.get(name) is not None
    }
    return {**values, **made}
