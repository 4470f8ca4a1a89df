"""The table of rights, ``rights.csv``, as the service enforces it.

A cell says how far a role reaches: ``C`` its county, ``K`` its own categories, ``P``
its own place, ``O`` what it made itself, ``N`` counts and no person, ``-`` nothing. A
2 behind it asks for somebody other than the maker, ``/20`` allows twenty a day, ``yes``
under ``proof`` asks for the password or a code again. A new
action is a line in the file and a name here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

_BESIDE = ("action", "duties", "proof", "zh", "en")


class Action(StrEnum):
    """What a page or a button does; every route names one."""

    OWN_PAGES = "own_pages"
    MAKE_TOKENS = "make_tokens"
    SET_UP = "set_up"
    LIST_MEMBERS = "list_members"
    OPEN_MEMBER = "open_member"
    SEE_CATEGORY = "see_category"
    REVEAL = "reveal"
    REVEAL_ID = "reveal_id"
    EDIT_MEMBER = "edit_member"
    MEND_NUMBERS = "mend_numbers"
    PROPOSE_MEMBER = "propose_member"
    ERASE_MEMBER = "erase_member"
    MERGE_MEMBERS = "merge_members"
    RECORD_BASIS = "record_basis"
    ANSWER_REPLIES = "answer_replies"
    RECORD_REFUSAL = "record_refusal"
    LIFT_REFUSAL = "lift_refusal"
    CHECK_IMPORT = "check_import"
    TAKE_IN_IMPORT = "take_in_import"
    ROLL_BACK_IMPORT = "roll_back_import"
    EXPORT_MASKED = "export_masked"
    EXPORT_UNMASKED = "export_unmasked"
    DEFINE_SEGMENTS = "define_segments"
    READ_BULLETINS = "read_bulletins"
    WRITE_BULLETINS = "write_bulletins"
    ISSUE_BULLETINS = "issue_bulletins"
    PROPOSE_AUDIO = "propose_audio"
    READ_CAMPAIGNS = "read_campaigns"
    MAKE_CAMPAIGNS = "make_campaigns"
    SUBMIT_CAMPAIGNS = "submit_campaigns"
    APPROVE_CAMPAIGNS = "approve_campaigns"
    ENTER_APPROVAL = "enter_approval"
    RELEASE_DELAYED = "release_delayed"
    RELEASE_PERMITTED = "release_permitted"
    READ_PERMISSIONS = "read_permissions"
    PROPOSE_PERMISSION = "propose_permission"
    CONFIRM_PERMISSION = "confirm_permission"
    WITHDRAW_PERMISSION = "withdraw_permission"
    RELEASE_STANDING = "release_standing"
    COUNTERSIGN = "countersign"
    PAUSE_CAMPAIGNS = "pause_campaigns"
    STOP_CAMPAIGNS = "stop_campaigns"
    RESUME_CAMPAIGNS = "resume_campaigns"
    TEST_SEND = "test_send"
    RESEND_ANYWAY = "resend_anyway"
    SETTLE_DOUBTS = "settle_doubts"
    FOLLOW_UP = "follow_up"
    READ_DELIVERY = "read_delivery"
    LIST_RECIPIENTS = "list_recipients"
    CARRY_BY_PORTAL = "carry_by_portal"
    DOWNLOAD_NUMBERS = "download_numbers"
    READ_RECEIPTS = "read_receipts"
    READ_VISITS = "read_visits"
    RECORD_VISITS = "record_visits"
    READ_FIELDWORK = "read_fieldwork"
    DOWNLOAD_AUDIO = "download_audio"
    REPORT_PLAYED = "report_played"
    SIGN_OFF = "sign_off"
    WITHDRAW = "withdraw"
    READ_REPORTS = "read_reports"
    EXPORT_REPORTS = "export_reports"
    DRILL_TO_PEOPLE = "drill_to_people"
    READ_DAILY = "read_daily"
    FILE_DAILY = "file_daily"
    RETURN_DAILY = "return_daily"
    RUN_DAILY = "run_daily"
    SET_SMALL_OFFICE = "set_small_office"
    CHANGE_ACCOUNTS = "change_accounts"
    PROPOSE_GRANTS = "propose_grants"
    CONFIRM_GRANTS = "confirm_grants"
    END_SIGN_INS = "end_sign_ins"
    RESET_SECOND_STEP = "reset_second_step"
    CONFIRM_RESET = "confirm_reset"
    READ_PROVIDERS = "read_providers"
    CHANGE_PROVIDERS = "change_providers"
    SET_WINDOW = "set_window"
    CONFIRM_WINDOW = "confirm_window"
    PROPOSE_ROUTE = "propose_route"
    APPROVE_ROUTE = "approve_route"
    CLOSE_ROUTE = "close_route"
    READ_ROUTES = "read_routes"
    READ_RETENTION = "read_retention"
    PROPOSE_RETENTION = "propose_retention"
    APPROVE_RETENTION = "approve_retention"
    TAKE_SUBJECT_REQUESTS = "take_subject_requests"
    ANSWER_SUBJECT_REQUESTS = "answer_subject_requests"
    READ_HEALTH = "read_health"
    READ_OWN_DEEDS = "read_own_deeds"
    READ_AUDIT = "read_audit"
    VERIFY_AUDIT = "verify_audit"
    EXPORT_AUDIT = "export_audit"
    CHANGE_AUDIT = "change_audit"
    BREAK_GLASS = "break_glass"


class Reach(StrEnum):
    """How far a right goes."""

    NOTHING = "-"
    COUNTY = "C"
    CATEGORIES = "K"
    PLACE = "P"
    OWN = "O"
    COUNTS = "N"


@dataclass(frozen=True, slots=True)
class Cell:
    """One role's right: ``second`` asks for another person, ``quota`` is a day's."""

    reach: Reach
    second: bool = False
    quota: int | None = None

    @classmethod
    def read(cls, text: str) -> Cell:
        """The cell that ``text`` writes. Raises ValueError for anything else."""
        right, _, quota = text.partition("/")
        second = right.endswith("2")
        return cls(
            Reach(right.removesuffix("2")), second, int(quota) if quota else None
        )

    def __bool__(self) -> bool:
        """Whether the role may do it at all."""
        return self.reach is not Reach.NOTHING


@dataclass(frozen=True, slots=True)
class Row:
    """One action: a cell for each role, the duties of which one is asked, its words.

    With ``proof`` whoever does it must have proved who they are a short time ago.
    """

    cells: dict[str, Cell]
    duties: frozenset[str]
    proof: bool
    zh: str
    en: str


def read_table(text: str) -> dict[str, Row]:
    """The table in ``text``, by action. Raises ValueError for a cell it cannot read."""
    table: dict[str, Row] = {}
    for line in csv.DictReader(text.splitlines()):
        action = line["action"]
        if action in table:
            raise ValueError(f"rights.csv names {action} twice")
        cells = {
            role: Cell.read(cell) for role, cell in line.items() if role not in _BESIDE
        }
        duties = frozenset(line["duties"].split())
        proof = line["proof"] == "yes"
        table[action] = Row(cells, duties, proof, line["zh"], line["en"])
    return table


TABLE = read_table(files("outreach").joinpath("rights.csv").read_text("utf-8"))

if {*Action} != TABLE.keys():
    raise ValueError(f"rights.csv and Action differ: {TABLE.keys() ^ {*Action}}")
