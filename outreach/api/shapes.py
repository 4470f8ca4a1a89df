"""What the API takes and gives, as pydantic models that also write its document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

T = TypeVar("T")
Number = Annotated[int, Field(ge=1, le=2**53 - 1)]
Cursor = Annotated[int, Field(ge=0, le=2**53 - 1)]
Category = Annotated[int, Field(ge=1, le=7)]
Grade = Annotated[int, Field(ge=1, le=4)]
Age = Annotated[int, Field(ge=0, le=150)]
Township = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
Village = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
_PRINTED = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
_FROM, _TO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=_FROM, le=_TO)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=_PRINTED)]
State = Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]


class Shape(BaseModel):
    """Nothing that is not asked for is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shape):
    """What went wrong, as RFC 9457 writes it; ``errors`` names each place."""

    model_config = ConfigDict(extra="allow", frozen=True)
    status: int
    title: str
    detail: str


class Page(Shape):
    """Which part of a list: what comes after an id, and how much of it."""

    after: Cursor = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MembersAsked(Page):
    """Which people."""

    township: Township | None = None
    category: Category | None = None


class Member(Shape):
    """A person, masked; category and grade only for who may see them."""

    id: int
    name: str
    phone: str | None
    guardian_phone: str | None
    township: str | None
    village: str | None
    status: str
    number_status: str
    category: int | None
    grade: int | None


class Rule(Shape):
    """Conditions that all hold; what is left out does not limit."""

    categories: list[Category] = []
    grades: list[Grade] = []
    townships: list[Township] = []
    villages: list[Village] = []
    min_age: Age | None = None
    max_age: Age | None = None
    sex: Literal["m", "f"] | None = None
    living_alone: bool | None = None
    chronic_illness: bool | None = None
    has_phone: bool | None = None
    include_multiple: bool = True
    except_segment: Number | None = None


class RuleAsked(Shape):
    """A rule to be counted."""

    rule: Rule


class NewSegment(Shape):
    """A segment to be saved."""

    name: Name
    rule: Rule


class Segment(Shape):
    """A saved rule."""

    id: int
    name: str
    standard: bool
    rule: dict[str, object]


class SegmentCount(Shape):
    """How many people, and how many of them a text can reach."""

    total: int
    reachable: int
    by_township: dict[str, int]
    by_category: dict[str, int]
    reasons: dict[str, int]


class Bulletin(Shape):
    """The last version of a text; ``parts`` is null while a variable is empty."""

    id: int
    version_id: int
    number: int
    title: str
    urgency: str
    state: str
    sms_text: str
    spoken_text: str
    easy_read: list[str]
    valid_until: str | None


class NewCampaign(Shape):
    """A draft: one issued text for one segment."""

    name: Name
    version_id: Number
    segment_id: Number
    channels: Annotated[
        list[Literal["sms", "voice", "loudspeaker"]], Field(min_length=1, max_length=3)
    ]
    starts_at: Moment | None = None
    send_before: Moment | None = None


class Campaign(Shape):
    """One decision to tell one audience one text."""

    id: int
    name: str
    version_id: int
    segment_id: int
    channels: list[str]
    provider: str
    urgency: str
    status: str
    starts_at: datetime | None
    send_before: datetime
    launched_at: datetime | None
    finished_at: datetime | None


class MessagesAsked(Page):
    """Which of a campaign's messages."""

    township: Township | None = None
    state: State | None = None


class Message(Shape):
    """One text to one phone, its person masked."""

    id: int
    name: str
    phone: str
    addressee: str
    township: str
    village: str | None
    state: str
    reason: str
    at: datetime | None


class Receipt(Shape):
    """What a provider reported; its own words stay where they are."""

    id: int
    provider: str
    part: int
    state: str
    reason: str
    code: str | None
    received_at: datetime


class Announcement(Shape):
    """A text on one village's loudspeaker."""

    id: int
    campaign_id: int
    village: str
    village_name: str
    township: str
    state: str
    downloaded_at: datetime | None
    played_at: datetime | None
    plays: int
    missed_reason: str | None


class Statistics(Shape):
    """A campaign's figures; persons in ``people``, messages in ``messages``.

    Null are figures of few people, for whoever may not open these.
    """

    campaign_id: int
    status: str
    audience: int
    reached: int
    people: dict[str, int]
    messages: dict[str, int]
    skipped: dict[str, int]
    by_township: dict[str, dict[str, int | None]]
    villages_due: int
    villages_played: int
    parts: int
    cost: str


class Listed(Shape, Generic[T]):
    """One page in the order of ids; ``next`` is the ``after`` of the following one."""

    items: list[T]
    next: int | None = None


Members = Listed[Member]
Segments = Listed[Segment]
Bulletins = Listed[Bulletin]
Campaigns = Listed[Campaign]
Messages = Listed[Message]
Receipts = Listed[Receipt]
Announcements = Listed[Announcement]
