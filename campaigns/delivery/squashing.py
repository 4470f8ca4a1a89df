"""Adding the tally's deltas up, so that reading stays as cheap as it began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaigns import orm
from campaigns.delivery.models import Tally, TallyDelta
from campaigns.delivery.tally import CELL, Cell

_SQUASH = 20_000


def squash(session: Session, size: int = _SQUASH) -> int:
    """Add up to ``size`` deltas to the tally; return how many there were."""
    some = (
        select(TallyDelta.id)
        .order_by(TallyDelta.id)
        .limit(size)
        .with_for_update(skip_locked=True)
        .cte("some")
    )
    taken = session.execute(
        delete(TallyDelta)
        .where(TallyDelta.id.in_(select(some.c.id)))
        .returning(*(getattr(TallyDelta, name) for name in (*CELL, "n")))
        .execution_options(synchronize_session=False)
    ).all()
    sums: Counter[Cell] = Counter()
    for *cell, n in taken:
        sums[Cell(*cell)] += n
    _add(session, sums)
    return len(taken)


def _add(session: Session, sums: Mapping[Cell, int]) -> None:
    rows = [{**cell._asdict(), "n": n} for cell, n in sorted(sums.items()) if n]
    if not rows:
        return
    fresh = orm.insert(session, Tally)
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=list(CELL), set_={"n": Tally.n + fresh.excluded.n}
        ),
        rows,
    )
