"""Who may do what, and whom they may see: one table, one predicate, default deny.

A person acts in one grant at a time; rights of two grants are never joined. The table
is ``rights.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.errors import NotAllowed, mark
from campaigns.register.scope import Scope
from outreach import rights
from outreach.accounts import Role
from outreach.rights import Action, Cell, Reach

__all__ = [
    "Acting",
    "Action",
    "Bearer",
    "Thing",
    "asks_proof",
    "bearer_may",
    "cell_of",
    "may",
    "require",
    "roles_for",
    "rows",
    "scope",
]

_OF_PERSONS = (
    Action.LIST_MEMBERS,
    Action.LIST_RECIPIENTS,
    Action.READ_VISITS,
    Action.RECORD_REFUSAL,
    Action.READ_RECEIPTS,
)
"""What reaches persons; in one grant all of them reach equally far."""

_COUNTY, _TOWNSHIP = 6, 9
"""Digits of a county's and of a township's code."""


class Bearer(StrEnum):
    """Who comes without an account: with a village's link, or as its duty person."""

    LINK = "link"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Acting:
    """The person of this request, the grant they act in, and what they are doing.

    ``place`` is a place code, ``categories`` a bit mask (0 means all), ``visit`` the
    id of the sign-in, 0 with the API token ``token``. ``two_steps`` says whether they
    sign in with a second step, ``proved_at`` when they last proved who they are,
    ``password_at`` when they set their password.
    """

    user_id: int
    name: str
    shown_as: str
    visit: int
    grant_id: int | None
    role: Role | None
    place: str
    categories: int
    duties: tuple[str, ...]
    language: str
    text_size: str
    contrast: str
    background: str
    less_motion: bool
    grants: int
    doing: Action | None = None
    token: int | None = None
    two_steps: bool = False
    proved_at: datetime | None = None
    password_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What an action is done to: where it lies, of which categories, whose it is."""

    place: str = ""
    categories: int = 0
    maker: int | None = None
    person: bool = False


def may(acting: Acting, action: Action, of: Thing | None = None) -> bool:
    """Whether this person, in this grant, may do ``action``, to ``of`` where given."""
    if acting.role is None:
        return action is Action.OWN_PAGES
    cell = cell_of(acting.role, action)
    asked = rights.TABLE[action].duties
    if not cell or (asked and acting.duties and not asked & set(acting.duties)):
        return False
    return of is None or _covers(acting, cell, of)


def require(acting: Acting, action: Action, of: Thing | None = None) -> None:
    """Raises NotAllowed where ``may`` says no."""
    if not may(acting, action, of):
        raise NotAllowed(mark("您的身份不能做这一步。"))


def bearer_may(bearer: Bearer, action: Action) -> bool:
    """Whether somebody without an account may do ``action`` in their village."""
    return bool(cell_of(bearer, action))


def cell_of(role: str, action: Action) -> Cell:
    """How far ``role`` reaches in ``action``."""
    return rights.TABLE[action].cells[role]


def asks_proof(action: Action) -> bool:
    """Whether one proves who one is before ``action``, if that was a while ago."""
    return rights.TABLE[action].proof


def roles_for(action: Action) -> list[Role]:
    """The roles that may do ``action``, in the order of the list of roles."""
    return [role for role in Role if cell_of(role, action)]


def scope(acting: Acting, action: Action | None = None) -> Scope:
    """Which people and places this person sees in ``action``, else in what they do.

    Nobody, where the grant lacks what its right is bound to: an association without
    categories and a township's grant over a county see no one.
    """
    action = action or acting.doing
    if acting.role is None or action is None or not may(acting, action):
        return Scope.nothing()
    reach = cell_of(acting.role, action).reach
    if not _fits(acting, reach):
        return Scope.nothing()
    bound = reach in {Reach.CATEGORIES, Reach.OWN}
    return Scope((acting.place,), acting.categories if bound else 0)


def rows(acting: Acting) -> Scope:
    """Whose rows the database shows this person, whatever they do in their grant.

    Within it each page still asks ``scope``: this is what holds where one forgets.
    """
    scopes = (scope(acting, action) for action in _OF_PERSONS)
    return next((s for s in scopes if s != Scope.nothing()), Scope.nothing())


def _fits(acting: Acting, reach: Reach) -> bool:
    """Whether the grant has what ``reach`` is measured by."""
    match reach:
        case Reach.COUNTY:
            return len(acting.place) == _COUNTY
        case Reach.CATEGORIES | Reach.OWN:
            return acting.categories != 0
        case Reach.PLACE:
            return len(acting.place) >= _TOWNSHIP
        case _:
            return False


def _covers(acting: Acting, cell: Cell, of: Thing) -> bool:
    if cell.second and of.maker == acting.user_id:
        return False
    inside = bool(acting.place) and of.place.startswith(acting.place)
    match cell.reach:
        case Reach.OWN:
            return of.maker == acting.user_id
        case Reach.COUNTS:
            return inside and not of.person
        case Reach.CATEGORIES:
            shared = of.categories & acting.categories
            return inside and _fits(acting, cell.reach) and bool(shared)
        case _:
            return inside and _fits(acting, cell.reach)
