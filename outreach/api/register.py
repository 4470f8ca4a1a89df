"""People on the register, masked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.errors import mark
from campaigns.privacy import mask_name, mask_phone
from campaigns.register import members as register
from campaigns.register.members import Filters
from campaigns.register.models import Member
from outreach.access import Action, may, scope
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.web.gate import acting


@operation(
    "get",
    "/members",
    Action.LIST_MEMBERS,
    mark("看名册（姓名、号码遮盖）"),
    query=shapes.MembersAsked,
    answers=shapes.Members,
)
def list_members(session: Session, asked: shapes.MembersAsked) -> shapes.Members:
    """People within one's scope; a category narrows only for who may see it."""
    sees = may(acting(), Action.SEE_CATEGORY)
    filters = Filters(
        place=asked.township or "",
        categories=(asked.category,) if asked.category and sees else (),
    )
    page = register.find_members(
        session,
        scope=scope(acting()),
        filters=filters,
        after=asked.after,
        limit=asked.limit,
    )
    items = [shown(member, whole=sees) for member in page.members]
    return shapes.Members(items=items, next=page.next_after)


@operation(
    "get",
    "/members/{member_id}",
    Action.OPEN_MEMBER,
    mark("看一个人（遮盖）"),
    answers=shapes.Member,
)
def read_member(session: Session, member_id: int) -> shapes.Member:
    """One person."""
    found = register.get_member(session, scope(acting()), member_id)
    return shown(found, whole=may(acting(), Action.SEE_CATEGORY))


def shown(member: Member, *, whole: bool) -> shapes.Member:
    """The person masked; ``whole`` with category and grade."""
    guardian = member.guardian_phone
    return shapes.Member(
        id=member.id,
        name=mask_name(member.name),
        phone=mask_phone(member.phone) if member.phone else None,
        guardian_phone=mask_phone(guardian) if guardian else None,
        township=member.township,
        village=member.village,
        status=member.status,
        number_status=member.number_status,
        category=member.certificate_category if whole else None,
        grade=member.grade if whole else None,
    )
