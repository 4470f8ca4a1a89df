"""Filing, correcting, sending back: each makes or ends a frozen version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.errors import NotReady, Refused, mark
from campaigns.register.models import Place
from campaigns.reporting.daily import lookup
from campaigns.reporting.daily.clock import MENDED_WITHIN, minutes_late
from campaigns.reporting.daily.columns import COMPUTED, TYPED, counted_keys
from campaigns.reporting.daily.contradicting import open_items
from campaigns.reporting.daily.drafting import Draft, draft
from campaigns.reporting.daily.models import DailyReport, ResponsePeriod
from campaigns.reporting.daily.periods import check_day, needed_period
from campaigns.vocabulary import Level

_MOST = 1_000_000
WORDS = ("incidents", "examples", "remarks", "duty", "signed_by", "filled_by", "phone")
_ZERO = "零"
_COUNTED_PARTS = ("grades", "villages", "village_names")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person fills in.

    ``typed`` are figures by column; a key that is absent stays 未填. ``words`` are
    texts by ``WORDS``. ``zero`` says: nothing to report, every figure attested.
    """

    typed: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    zero: bool = False

    @property
    def attested(self) -> dict[str, int]:
        """The typed figures; a zero report says nought for each that is absent."""
        given = {key: self.typed[key] for key in TYPED if key in self.typed}
        return {**dict.fromkeys(TYPED, 0), **given} if self.zero else given


def file_report(  # noqa: PLR0913 - whose, of when, what, by whom
    session: Session,
    unit_code: str,
    day: date,
    entry: Entry,
    *,
    by: int | None,
    now: datetime,
    excuse: str = "",
    way: str = "account",
    called_by: str = "",
) -> DailyReport:
    """Freeze and hand in a unit's report of ``day``.

    ``way`` is account or behalf (代报): then ``called_by`` says who rang and when.
    Raises Refused for impossible figures or a zero report with figures, NotReady when
    there is a valid version already: that one is corrected.
    """
    period, unit = needed_period(session), lookup.get_unit(session, unit_code)
    check_day(period, day, now)
    former = lookup.versions(session, unit_code, day)
    if lookup.valid(former) is not None:
        raise NotReady(mark("这一天已经报过了。要改请用“更正”，并写明原因。"))
    if way == "behalf" and not called_by.strip():
        raise Refused(mark("代报要写明谁来的电话、几点、谁接的。"))
    made = _make(session, period, unit, day, entry, former, now)
    made.received_at = _received(former, now)
    made.minutes_late = minutes_late(unit.level, day, made.received_at)
    made.excuse = excuse.strip() if made.minutes_late else ""
    made.way, made.called_by, made.filed_by = way, called_by.strip(), by
    session.add(made)
    session.flush()
    return made


def correct(  # noqa: PLR0913 - whose, of when, what, why, by whom
    session: Session,
    unit_code: str,
    day: date,
    entry: Entry,
    *,
    reason: str,
    by: int | None,
    now: datetime,
) -> DailyReport:
    """Hand in another version; what the service counted stays as it was frozen.

    Raises Refused without a reason, NotReady when nothing was filed, or when a later
    day's report stands on this one: then the difference goes into today's.
    """
    period, unit = needed_period(session), lookup.get_unit(session, unit_code)
    former = lookup.versions(session, unit_code, day)
    held = lookup.valid(former)
    if held is None:
        raise NotReady(mark("这一天还没有报，不用更正，直接上报。"))
    if not reason.strip():
        raise Refused(mark("写一句更正的原因，上级才知道改了什么。"))
    if lookup.later(session, period, unit_code, day) is not None:
        raise NotReady(mark("后一天的日报已经报了，差的数请写进今天的日报。"))
    made = _make(session, period, unit, day, entry, former, now, held.until)
    _keep_frozen(made, held)
    made.received_at, made.minutes_late = held.received_at, held.minutes_late
    made.excuse, made.reason, made.filed_by = held.excuse, reason.strip(), by
    session.add(made)
    session.flush()
    return made


def send_back(  # noqa: PLR0913 - whose, of when, why, by whom
    session: Session, unit_code: str, day: date, *, reason: str, by: int, now: datetime
) -> DailyReport:
    """Return a unit's report to it; mended within half an hour it keeps its time."""
    held = lookup.valid_report(session, unit_code, day)
    if held is None:
        raise NotReady(mark("这个单位这一天没有可以退回的日报。"))
    if not reason.strip():
        raise Refused(mark("退回要写原因，下面才知道怎么改。"))
    held.returned_at, held.returned_by = now, by
    held.return_reason = reason.strip()
    session.flush()
    return held


def preview(session: Session, unit_code: str, day: date, entry: Entry) -> Draft:
    """What would be filed now. Raises NotReady outside a period."""
    period, unit = needed_period(session), lookup.get_unit(session, unit_code)
    return draft(session, period, unit, day, entry.attested)


def zeros_explicit(report: DailyReport) -> bool:
    """Whether every figure of the sheet was said: no cell is 未填."""
    has_texts = report.level is not Level.VILLAGE
    asked = (*TYPED, *counted_keys(texts=has_texts))
    return all(key in report.figures for key in asked)


def _make(  # noqa: PLR0913, PLR0917 - whose, of when, what, and what there is
    session: Session,
    period: ResponsePeriod,
    unit: Place,
    day: date,
    entry: Entry,
    former: list[DailyReport],
    now: datetime,
    until: datetime | None = None,
) -> DailyReport:
    own = entry.attested
    _check(own, entry)
    found = draft(session, period, unit, day, own, until)
    words = {key: entry.words.get(key, "").strip() for key in WORDS}
    parts = dict(found.parts)
    if entry.zero:
        words["incidents"] = words["incidents"] or _ZERO
        told = found.figures.get("incidents", 0)
        parts["open"] = open_items(session, unit.code, told)
    return DailyReport(
        period_id=period.id,
        unit=unit.code,
        level=unit.level,
        day=day,
        version=len(former) + 1,
        zero=entry.zero,
        figures=found.figures,
        late=found.late,
        total=found.total,
        own=own,
        words=words,
        lower=found.lower.as_json(),
        parts=parts,
        until=now,
        submitted_at=now,
        received_at=now,
    )


def _check(own: Mapping[str, int], entry: Entry) -> None:
    if unknown := set(entry.typed) - set(TYPED):
        raise Refused(mark("没有“%(key)s”这一栏。"), key=min(unknown))
    if any(not 0 <= n <= _MOST for n in own.values()):
        raise Refused(mark("数字写 0 到 %(most)s 的整数。"), most=_MOST)
    if entry.zero and any(own.values()):
        raise Refused(mark("填了数字就不是零报告。请改用“上报”。"))
    if own.get("solved", 0) + own.get("passed", 0) > own.get("found", 0):
        raise Refused(mark("已解决加上报不能多过发现问题。"))


def _keep_frozen(made: DailyReport, held: DailyReport) -> None:
    """A correction changes what people told, never what was counted and frozen."""
    for name in ("figures", "late", "total"):
        now, then = dict(getattr(made, name)), getattr(held, name)
        counted = {key: then[key] for key in COMPUTED if key in then}
        told = {key: n for key, n in now.items() if key not in COMPUTED}
        setattr(made, name, {**counted, **told})
    frozen = {key: held.parts[key] for key in _COUNTED_PARTS if key in held.parts}
    made.parts = {**made.parts, **frozen, "units": _units(made, held)}
    made.until = held.until


def _units(made: DailyReport, held: DailyReport) -> dict[str, dict[str, int]]:
    old, new = held.parts.get("units", {}), made.parts.get("units", {})
    return {
        code: {
            **{k: n for k, n in old.get(code, {}).items() if k in COMPUTED},
            **{k: n for k, n in new.get(code, {}).items() if k not in COMPUTED},
        }
        for code in {**old, **new}
    }


def _received(former: list[DailyReport], now: datetime) -> datetime:
    last = former[-1] if former else None
    if last is None or last.returned_at is None:
        return now
    mended = now - last.returned_at <= MENDED_WITHIN
    return last.received_at if mended else now
