"""From a rule to people: conditions for SQL, counts by township, a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from campaigns.audience.channel_choice import Choice, lacks_second
from campaigns.audience.conditions import born_after
from campaigns.audience.rules import Rule
from campaigns.errors import NotReady, mark
from campaigns.register.models import Member
from campaigns.register.scope import Scope, within
from campaigns.vocabulary import Category, MemberStatus, Reason, Urgency, Way


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """How many people a rule finds, where, and how many a text can reach.

    ``cells`` counts people by (certificate category, township code), ``ways`` by how
    they are told or why not; ``to_confirm`` are those whom a person must confirm,
    ``single`` of them those whom one way reaches at most.
    """

    total: int
    cells: dict[tuple[int, str], int] = field(default_factory=dict)
    ways: dict[Way, int] = field(default_factory=dict)
    to_confirm: int = 0
    single: int = 0

    @property
    def reachable(self) -> int:
        """People to whom a text or a call goes, or to their guardian."""
        return sum(n for way, n in self.ways.items() if way.told)

    @property
    def reasons(self) -> dict[Reason, int]:
        """The others by reason, most frequent first; with ``reachable`` the total."""
        sums: Counter[Reason] = Counter()
        for way, n in self.ways.items():
            if not way.told:
                sums[way.reason] += n
        return dict(sums.most_common())

    @property
    def by_category(self) -> dict[int, int]:
        """People by certificate category."""
        return self._sum(0)

    @property
    def by_township(self) -> dict[str, int]:
        """People by township code."""
        return self._sum(1)

    def _sum(self, axis: int) -> dict[Any, int]:
        totals: Counter[Any] = Counter()
        for key, n in self.cells.items():
            totals[key[axis]] += n
        return dict(sorted(totals.items()))


def where(rule: Rule, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on Member, usable in SELECT and in INSERT ... SELECT.

    The second row of one person is nobody, where others who left are told of.
    Raises NotReady while the rule names an excepted segment that nobody looked up
    (``segments.rule_of`` does).
    """
    conditions = [Member.status != MemberStatus.MERGED, *_category(rule)]
    conditions += [*_place(rule), *_age(rule, now), *_marks(rule)]
    if rule.except_rule is not None:
        left_out = select(Member.id).where(*where(rule.except_rule, now))
        conditions.append(Member.id.not_in(left_out.correlate(None)))
    elif rule.except_segment is not None:
        raise NotReady(mark("“不包括”的人群还没有读出。请重新打开这个人群。"))
    return conditions


def count(  # noqa: PLR0913 - whom, for whom, and by which ways
    session: Session,
    rule: Rule,
    scope: Scope,
    now: datetime,
    *,
    urgency: Urgency = Urgency.MUST_REACH,
    loudspeaker: bool = True,
    voice: bool = False,
) -> SegmentCount:
    """Count the people of ``rule`` inside ``scope`` in one statement."""
    choice = Choice(urgency, now, loudspeaker=loudspeaker, voice=voice)
    people = _fenced(
        select(
            Member.certificate_category,
            Member.township,
            choice.way.label("way"),
            choice.confirm.label("confirm"),
            choice.hears_loudspeaker.label("heard"),
        ).where(*where(rule, now), *scope.where())
    )
    facts: list[ColumnElement[Any]] = list(people.c)
    rows: Iterable[Any] = session.execute(select(*facts, func.count()).group_by(*facts))
    cells: Counter[tuple[int, str]] = Counter()
    ways: Counter[Way] = Counter()
    confirmed = single = 0
    for its_category, its_township, way, confirm, heard, n in rows:
        cells[its_category, its_township] += n
        ways[Way(way)] += n
        if confirm and Way(way) is not Way.INACTIVE:
            confirmed += n
            single += n if lacks_second(Way(way), heard=heard) else 0
    return SegmentCount(
        sum(cells.values()),
        dict(sorted(cells.items())),
        {way: ways[way] for way in Way if ways[way]},
        confirmed,
        single,
    )


def sizes(
    session: Session, rules: Sequence[Rule], scope: Scope, now: datetime
) -> list[int]:
    """People of each rule inside ``scope``, in one reading of the register."""
    if not rules:
        return []
    each = (func.count().filter(true(), *where(rule, now)) for rule in rules)
    found = select(*each).select_from(Member).where(*scope.where())
    return list(session.execute(found).one())


def sample(
    session: Session, rule: Rule, scope: Scope, now: datetime, n: int = 10
) -> list[Member]:
    """Up to ``n`` people of ``rule``, newest first; screens mask them."""
    found = select(Member).where(*where(rule, now), *scope.where())
    return list(session.scalars(found.order_by(Member.id.desc()).limit(n)))


def _fenced(found: Select[*tuple[Any, ...]]) -> Subquery:
    """``found`` as a table whose columns are facts, not expressions.

    Without the fence PostgreSQL takes each person for a group of their own, because
    phones and birth dates stand in the expressions: it sorted two million people on
    disk, where now each parallel worker counts its share as it reads. Nought is quoted
    because a number in its place is cast first, and that keeps the workers away.
    """
    return found.offset(literal_column("'0'")).subquery("people")


def _category(rule: Rule) -> list[ColumnElement[bool]]:
    if not rule.categories:
        return []
    wanted: list[ColumnElement[bool]] = [
        Member.certificate_category.in_(sorted(set(rule.categories)))
    ]
    if rule.include_multiple and rule.components:
        component = Member.categories.op("&")(rule.components) != 0
        wanted.append(
            and_(
                Member.certificate_category == int(Category.MULTIPLE),
                or_(component, Member.categories == 0),
            )
        )
    return [or_(*wanted)]


def _place(rule: Rule) -> list[ColumnElement[bool]]:
    places = [*rule.townships, *rule.villages]
    return [or_(*map(within, places))] if places else []


def _age(rule: Rule, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if rule.min_age is not None:
        conditions.append(Member.birth_date <= born_after(now, rule.min_age))
    if rule.max_age is not None:
        conditions.append(Member.birth_date > born_after(now, rule.max_age + 1))
    return conditions


def _marks(rule: Rule) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if rule.grades:
        conditions.append(Member.grade.in_(sorted(set(rule.grades))))
    if rule.sex is not None:
        conditions.append(Member.sex == rule.sex)
    if rule.living_alone is not None:
        conditions.append(Member.living_alone.is_(rule.living_alone))
    if rule.chronic_illness is not None:
        conditions.append(Member.chronic_illness.is_(rule.chronic_illness))
    if rule.has_phone is not None:
        phone = or_(
            Member.phone_index.is_not(None), Member.guardian_phone_index.is_not(None)
        )
        conditions.append(phone if rule.has_phone else ~phone)
    return conditions
