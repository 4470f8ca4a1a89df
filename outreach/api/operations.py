"""What the API can do: one declaration is the route, its checks and its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from outreach.access import Action


class View(Protocol):
    """Does an operation with a session; path numbers come by name."""

    __name__: str

    def __call__(self, *given: Any, **path: int) -> BaseModel:  # noqa: ANN401 - asked
        """Answer with a shape."""


_V = TypeVar("_V", bound=Callable[..., BaseModel])


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address.

    ``path`` is written as OpenAPI writes it, ``summary`` is a msgid; ``query`` and
    ``body`` are the shapes that the view receives after the session. ``found_at`` is
    the address of what a deed made or changed, ``status`` of the answer to it.
    """

    method: str
    path: str
    action: Action
    summary: str
    view: View
    answers: type[BaseModel]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    found_at: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        """The operation's id."""
        return self.view.__name__

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return bool(self.found_at)


OPERATIONS: list[Operation] = []


def operation(  # noqa: PLR0913 - what a reader of the document is told
    method: str,
    path: str,
    action: Action,
    summary: str,
    *,
    answers: type[BaseModel],
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    found_at: str = "",
    status: int = 200,
) -> Callable[[_V], _V]:
    """Declare a view as an operation."""

    def declare(view: _V) -> _V:
        OPERATIONS.append(
            Operation(
                method,
                path,
                action,
                summary,
                view,
                answers,
                query,
                body,
                found_at,
                status,
            )
        )
        return view

    return declare
