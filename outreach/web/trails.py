"""A thing's trail as the auditor reads it: deeds, messages and visits in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.bulletins.models import BulletinVersion
from campaigns.delivery.contacts import Contact, contacts_of
from campaigns.delivery.history import Step, history
from campaigns.delivery.looking import campaign_of
from campaigns.errors import mark
from campaigns.fieldwork.models import Announcement
from campaigns.fieldwork.visit_models import VisitTry
from campaigns.planning.models import Campaign
from campaigns.vocabulary import MessageState
from outreach import accounts, audit
from outreach.web.languages import shown_word, translated

_LONGEST = 500
STEPS = {
    Step.LISTED: mark("进入名单"),
    Step.SKIPPED: mark("不发送"),
    Step.CARRIED: mark("同一个号码只发一次，跟着那一条走"),
    Step.SUBMITTED: mark("提交给通道"),
    Step.TRIED: mark("这一次没有提交成功"),
    Step.ACCEPTED: mark("通道收下"),
    Step.REPORTED: mark("回执"),
    Step.CONFIRMED: mark("收信人说收到了"),
    Step.ENDED: mark("结束"),
}
"""A message's steps in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, by whom, and where the proof is.

    ``deed`` is an audited action, otherwise ``words`` say it; ``badge`` is a state.
    """

    at: datetime
    who: str = ""
    role: str = ""
    deed: str = ""
    words: str = ""
    badge: str = ""
    proof: tuple[str, str] | None = None
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """All of one thing: ``told`` sums it up, ``proofs`` are what it stands on.

    A proof is a name, words, and the address where it can be looked at.
    """

    told: str
    proofs: list[tuple[str, str, str]]
    lines: list[Line]


def trail(session: Session, kind: str, number: int) -> Trail:
    """Everything that is known of one thing, in order of time. Raises NotFound."""
    deeds = audit.latest(session, _LONGEST, subject=f"{kind}:{number}")
    names = accounts.names_of(session, [deed.user_id for deed in deeds])
    found, told = [*_deeds(deeds, names)], ""
    if kind == "member":
        contacts = contacts_of(session, number, limit=_LONGEST)
        tries = _tries(session, number)
        told = _summary(contacts, len(tries))
        found += [*map(_contact, contacts), *tries]
    elif kind == "message":
        found += _events(session, number)
    proofs = [*_proofs(session, kind, number)]
    return Trail(told, proofs, sorted(found, key=lambda line: line.at))


def issued_as(session: Session, words: str) -> int:
    """The bulletin issued under a number such as 2026-014; 0 where there is none."""
    issued = BulletinVersion.issue_number == words
    return session.scalar(select(BulletinVersion.bulletin_id).where(issued)) or 0


def _proofs(session: Session, kind: str, number: int) -> Iterator[tuple[str, str, str]]:
    if kind == "bulletin":
        versions = select(BulletinVersion).where(BulletinVersion.bulletin_id == number)
        for version in session.scalars(versions.order_by(BulletinVersion.id.desc())):
            yield from _text(version)
    if (campaign := _campaign(session, kind, number)) is None:
        return
    if kind == "campaign":
        at = url_for("planning.show", campaign_id=campaign.id)
    else:
        at = url_for("audit.trail", kind="campaign", number=campaign.id)
    yield shown_word("campaign"), campaign.name, at
    if campaign.launched_at:
        at = url_for("delivery.show", campaign_id=campaign.id)
        yield _("进展"), shown_word(f"campaign.{campaign.status}"), at
    yield from _text(campaign.version)


def _campaign(session: Session, kind: str, number: int) -> Campaign | None:
    if kind == "message":
        number = campaign_of(session, number)
    elif kind == "announcement":
        one = session.get(Announcement, number)
        number = one.campaign_id if one else 0
    elif kind != "campaign":
        return None
    return session.get(Campaign, number)


def _text(version: BulletinVersion) -> Iterator[tuple[str, str, str]]:
    """The exact text with its fingerprint."""
    number = version.issue_number or _("第 %(n)s 版", n=version.number)
    at = url_for("bulletins.show", bulletin_id=version.bulletin_id)
    yield shown_word("bulletin"), f"{version.bulletin.title} {number}", at
    if version.content_hash:
        yield _("文字的指纹"), version.content_hash[:16], at


def _deeds(deeds: Iterable[audit.AuditRow], names: Mapping[int, str]) -> Iterator[Line]:
    for deed in deeds:
        yield Line(
            deed.at,
            names.get(deed.user_id or 0, _("系统")),
            deed.role,
            deed=deed.action,
            record=deed.id,
        )


def _contact(one: Contact) -> Line:
    said = f"{shown_word(f'channel_{one.channel}')}{_('：')}{one.campaign}"
    return Line(
        one.at,
        _("系统"),
        words=said,
        badge=one.state.word,
        proof=_numbered("message", one.message_id),
    )


def _tries(session: Session, number: int) -> list[Line]:
    rows = session.scalars(select(VisitTry).where(VisitTry.member_id == number)).all()
    names = accounts.names_of(session, [row.by for row in rows])
    return [
        Line(
            row.at,
            names.get(row.by or 0, _("系统")),
            words=f"{shown_word('visit')}{_('：')}{shown_word(f'outcome.{row.outcome}')}",
            proof=_numbered("visit", row.visit_id) if row.visit_id else None,
        )
        for row in rows
    ]


def _numbered(kind: str, number: int) -> tuple[str, str]:
    name = _("%(kind)s %(n)s 号", kind=shown_word(f"subject.{kind}"), n=number)
    return name, url_for("audit.trail", kind=kind, number=number)


def _events(session: Session, number: int) -> Iterator[Line]:
    for event in history(session, number):
        said = [translated(STEPS[event.step])]
        if event.reason:
            said.append(shown_word(f"reason.{event.reason}"))
        if event.code or event.answer:
            words = " ".join(filter(None, (event.code, event.answer)))
            said.append(_("通道的原话：%(words)s", words=words))
        shown = event.state.word if event.state is not None else ""
        yield Line(event.at, _("系统"), words=_("，").join(said), badge=shown)


def _summary(contacts: list[Contact], visits: int) -> str:
    """How often a person was meant, delivered to and visited."""
    return _(
        "这个人应联系 %(n)s 次，送达 %(told)s 条，走访 %(visits)s 次。",
        n=len({one.campaign_id for one in contacts}),
        told=sum(one.state is MessageState.DELIVERED for one in contacts),
        visits=visits,
    )
