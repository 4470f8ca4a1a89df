"""One page of a list, from its rows and the one after them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from outreach.api.shapes import Listed, Page


class Numbered(Protocol):
    """What lists go by."""

    @property
    def id(self) -> int:
        """The row's own number."""


R = TypeVar("R")
T = TypeVar("T", bound=Numbered)


def listed(
    kind: type[Listed[T]], rows: Sequence[R], asked: Page, shown: Callable[[R], T]
) -> Listed[T]:
    """The page that was ``asked`` for; ``rows`` hold one more where there is more."""
    page = [shown(row) for row in rows[: asked.limit]]
    following = page[-1].id if len(rows) > asked.limit else None
    return kind(items=page, next=following)
