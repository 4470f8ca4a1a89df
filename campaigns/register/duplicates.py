"""Who may be on the register twice: found by index, told apart or put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import (
    Mapped,
    QueryableAttribute,
    Session,
    aliased,
    mapped_column,
)

from campaigns.errors import NotFound, mark
from campaigns.orm import Base, Key
from campaigns.register.models import Member
from campaigns.register.scope import Scope
from campaigns.vocabulary import MemberStatus

PAGE = 50
OFFICE = 8
"""A phone of more people than this is an office's, and says nothing of any two."""

_one, _two = aliased(Member), aliased(Member)


class Duplicate(Base):
    """What a coordinator said of two rows of the register.

    Where they are the ``same``, ``member_id`` is the row that was kept and
    ``other_id`` its second; ``fields`` names what was exchanged between them,
    ``refusals`` the refusals that were added, ``after_message`` the newest message at
    that time. Of different people ``member_id`` is the lower number.
    """

    __tablename__ = "duplicate"
    __table_args__ = (Index("duplicate_pair", "member_id", "other_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    same: Mapped[bool] = mapped_column()
    fields: Mapped[list[Any]] = mapped_column(default=list)
    refusals: Mapped[list[Any]] = mapped_column(default=list)
    after_message: Mapped[int] = mapped_column(Key, default=0)
    decided_by: Mapped[int] = mapped_column(Key)
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Page:
    """Pairs, the lower number first, and the pair after which the next page begins."""

    pairs: Sequence[tuple[Member, Member]]
    total: int
    next_after: tuple[int, int] | None


def find_pairs(
    session: Session, scope: Scope, after: tuple[int, int] = (0, 0), limit: int = PAGE
) -> Page:
    """One page of the pairs within ``scope`` that nobody has told apart.

    Two active rows with one name in one township, and one birth date, or none known
    where just one of them has an ID number; or with one phone, and one name or one
    birth date. Names are sealed, so that a name is like another when it is the same
    in its one form. Costs two grouped walks along an index, then what is suspected.
    """
    pairs = _pairs(scope)
    total = session.scalar(how_many(scope)) or 0
    later = or_(
        pairs.c.lower > after[0],
        and_(pairs.c.lower == after[0], pairs.c.higher > after[1]),
    )
    found = select(pairs).where(later).order_by(pairs.c.lower, pairs.c.higher)
    rows = session.execute(found.limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    ids = {key for row in rows for key in row}
    people = {
        m.id: m for m in session.scalars(select(Member).where(Member.id.in_(ids)))
    }
    both = [(people[lower], people[higher]) for lower, higher in rows]
    return Page(both, total, (both[-1][0].id, both[-1][1].id) if more else None)


def how_many(scope: Scope) -> Select[int]:
    """Counts the pairs."""
    return select(func.count()).select_from(_pairs(scope))


def get_pair(
    session: Session, scope: Scope, lower: int, higher: int
) -> tuple[Member, Member]:
    """Two people within ``scope``, both active, for a decision. Raises NotFound."""
    found = (
        select(Member)
        .where(Member.id.in_((lower, higher)), *scope.where())
        .where(Member.status == MemberStatus.ACTIVE)
        .order_by(Member.id)
        .with_for_update()
    )
    people = session.scalars(found).all()
    if len(people) != len((lower, higher)):
        raise NotFound(mark("没有找到这一对，可能别人已经办了。"))
    one, two = people
    return one, two


def tell_apart(
    session: Session, one: Member, two: Member, *, by: int, now: datetime
) -> None:
    """They are different people: the pair does not come back."""
    lower, higher = sorted((one.id, two.id))
    said = Duplicate(
        member_id=lower, other_id=higher, same=False, decided_by=by, decided_at=now
    )
    session.add(said)
    session.flush()


def _pairs(scope: Scope) -> Subquery:
    """Lower and higher number of each pair."""
    both = union(_by_name(scope), _by_phone(scope)).subquery()
    apart = exists().where(
        Duplicate.member_id == both.c.lower,
        Duplicate.other_id == both.c.higher,
        Duplicate.same.is_(False),
    )
    return select(both.c.lower, both.c.higher).where(~apart).subquery("pairs")


def _by_name(scope: Scope) -> Select[int, int]:
    people, born = func.count(), Member.birth_date
    # Two of one name and two birth dates are most of the groups: not joined again.
    maybe = or_(
        people > len((_one, _two)),
        func.min(born) == func.max(born),
        func.count(born) == 0,
    )
    namesakes = _shared(scope, Member.name_index, Member.township)
    suspected = namesakes.having(maybe).subquery()
    not_known = or_(_one.birth_date.is_(None), _two.birth_date.is_(None))
    return _both(
        scope,
        suspected,
        _one.name_index == suspected.c.name_index,
        _one.township == suspected.c.township,
        _two.name_index == suspected.c.name_index,
        _two.township == suspected.c.township,
        or_(
            _one.birth_date == _two.birth_date,
            and_(_one.provisional != _two.provisional, not_known),
        ),
    )


def _by_phone(scope: Scope) -> Select[int, int]:
    mates = _shared(scope, Member.phone_index)
    suspected = mates.having(func.count() <= OFFICE).subquery()
    return _both(
        scope,
        suspected,
        _one.phone_index == suspected.c.phone_index,
        _two.phone_index == suspected.c.phone_index,
        or_(_one.name_index == _two.name_index, _one.birth_date == _two.birth_date),
    )


def _shared(scope: Scope, *keys: QueryableAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """What more than one active row has: from an index alone."""
    active = Member.status == MemberStatus.ACTIVE, keys[0].is_not(None)
    found = select(*keys).where(*active, *scope.where())
    return found.group_by(*keys).having(func.count() > 1)


def _both(
    scope: Scope, suspected: Subquery, *alike: ColumnElement[bool]
) -> Select[int, int]:
    active = (each.status == MemberStatus.ACTIVE for each in (_one, _two))
    inside = *scope.where(_one), *scope.where(_two)
    lower, higher = _one.id.label("lower"), _two.id.label("higher")
    found = select(lower, higher).select_from(suspected, _one, _two)
    return found.where(lower < higher, *alike, *active, *inside)
