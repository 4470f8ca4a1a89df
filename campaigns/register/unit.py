"""The county federation that this service works for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotReady, Refused, mark
from campaigns.register.models import Unit

_SIGNATURE = range(2, 13)
_DAY = 1440
LONE_HOURS = range(4, 73)
"""Long enough for somebody to notice, short enough to be used."""


def current_unit(session: Session) -> Unit:
    """The unit. Raises NotReady before the first set-up."""
    unit = session.scalar(select(Unit).order_by(Unit.id).limit(1))
    if unit is None:
        raise NotReady(mark("还没有设置本单位。请先到“开始使用”填写单位和所在县。"))
    return unit


def save_unit(session: Session, **values: object) -> Unit:
    """Make or change the unit.

    ``values`` are columns of ``Unit``. Raises Refused for a signature that carriers
    would not take, or a sending window that ends before it begins.
    """
    unit = session.scalar(select(Unit).order_by(Unit.id).limit(1)) or Unit()
    for name, value in values.items():
        setattr(unit, name, value)
    _check(unit)
    session.add(unit)
    session.flush()
    return unit


def _check(unit: Unit) -> None:
    if len(unit.signature) not in _SIGNATURE or set("【】") & set(unit.signature):
        raise Refused(mark("短信签名要 2 到 12 个字，不带“【】”。请改短一些。"))
    if unit.lone_hold_hours and unit.lone_hold_hours not in LONE_HOURS:
        raise Refused(mark("一人发布前要等 4 到 72 小时。"))
    begin = 0 if unit.window_from is None else unit.window_from
    end = _DAY if unit.window_to is None else unit.window_to
    if not 0 <= begin < end <= _DAY:
        raise Refused(mark("发送时段的开始要早于结束。请重新选择时间。"))
