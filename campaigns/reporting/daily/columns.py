"""The columns of the daily report, in the order of the sheet that officials file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.errors import mark


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the sheet.

    ``block`` is the word of the group that it is read with. ``stock`` stands at the
    cut-off and is not added up over days; ``typed`` is told by people, the others are
    computed. ``texts`` columns exist from townships up: a village has no texts of its
    own. ``code`` is its word.
    """

    key: str
    code: str
    block: str
    stock: bool = False
    typed: bool = False
    texts: bool = False


PEOPLE, TEXTS = "block.people", "channel_sms"
LOUDSPEAKER, DOORS = "channel_loudspeaker", "block.doors"
BLOCKS = (PEOPLE, TEXTS, LOUDSPEAKER, DOORS)
"""Groups of figures, in the order of the sheet; each is a table on page and paper."""

COLUMNS: tuple[Column, ...] = (
    Column("holders", "figure.holders", PEOPLE, stock=True, texts=True),
    Column("to_contact", "figure.to_contact", PEOPLE, stock=True, texts=True),
    Column("no_contact", "figure.no_contact", PEOPLE, stock=True, texts=True),
    Column("today", "figure.today", PEOPLE, stock=True, texts=True),
    Column("contacted", "figure.cumulative", PEOPLE, stock=True, texts=True),
    Column("recipients", "figure.recipients", TEXTS, stock=True, texts=True),
    Column("messages", "figure.messages", TEXTS, texts=True),
    Column("parts", "parts", TEXTS, texts=True),
    Column("delivered", "message.delivered", TEXTS, texts=True),
    Column("absent", "receipt.absent", TEXTS, texts=True),
    Column("permanent", "receipt.permanent", TEXTS, texts=True),
    Column("blocked", "receipt.blocked", TEXTS, texts=True),
    Column("temporary", "receipt.temporary", TEXTS, texts=True),
    Column("unknown", "receipt.unknown", TEXTS, texts=True),
    Column("villages_due", "figure.villages_due", LOUDSPEAKER, stock=True),
    Column("villages_played", "figure.villages_played", LOUDSPEAKER, stock=True),
    Column("villages_missed", "figure.villages_missed", LOUDSPEAKER, stock=True),
    Column("plays", "figure.plays", LOUDSPEAKER),
    Column("readings", "repeats", LOUDSPEAKER),
    Column("seconds", "figure.seconds", LOUDSPEAKER),
    Column("visits", "figure.visits", DOORS, typed=True),
    Column("found", "figure.problems", DOORS, typed=True),
    Column("solved", "figure.problems_solved", DOORS, typed=True),
    Column("passed", "figure.problems_passed", DOORS, typed=True),
    Column("need_doctor", "daily.need_doctor", DOORS, typed=True),
    Column("need_medicine", "daily.need_medicine", DOORS, typed=True),
    Column("need_goods", "daily.need_goods", DOORS, typed=True),
    Column("need_devices", "daily.need_devices", DOORS, typed=True),
    Column("need_mind", "daily.need_mind", DOORS, typed=True),
    Column("need_other", "daily.need_other", DOORS, typed=True),
    Column("incidents", "report.incidents", DOORS),
)
BY_KEY = {column.key: column for column in COLUMNS}
TYPED = tuple(column.key for column in COLUMNS if column.typed)
COMPUTED = tuple(column.key for column in COLUMNS if not column.typed)
FLOWS = tuple(column.key for column in COLUMNS if not column.stock)
RESULTS = ("delivered", "absent", "permanent", "blocked", "temporary", "unknown")
"""What became of the texts that were handed over: together they are ``messages``."""


def counted_keys(*, texts: bool) -> tuple[str, ...]:
    """The computed columns of a unit; a village has none of ``texts``."""
    return tuple(c.key for c in COLUMNS if not c.typed and (texts or not c.texts))


Figures = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Closing:
    """A rule that figures of one row must obey: ``parts`` add up to ``whole``.

    With ``at_most`` they may be fewer.
    """

    whole: str
    parts: tuple[str, ...]
    sentence: str
    at_most: bool = False

    def holds(self, figures: Figures) -> bool:
        """Whether ``figures`` close; a row without the columns is not judged."""
        if self.whole not in figures or any(p not in figures for p in self.parts):
            return True
        sum_ = sum(figures[part] for part in self.parts)
        whole = figures[self.whole]
        return sum_ <= whole if self.at_most else sum_ == whole


CLOSINGS: tuple[Closing, ...] = (
    Closing(
        "messages",
        RESULTS,
        mark("短信各种结果加起来是 %(sum)s，提交条数是 %(whole)s，应当相等。"),
    ),
    Closing(
        "holders",
        ("to_contact", "no_contact"),
        mark("应联系数加无联系方式数是 %(sum)s，持证残疾人数是 %(whole)s，应当相等。"),
    ),
    Closing(
        "villages_due",
        ("villages_played", "villages_missed"),
        mark("实播村加没播村是 %(sum)s，多过应播村 %(whole)s。"),
        at_most=True,
    ),
    Closing(
        "holders",
        ("contacted",),
        mark("累计联系数 %(sum)s 多过持证残疾人数 %(whole)s。"),
        at_most=True,
    ),
    Closing(
        "found",
        ("solved", "passed"),
        mark("已解决加上报是 %(sum)s，多过发现问题 %(whole)s。"),
        at_most=True,
    ),
)


RATES = {PEOPLE: "figure.contact_rate", TEXTS: "figure.delivery_rate"}
"""The word of the rate that ends a block."""

_PARTS = {PEOPLE: ("contacted", "holders"), TEXTS: ("delivered", "messages")}
"""联系上 ÷ 持证残疾人数, so that deleting numbers cannot raise it; 送达 ÷ 提交."""


def rate_of(block: str, figures: Figures) -> float | None:
    """The block's rate; None where there is nobody. KeyError where it has none."""
    part, whole = _PARTS[block]
    return figures.get(part, 0) / figures[whole] if figures.get(whole) else None
