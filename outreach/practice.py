"""Beginning to practise, and taking everything away that came of it.

Practice may begin only while none of the tables of ``GOES`` holds anything, and ends
by emptying them: so whatever they hold then came from practice.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Table, delete, exists, func, select, update
from sqlalchemy.orm import Session

from campaigns.audience.models import Segment
from campaigns.delivery.models import Message
from campaigns.errors import NotReady, Refused, Stale, mark
from campaigns.fieldwork.models import QuietTime
from campaigns.orm import Base, table_of
from campaigns.planning.models import ForeignRoute, Permission
from campaigns.register import practice
from campaigns.register.import_models import Import
from campaigns.register.models import Member, Place
from campaigns.vocabulary import ImportState
from outreach import exports, tables
from outreach.accounts import Grant
from outreach.rows import show_all
from outreach.settings import Settings

_ALL = tables  # imported, so that the metadata knows every table
STAYS = frozenset(
    {
        *("user_account", "user_grant", "sign_in", "invitation", "second_step"),
        *("sheet_code", "api_token", "once_key", "audit", "alarm", "balance"),
        *("unit", "place", "organisation", "import", "import_row", "keeping"),
        *("pronunciation", "sensitive_word", "carrier_template", "line", "duty"),
        *("segment", "quiet_time", "standing_permission", "foreign_route"),
        *("kept_form",),
    }
)
"""Accounts, places, the unit's settings, the record of deeds, and what was there.

Of segments and quiet times, those made while practising go; permissions and routes
that were agreed then are ended.
"""
GOES = frozenset(
    {
        *("member", "consent_note", "departure", "duplicate", "erasure"),
        *("opt_out", "export"),
        *("bulletin", "bulletin_version", "campaign", "approval", "trial"),
        *("message", "recipient", "attempt", "receipt", "reply", "resend"),
        *("portal_batch", "number_record", "tally", "tally_delta", "progress"),
        *("announcement", "announcement_log", "visit", "visit_try", "visit_missed"),
        *("need", "incident", "response_period", "daily_report", "report_reminder"),
        *("segment_size",),
    }
)
"""What people do with the cast; a test sees to it that every table is in one list."""
TRACES = frozenset(
    {
        *("attempt", "receipt", "tally", "tally_delta", "progress"),
        *("number_record", "report_reminder", "segment_size"),
    }
)
"""What a carrier's late report or a count may leave behind; nobody has typed it."""
_DONE_WITH = (ImportState.FAILED, ImportState.DISCARDED)
_SHOWN = ("member", "bulletin", "campaign", "message", "announcement", "visit")
_FILES = ("clips", "recordings", "previews", "packs")


def goes() -> list[Table]:
    """Every table that removal empties, each before those that it refers to.

    Members last: on PostgreSQL a reader sees a person's rows while the person is there.
    """
    found = reversed(Base.metadata.sorted_tables)
    left = [table for table in found if table.name in GOES]
    return sorted(left, key=lambda table: table.name == Member.__tablename__)


def possible(session: Session) -> bool:
    """Whether nothing is there yet that removal would take away."""
    show_all(session)
    typed = [table for table in goes() if table.name not in TRACES]
    found: list[ColumnElement[bool]] = [
        *(exists(select(1).select_from(table)) for table in typed),
        exists().where(Import.state.not_in(_DONE_WITH)),
    ]
    return not any(session.scalar(select(each)) for each in found)


def begin(
    session: Session, settings: Settings, *, by: int | None, now: datetime
) -> int:
    """Put the invented village on the register; returns how many people live there.

    Raises NotReady where the simulated carrier is not on this machine, Refused where
    there is something already.
    """
    _demand_simulator(settings)
    if practice.since(session) is not None or not possible(session):
        raise Refused(
            mark(
                "已经有名册、文稿、任务或日报了，不能再用练习数据。"
                "练习只能在还没有内容的时候开始。"
            )
        )
    return practice.begin(session, by=by, now=now)


def figures(session: Session) -> dict[str, int]:
    """How many rows of each kind a person knows would go."""
    show_all(session)
    counted = {table.name: table for table in goes() if table.name in _SHOWN}
    return {
        name: session.scalar(select(func.count()).select_from(counted[name])) or 0
        for name in _SHOWN
    }


def remove(session: Session, now: datetime) -> dict[str, int]:
    """Empty every table that practice filled; returns how many of each kind went.

    Raises Stale where nothing is practised, Refused where somebody on the register is
    not of the cast. Files go after the commit, by ``wipe``.
    """
    show_all(session)
    began = practice.since(session)
    if began is None:
        raise Stale(mark("现在没有练习数据，可能已经有人清除了。"))
    if strangers := practice.strangers(session):
        raise Refused(
            mark(
                "名册上有 %(n)s 位不是练习数据的人，不能一起清除。"
                "请先到名册里核对，再请系统管理员看操作记录。"
            ),
            n=strangers,
        )
    went = figures(session)
    last = session.scalar(select(func.max(Message.id))) or 0
    for table in goes():
        session.execute(delete(table))
    for made in (Segment, QuietTime):
        session.execute(delete(table_of(made)).where(table_of(made).c.made_at >= began))
    _end_agreements(session, began, now)
    practice.end(session, last)
    session.expire_all()
    return went


def wipe(settings: Settings) -> None:
    """Remove the sound, the packs and the lists that practice left on the disk."""
    for name in _FILES:
        folder = settings.media_dir / name
        for path in folder.iterdir() if folder.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in exports.folder(settings).glob("*.xlsx"):
        path.unlink(missing_ok=True)


def _end_agreements(session: Session, began: datetime, now: datetime) -> None:
    """What two people only practised to agree, and accounts of the invented village."""
    for made in (Permission, ForeignRoute):
        practised = made.proposed_at >= began, made.ended_at.is_(None)
        session.execute(update(made).where(*practised).values(ended_at=now))
    villages = select(Place.code).where(Place.source == practice.SOURCE)
    ended = Grant.place.in_(villages), Grant.revoked_at.is_(None)
    session.execute(update(Grant).where(*ended).values(revoked_at=now))


def _demand_simulator(settings: Settings) -> None:
    host = urlsplit(settings.simulator_address).hostname or ""
    try:
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here or not settings.simulator_secret.get_secret_value():
        raise NotReady(
            mark(
                "练习的短信只交给这台机器上的模拟通道，这里没有它。"
                "请在自己的电脑上运行 make up，在那里练习。"
            )
        )
