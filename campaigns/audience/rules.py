"""What a segment asks for: one frozen rule, its JSON, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from campaigns.errors import Refused, mark
from campaigns.vocabulary import ALL_COMPONENTS, Category, Sex
from campaigns.words import word

_OLDEST = 150
_GRADES = range(1, 5)
_SHOWN = 6
_PHRASES = {
    "everyone": ("全县在册人员", "everyone on the register"),
    "multiple": ("（含多重）", " (multiple included)"),
    "grades": ("%s级", "grade %s"),
    "from": ("%s 岁及以上", "aged %s or over"),
    "to": ("%s 岁及以下", "aged %s or under"),
    "between": ("%s 到 %s 岁", "aged %s to %s"),
    "m": ("男性", "men"),
    "f": ("女性", "women"),
    "living_alone": ("独居", "living alone"),
    "not_living_alone": ("不独居", "not living alone"),
    "chronic_illness": ("有慢性病", "with a chronic illness"),
    "not_chronic_illness": ("没有慢性病", "without a chronic illness"),
    "has_phone": ("有手机", "with a phone"),
    "not_has_phone": ("无手机", "without a phone"),
    "more": ("等 %s 处", "and others, %s places in all"),
    "except": ("不包括：%s", "except: %s"),
    "joint": ("、", ", "),
    "clause": ("；", "; "),
}
_NUMERALS = {1: "一", 2: "二", 3: "三", 4: "四"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that all hold; an empty one does not limit.

    ``categories`` are 1 to 7. Whoever has one of 1 to 6 as a component of a multiple
    disability is included unless ``include_multiple`` is off; multiple disabilities
    with unknown components count as having all. ``except_segment`` is a segment's id,
    ``except_rule`` that segment's rule once it is looked up.
    """

    categories: tuple[int, ...] = ()
    grades: tuple[int, ...] = ()
    townships: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    sex: str | None = None
    living_alone: bool | None = None
    chronic_illness: bool | None = None
    has_phone: bool | None = None
    include_multiple: bool = True
    except_segment: int | None = None
    except_rule: Rule | None = None

    def __post_init__(self) -> None:
        if not set(self.categories) <= {*Category} or not set(self.grades) <= {
            *_GRADES
        }:
            raise Refused(mark("类别应是 1 到 7，等级应是 1 到 4。请重新选择。"))
        if self.sex not in {None, *Sex}:
            raise Refused(mark("性别只能选男或女。请重新选择。"))
        youngest = 0 if self.min_age is None else self.min_age
        oldest = _OLDEST if self.max_age is None else self.max_age
        if not 0 <= youngest <= oldest <= _OLDEST:
            raise Refused(
                mark("年龄要在 0 到 %(oldest)s 之间，前小后大。请改正。"),
                oldest=_OLDEST,
            )

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rule:
        """Read what ``to_json`` made. Raises Refused for a field we do not know."""
        unknown = set(stored) - {field.name for field in fields(cls)}
        if unknown:
            raise Refused(
                mark("人群规则里有不认识的条件：%(names)s。请重新保存这个人群。"),
                names="、".join(sorted(unknown)),
            )
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        nested = values.get("except_rule")
        if nested is not None:
            values["except_rule"] = cls.from_json(nested)
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """What differs from the empty rule, fit for a JSON column."""
        empty = asdict(Rule())
        plain = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != empty[name]
        }
        if self.except_rule is not None:
            plain["except_rule"] = self.except_rule.to_json()
        return plain

    @property
    def components(self) -> int:
        """Bit mask of the components asked for."""
        return sum(Category(number).bit for number in set(self.categories))

    def within(self, categories: int) -> Rule:
        """The same rule for an association that may ask for ``categories`` only."""
        if not categories or categories == ALL_COMPONENTS:
            return self
        own = {c for c in range(1, 7) if Category(c).bit & categories}
        asked = set(self.categories) & own or own
        return replace(self, categories=tuple(sorted(asked)))


def in_words(rule: Rule, names: Mapping[str, str], language: str = "zh") -> str:
    """The rule as one sentence without its full stop.

    ``names`` are place names by code; ``language`` is ``zh`` or ``en``.
    """
    english = int(language == "en")
    say = {key: both[english] for key, both in _PHRASES.items()}
    clauses = [
        *_who(rule, say, language),
        *_where(rule, names, say),
        *_age(rule, say),
        *_marks(rule, say),
    ]
    if not clauses:
        clauses = [say["everyone"]]
    if rule.except_rule is not None:
        clauses.append(say["except"] % in_words(rule.except_rule, names, language))
    return say["clause"].join(clauses)


def _who(rule: Rule, say: dict[str, str], language: str) -> list[str]:
    clauses = []
    if rule.categories:
        chosen = [word(f"category_{n}", language) for n in sorted(set(rule.categories))]
        multiple = rule.include_multiple and rule.components
        more = say["multiple"] if multiple else ""
        clauses.append(say["joint"].join(chosen) + more)
    if rule.grades:
        chinese = language == "zh"
        grades = [_NUMERALS[g] if chinese else str(g) for g in sorted(rule.grades)]
        clauses.append(say["grades"] % say["joint"].join(grades))
    return clauses


def _where(rule: Rule, names: Mapping[str, str], say: dict[str, str]) -> list[str]:
    codes = [*rule.townships, *rule.villages]
    if not codes:
        return []
    shown = say["joint"].join(names.get(code, code) for code in codes[:_SHOWN])
    more = say["more"] % len(codes) if len(codes) > _SHOWN else ""
    return [f"{shown}{more}"]


def _age(rule: Rule, say: dict[str, str]) -> list[str]:
    if rule.min_age is not None and rule.max_age is not None:
        return [say["between"] % (rule.min_age, rule.max_age)]
    if rule.min_age is not None:
        return [say["from"] % rule.min_age]
    return [] if rule.max_age is None else [say["to"] % rule.max_age]


def _marks(rule: Rule, say: dict[str, str]) -> list[str]:
    said = [say[rule.sex]] if rule.sex else []
    for flag in ("living_alone", "chronic_illness", "has_phone"):
        wanted = getattr(rule, flag)
        if wanted is not None:
            said.append(say[flag if wanted else f"not_{flag}"])
    return said
