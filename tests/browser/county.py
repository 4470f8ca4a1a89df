"""A county with campaigns at every stage of their life, for the browser."""

from __future__ import annotations

from datetime import timedelta

import factories
import lists
import stages
from browser.walked import YESTERDAY
from sqlalchemy import func, select

from campaigns.audience import segments
from campaigns.delivery.models import Message
from campaigns.fieldwork import needs, replies, visiting, visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.planning import drafting, lifecycle, permissions
from campaigns.register.import_models import Import
from campaigns.register.models import Member, Place, Unit
from campaigns.register.scope import Scope
from campaigns.reporting.daily import filing, periods
from campaigns.vocabulary import (
    BulletinState,
    Category,
    ImportState,
    LegalBasis,
    Level,
    MessageState,
    NeedKind,
    Urgency,
    VisitOutcome,
)
from outreach import intake, wiring
from outreach.accounts import find_user
from outreach.web import village_link

LONG = "四川省泸州市合江县福宝镇大山深处云雾缭绕的老鹰岩"
SHARED = "+8614900000071"


def household(session):
    """Two behind one phone, one of whom refused, and a guardian with a new phone."""
    for _ in range(2):
        factories.member(session, phone=SHARED, category=Category.VISUAL)
    replies.take(session, "simulator", "r1", SHARED, "TD", factories.NOW)
    own = Category.VISUAL
    told = factories.member(session, guardian_phone=SHARED, category=own)
    told.guardian_known_index = None


def longest_names(session):
    """A village, a person and a segment named as long as the field ever names them."""
    where = {"code": "510522112203", "level": Level.VILLAGE, "parent": "510522112"}
    session.add(Place(name=f"{LONG}易地扶贫搬迁集中安置点社区", **where))
    session.add(Place(code="5105", name="泸州市", level=Level.CITY))
    session.flush()
    session.get_one(Place, "510522").parent = "5105"
    for name, village in (("阿卜杜热合曼·买买提艾力", 3), ("欧阳诸葛", 1)):
        factories.member(
            session,
            name=name,
            phone=None,
            category=Category.VISUAL,
            village=f"51052211220{village}",
        )
    name = f"{LONG}行动不便、独自在家、听不清电话的人"
    return factories.segment(session, name=name, rule={"townships": ["510522112"]})


def half_and_all_of_it(session, segment, now):
    """An association's campaign, paused half way, and one that has come to its end.

    Both go to one township, which may therefore withdraw what its villages play.
    """
    told = {"segment_id": segment.id, "rule": segment.rule}
    told |= {"urgency": Urgency.MUST_REACH, "made_by": find_user(session, "mangxie").id}
    halted = stages.launched(session, name=f"{LONG}防滑防冻的提醒", **told)
    halted.version.bulletin.title = f"{LONG}防滑防冻、安全用火用电用气"
    halted.version.bulletin.categories = Category.VISUAL.bit
    ended = stages.launched(session, **told)
    for campaign, share in ((halted, 2), (ended, 1)):
        waits = Message.campaign_id == campaign.id, Message.state == MessageState.QUEUED
        left = session.scalar(select(func.count()).where(*waits))
        stages.delivered(session, campaign.id, left // share)
    lifecycle.pause(session, halted.id, by=1, now=now)
    assert lifecycle.finish(session, ended.id, now)


def yesterday(session, now):
    """Every unit's report of the day before, which can be put right today."""
    day, zero = YESTERDAY, filing.Entry(zero=True)
    for unit in ("510522112201", "510522112", "510522"):
        filing.file_report(session, unit, day, zero, by=1, now=now, excuse="断网")


def must_reach(session, name):
    """A text that no weekly limit holds back."""
    words = f"{name}：多喝水。"
    return stages.version(session, sms_text=words, urgency=Urgency.MUST_REACH).id


def rosters(wired):
    """Imports in each state: to decide, to match, going in, failed, waiting, done."""
    writer = [*lists.HEADINGS, "是否独居"]
    rows = [lists.person(n, village="大坪村") for n in range(3)]
    rows.append(lists.person(4, village="云上村"))
    folder = wired.settings.data_dir / "lists"
    folder.mkdir()
    facts = {"legal_basis": LegalBasis.STATUTORY, "source": "", "by": 1}
    for name, heads in (("名册", writer), ("旧表", [*lists.HEADINGS, "备用号"])):
        path = lists.workbook(folder / f"{name}.xlsx", [heads, *rows])
        with wired.database.writing() as session, path.open("rb") as stream:
            made = intake.receive(
                session,
                wired.settings,
                stream,
                file_name=path.name,
                now=wired.clock(),
                **facts,
            )
        intake.check(wired, made.id)
    told = '{"sentence": "文件设了密码。", "mend": "去掉密码再上传。", "values": {}}'
    figures = {"rows": 6000, "new": 5800, "changed": 100, "same": 90, "wrong": 10}
    fates = {"went": 5790, "returned": 98, "in_campaign": 7, "changed": 2, "missing": 3}
    with wired.database.writing() as session:
        for state in (
            *("importing", "failed", "waiting", "imported", "imported"),
            *("undoing", "undone"),
        ):
            error = told if state == "failed" else None
            asked = {"undo_reason": "传错了表", "undo_asked_by": 2}
            session.add(
                Import(
                    file_name=f"{state}.xlsx",
                    file_hash=state,
                    legal_basis=LegalBasis.STATUTORY,
                    state=ImportState(state),
                    figures={**figures, "undone": fates},
                    done_rows=1200,
                    error=error,
                    made_by=1,
                    made_at=wired.clock(),
                    **(asked if state in {"undoing", "undone"} else {}),
                )
            )
        session.flush()
        session.get_one(Import, 7).undo_reason = "传错了表"
        session.get_one(Import, 7).undo_asked_by = 2


def furnish(site):
    """A campaign under way with clips, one for the portal, and a text in review."""
    wired = wiring.current()
    with site.database.writing() as session:
        stages.people(session, 24)
        household(session)
        one_township = longest_names(session)
        first = stages.launched(session)
        stages.delivered(session, first.id, 9)
        stages.launched(session, provider="portal_file", channels=["sms"])
        waiting = stages.version(session)
        waiting.state, waiting.issue_number = BulletinState.IN_REVIEW, None
        village = stages.select(stages.Announcement.village).limit(1)
        code = session.scalars(village).one()
        assert session.get(Unit, 1)
        begun = wired.clock() - timedelta(days=2)
        stages.launched(session, urgency=Urgency.MUST_REACH, channels=["sms"])
        visits.open_visits(session, wired.clock())
        one = session.get_one(Visit, 2)
        visiting.assign(session, Scope(), [2], "张专职", by=1, now=wired.clock())
        blind = Member.categories == Category.VISUAL.bit, Member.phone_index.is_(None)
        met = session.scalars(select(Visit).join(Member).where(*blind)).first()
        result = visiting.Result(VisitOutcome.MET)
        visiting.record(session, met, result, by=1, now=wired.clock())
        needs.raise_need(session, one, NeedKind.GOODS, by=1, now=wired.clock())
        flood = stages.version(session, urgency=Urgency.EMERGENCY)
        loud = ["sms", "loudspeaker"]
        urgent = Urgency.EMERGENCY
        stages.launched(session, version_id=flood.id, urgency=urgent, channels=loud)
        periods.open_period(session, "抗寒保暖", by=1, now=begun)
        everybody = segments.make_standard_segments(session, wired.clock())[0].id
        for name in ("还没送的任务", "等批准的任务"):
            last = drafting.draft_campaign(
                session,
                name=name,
                version_id=must_reach(session, name),
                segment_id=everybody,
                channels=["sms", "loudspeaker"],
                provider="simulator",
                by=1,
                now=wired.clock(),
            )
            last.version.bulletin.categories = Category.VISUAL.bit
        lifecycle.submit(session, last.id, by=1, now=wired.clock())
        facts = {"categories": Category.VISUAL.bit, "quota": 90, "now": wired.clock()}
        held = permissions.propose(session, **facts, by=1)
        permissions.confirm(session, held.id, by=2, now=wired.clock())
        permissions.propose(session, **facts, by=2)
        half_and_all_of_it(session, one_township, wired.clock())
        yesterday(session, wired.clock())
    rosters(wired)
    stages.recorded(wired, first.id)
    until = wired.clock().date() + timedelta(days=9)
    return f"/v/{village_link.mint(code, until, wired.signer)}"
