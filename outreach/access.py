"""Who may do what, and whom they may see: one table, one predicate, default deny.

A person acts in one grant at a time; rights of two grants are never joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from campaigns.errors import NotAllowed, mark
from campaigns.register.scope import Scope
from campaigns.vocabulary import Duty
from outreach.accounts import Role


class Action(StrEnum):
    """What a page or a button does; every route names one."""

    OWN_PAGES = "own_pages"
    SET_UP = "set_up"
    LIST_MEMBERS = "list_members"
    OPEN_MEMBER = "open_member"
    SEE_CATEGORY = "see_category"
    REVEAL = "reveal"
    REVEAL_ID = "reveal_id"
    RECORD_REFUSAL = "record_refusal"
    LIFT_REFUSAL = "lift_refusal"
    CHECK_IMPORT = "check_import"
    TAKE_IN_IMPORT = "take_in_import"
    DEFINE_SEGMENTS = "define_segments"
    READ_BULLETINS = "read_bulletins"
    WRITE_BULLETINS = "write_bulletins"
    ISSUE_BULLETINS = "issue_bulletins"
    READ_CAMPAIGNS = "read_campaigns"
    MAKE_CAMPAIGNS = "make_campaigns"
    APPROVE_CAMPAIGNS = "approve_campaigns"
    STOP_CAMPAIGNS = "stop_campaigns"
    RESUME_CAMPAIGNS = "resume_campaigns"
    READ_DELIVERY = "read_delivery"
    LIST_RECIPIENTS = "list_recipients"
    CARRY_BY_PORTAL = "carry_by_portal"
    READ_FIELDWORK = "read_fieldwork"
    DOWNLOAD_AUDIO = "download_audio"
    REPORT_PLAYED = "report_played"
    SIGN_OFF = "sign_off"
    WITHDRAW = "withdraw"
    READ_REPORTS = "read_reports"
    READ_DAILY = "read_daily"
    FILE_DAILY = "file_daily"
    RETURN_DAILY = "return_daily"
    RUN_DAILY = "run_daily"
    READ_AUDIT = "read_audit"
    CHANGE_ACCOUNTS = "change_accounts"
    READ_HEALTH = "read_health"


_C, _A, _T = Role.COORDINATOR, Role.ASSOCIATION, Role.TOWNSHIP
_V, _U, _S = Role.VILLAGE, Role.AUDITOR, Role.ADMINISTRATOR

RIGHTS: dict[Action, frozenset[Role]] = {
    Action.OWN_PAGES: frozenset(Role),
    Action.SET_UP: frozenset({_C, _S}),
    Action.LIST_MEMBERS: frozenset({_C, _A, _T}),
    Action.OPEN_MEMBER: frozenset({_C, _A, _T}),
    Action.SEE_CATEGORY: frozenset({_C, _A}),
    Action.REVEAL: frozenset({_C, _A, _T}),
    Action.REVEAL_ID: frozenset({_C}),
    Action.RECORD_REFUSAL: frozenset({_C, _A, _T}),
    Action.LIFT_REFUSAL: frozenset({_C}),
    Action.CHECK_IMPORT: frozenset({_C, _A}),
    Action.TAKE_IN_IMPORT: frozenset({_C}),
    Action.DEFINE_SEGMENTS: frozenset({_C, _A}),
    Action.READ_BULLETINS: frozenset({_C, _A, _U}),
    Action.WRITE_BULLETINS: frozenset({_C, _A}),
    Action.ISSUE_BULLETINS: frozenset({_C}),
    Action.READ_CAMPAIGNS: frozenset({_C, _A, _U}),
    Action.MAKE_CAMPAIGNS: frozenset({_C, _A}),
    Action.APPROVE_CAMPAIGNS: frozenset({_C}),
    Action.STOP_CAMPAIGNS: frozenset({_C, _A, _S}),
    Action.RESUME_CAMPAIGNS: frozenset({_C}),
    Action.READ_DELIVERY: frozenset({_C, _A, _U}),
    Action.LIST_RECIPIENTS: frozenset({_C, _A}),
    Action.CARRY_BY_PORTAL: frozenset({_C}),
    Action.READ_FIELDWORK: frozenset({_C, _A, _T, _V, _U}),
    Action.DOWNLOAD_AUDIO: frozenset({_C, _A, _T, _V}),
    Action.REPORT_PLAYED: frozenset({_C, _T, _V}),
    Action.SIGN_OFF: frozenset({_C, _T}),
    Action.WITHDRAW: frozenset({_C, _T}),
    Action.READ_REPORTS: frozenset({_C, _A, _T, _U}),
    Action.READ_DAILY: frozenset({_C, _T, _V, _U}),
    Action.FILE_DAILY: frozenset({_C, _T, _V}),
    Action.RETURN_DAILY: frozenset({_C, _T}),
    Action.RUN_DAILY: frozenset({_C}),
    Action.READ_AUDIT: frozenset({_U}),
    Action.CHANGE_ACCOUNTS: frozenset({_S}),
    Action.READ_HEALTH: frozenset({_S, _C, _U}),
}

DUTIES: dict[Action, frozenset[Duty]] = {
    Action.WRITE_BULLETINS: frozenset({Duty.DRAFT}),
    Action.ISSUE_BULLETINS: frozenset({Duty.REVIEW, Duty.ISSUE}),
    Action.APPROVE_CAMPAIGNS: frozenset({Duty.APPROVE}),
}
"""A grant with duties needs one of these; a grant without any has them all."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The person of this request and the grant they act in.

    ``place`` is a place code, ``categories`` a bit mask (0 means all), ``visit`` the
    id of the sign-in.
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


def may(acting: Acting, action: Action) -> bool:
    """Whether this person, in this grant, may do ``action``."""
    if acting.role is None:
        return action is Action.OWN_PAGES
    if acting.role not in RIGHTS[action]:
        return False
    asked = DUTIES.get(action)
    return not asked or not acting.duties or bool(asked & set(acting.duties))


def require(acting: Acting, action: Action) -> None:
    """Raises NotAllowed where ``may`` says no."""
    if not may(acting, action):
        raise NotAllowed(mark("您的身份不能做这一步。"))


def roles_for(action: Action) -> list[Role]:
    """The roles that may do ``action``, in the order of the list of roles."""
    return [role for role in Role if role in RIGHTS[action]]


def scope(acting: Acting) -> Scope:
    """Whom and which places this person sees; nobody for an administrator."""
    if acting.role in {None, Role.ADMINISTRATOR}:
        return Scope.nothing()
    return Scope((acting.place,), acting.categories)
