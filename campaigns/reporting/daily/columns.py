"""The columns of the daily report, in the order of the sheet that officials file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.errors import mark


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of the sheet.

    ``stock`` stands at the cut-off and is not added up over days; ``typed`` is told
    by people, the others are computed. ``texts`` columns exist from townships up: a
    village has no texts of its own. ``code`` is its word.
    """

    key: str
    code: str
    stock: bool = False
    typed: bool = False
    texts: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("holders", "figure.holders", stock=True, texts=True),
    Column("to_contact", "figure.to_contact", stock=True, texts=True),
    Column("no_contact", "figure.no_contact", stock=True, texts=True),
    Column("today", "figure.today", stock=True, texts=True),
    Column("contacted", "figure.cumulative", stock=True, texts=True),
    Column("recipients", "figure.recipients", stock=True, texts=True),
    Column("messages", "figure.messages", texts=True),
    Column("parts", "parts", texts=True),
    Column("delivered", "message.delivered", texts=True),
    Column("absent", "receipt.absent", texts=True),
    Column("permanent", "receipt.permanent", texts=True),
    Column("blocked", "receipt.blocked", texts=True),
    Column("temporary", "receipt.temporary", texts=True),
    Column("unknown", "receipt.unknown", texts=True),
    Column("villages_due", "figure.villages_due", stock=True),
    Column("villages_played", "figure.villages_played", stock=True),
    Column("villages_missed", "figure.villages_missed", stock=True),
    Column("plays", "figure.plays"),
    Column("readings", "repeats"),
    Column("seconds", "figure.seconds"),
    Column("visits", "figure.visits", typed=True),
    Column("found", "figure.problems", typed=True),
    Column("solved", "figure.problems_solved", typed=True),
    Column("passed", "figure.problems_passed", typed=True),
    Column("need_doctor", "daily.need_doctor", typed=True),
    Column("need_medicine", "daily.need_medicine", typed=True),
    Column("need_goods", "daily.need_goods", typed=True),
    Column("need_devices", "daily.need_devices", typed=True),
    Column("need_mind", "daily.need_mind", typed=True),
    Column("need_other", "daily.need_other", typed=True),
    Column("incidents", "report.incidents"),
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


def contact_rate(figures: Figures) -> float | None:
    """联系上 ÷ 持证残疾人数, so that deleting numbers cannot raise it."""
    return _share(figures, "contacted", "holders")


def delivery_rate(figures: Figures) -> float | None:
    """Delivered ÷ submitted messages, as a campaign's report has it."""
    return _share(figures, "delivered", "messages")


def _share(figures: Figures, part: str, whole: str) -> float | None:
    return figures.get(part, 0) / figures[whole] if figures.get(whole) else None
