"""One person's two rows: what is exchanged between them, and which was kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, mark
from campaigns.register.duplicates import Duplicate
from campaigns.register.models import Member
from campaigns.vocabulary import LegalBasis

GROUPS: dict[str, tuple[str, ...]] = {
    "identity": ("id_number", "certificate", "provisional", "identity"),
    "name": ("name", "name_index"),
    "birth": ("birth_date",),
    "sex": ("sex",),
    "category": ("certificate_category", "grade", "categories"),
    "home": ("township", "village"),
    "address": ("address",),
    "phone": ("phone", "phone_index", "number_status"),
    "guardian": (
        *("guardian_phone", "guardian_name", "guardian_relation", "guardian_copy"),
        *("guardian_phone_index", "guardian_known_index", "guardian_noticed_index"),
    ),
    "other_phones": ("other_phones",),
    "living_alone": ("living_alone",),
    "chronic_illness": ("chronic_illness",),
    "reads_aloud": ("reads_aloud",),
    "preference": ("preference",),
    "legal_basis": ("legal_basis",),
    "notes": ("notes",),
}
"""What a coordinator chooses between, with the columns that go together."""
_TIPS = "tips_basis"
_COMPARED = {
    "identity": ("identity",),
    "phone": ("phone_index", "other_phones"),
    "guardian": ("guardian_phone", "guardian_name", "guardian_relation"),
}


def differing(one: Member, two: Member) -> list[str]:
    """The groups in which two rows differ."""
    return [
        group
        for group, columns in GROUPS.items()
        if any(
            getattr(one, name) != getattr(two, name)
            for name in _COMPARED.get(group, columns)
        )
    ]


def better(one: Member, two: Member) -> Member:
    """Which row to propose as the one that stays: with an ID number, else the older."""
    return two if one.provisional and not two.provisional else one


def proposed(one: Member, two: Member) -> dict[str, Member]:
    """Whose value to propose where they differ: the better row's unless it has none."""
    first = better(one, two)
    second = two if first is one else one
    told = {group: GROUPS[group][0] for group in differing(one, two)}
    return {
        group: second if getattr(second, it) and not getattr(first, it) else first
        for group, it in told.items()
    }


def exchanged(kept: Member, taken: Iterable[str], other: Member) -> list[str]:
    """The columns that change places, so that ``kept`` has what was chosen.

    What a person decided of tips is not chosen: a refusal of either stands.
    """
    columns = [name for group in taken for name in GROUPS[group]]
    mine, theirs = kept.tips_basis, other.tips_basis
    if mine != theirs and (mine is None or theirs is LegalBasis.NONE):
        columns.append(_TIPS)
    return columns


def exchange(
    session: Session, kept: Member, other: Member, columns: Iterable[str]
) -> None:
    """Let two rows change places in ``columns``; doing it again undoes it.

    No two rows have one identity at any moment, so that one waits aside.
    """
    values = {name: (getattr(kept, name), getattr(other, name)) for name in columns}
    if "identity" in values:
        other.identity = b"-" + other.identity
        session.flush()
    for name, (mine, theirs) in values.items():
        setattr(kept, name, theirs)
        if name != "identity":
            setattr(other, name, mine)
    session.flush()
    if "identity" in values:
        other.identity = values["identity"][0]
    session.flush()


def into(session: Session, member_id: int) -> Sequence[Duplicate]:
    """The merges in force by which this row has others, the latest first."""
    return _in_force(session, Duplicate.member_id == member_id)


def of(session: Session, member_id: int) -> Duplicate | None:
    """The merge in force by which this row is another's second."""
    return next(iter(_in_force(session, Duplicate.other_id == member_id)), None)


def all_rows(session: Session, member_id: int) -> list[int]:
    """This person's row and every second of it, seconds of seconds among them."""
    found, ahead = [member_id], [member_id]
    while ahead:
        ahead = [
            each.other_id
            for number in ahead
            for each in into(session, number)
            if each.other_id not in found
        ]
        found.extend(ahead)
    return found


def _in_force(session: Session, which: object) -> Sequence[Duplicate]:
    found = select(Duplicate).where(
        which,  # type: ignore[arg-type]
        Duplicate.same,
        Duplicate.undone_at.is_(None),
    )
    return session.scalars(found.order_by(Duplicate.id.desc())).all()


def get_merge(session: Session, duplicate_id: int) -> Duplicate:
    """The merge. Raises NotFound."""
    found = session.get(Duplicate, duplicate_id, with_for_update=True)
    if found is None or not found.same:
        raise NotFound(mark("没有找到这次合并。"))
    return found
