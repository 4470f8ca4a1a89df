"""A segment's rule as it comes out of the form's fields."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from campaigns.audience.rules import Rule
from campaigns.errors import Refused, mark

_FLAGS = {"1": True, "0": False}
_CODE = 20
_DIGITS = 9


def read_rule(form: MultiDict[str, str]) -> Rule:
    """The rule that ``form`` asks for. Raises Refused for what no rule can be."""
    return Rule(
        categories=_numbers(form, "categories"),
        grades=_numbers(form, "grades"),
        townships=_codes(form, "townships"),
        villages=_codes(form, "villages"),
        min_age=_number(form.get("min_age", "")),
        max_age=_number(form.get("max_age", "")),
        sex=form.get("sex") or None,
        living_alone=_FLAGS.get(form.get("living_alone", "")),
        chronic_illness=_FLAGS.get(form.get("chronic_illness", "")),
        has_phone=_FLAGS.get(form.get("has_phone", "")),
        include_multiple=form.get("include_multiple") == "1",
        except_segment=_number(form.get("except_segment", "")),
    )


def flag(value: bool | None) -> str:  # noqa: FBT001 - a template's one value
    """The radio button that stands for a condition: 1, 0, or empty for either."""
    return "" if value is None else str(int(value))


def _numbers(form: MultiDict[str, str], name: str) -> tuple[int, ...]:
    found = (_number(text) for text in form.getlist(name))
    return tuple(sorted({number for number in found if number is not None}))


def _number(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > _DIGITS:
        raise Refused(mark("“%(text)s”不是数字。请改成整数。"), text=plain[:_CODE])
    return int(plain)


def _codes(form: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(sorted({text for text in form.getlist(name) if text.isalnum()}))
