"""Places read how to meet a person; nothing else on a page tells categories apart."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

import factories
import stages
from sqlalchemy import select

from campaigns.audience.explaining import SENTENCES
from campaigns.fieldwork import visits
from campaigns.fieldwork.visit_models import Visit
from campaigns.register.approach import HOW
from campaigns.vocabulary import ALL_COMPONENTS, Category, Reason, Urgency
from campaigns.words import word
from outreach.catalogs import translations

HINTS = re.compile(
    "残疾|聋|盲|哑|瘫|智力|精神|自闭|看字|听看|看不|听不|听比看|走不|说不|帮着看|大喇叭也|多重"
    r"|disab|deaf|blind|sight|see|hears|\bread|speech|mental|illness|wheel|multiple",
    re.IGNORECASE,
)
TONGUES = ("zh", "en")
KINDS = [it for it in range(ALL_COMPONENTS + 1) if it.bit_count() <= 2]
"""No, one or two components; 0 stands for several that nobody knows."""
PHONES = [
    {},
    {"guardian_phone": "+8614100000991"},
    {"phone": None},
    {"phone": None, "guardian_phone": "+8614100000991"},
    {"grade": 1},
]


def person(session, components: int, **given):
    single = [int(it) for it in Category if it.bit == components and it.bit]
    return factories.member(
        session,
        name="张三丰",
        categories=components,
        certificate_category=single[0] if single else int(Category.MULTIPLE),
        **{"grade": 3, **given},
    )


def told_apart(pages: dict[int, tuple[str, str]]) -> list[set[int]]:
    """Sets of components that read the same approach and yet different pages."""
    alike: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for components, (how, page) in pages.items():
        alike[how][page].add(components)
    return [it for each in alike.values() if len(each) > 1 for it in each.values()]


def read(who, address: str, how: str) -> tuple[str, str]:
    """The approach on the page, and the whole page without numbers."""
    main = who.read(address).split("<main")[1].split("</main>")[0]
    return re.findall(how, main, re.DOTALL)[0], re.sub(r"value=\S+|\d+", "", main)


def test_a_township_tells_no_categories_apart_on_a_persons_page(visit, writing):
    with writing() as session:
        ids = [
            {it: person(session, it, **given).id for it in KINDS} for given in PHONES
        ]
    who = visit("fubao")
    for each in ids:
        pages = {
            it: read(who, f"/register/{key}", "沟通方式：(.*?)</p>")
            for it, key in each.items()
        }
        assert told_apart(pages) == []
    assert len({how for how, _ in pages.values()}) > len(Category)


def test_nor_does_a_township_or_a_village_on_a_visits_page(visit, writing):
    with writing() as session:
        for it in KINDS:
            person(session, it, phone=None)
        stages.launched(session, urgency=Urgency.MUST_REACH)
        visits.open_visits(session, datetime.now(UTC))
        found = session.scalars(select(Visit.id).order_by(Visit.member_id)).all()
    for who in (visit("fubao"), visit("cun")):
        pages = {
            it: read(who, f"/fieldwork/visits/{key}", "</h2>\n  <ul>(.*?)</ul>")
            for it, key in zip(KINDS, found, strict=True)
        }
        assert told_apart(pages) == []


def test_no_sentence_names_what_a_person_cannot_do():
    english = translations("en").ugettext
    said = [
        *(text for it in SENTENCES.values() for text in (it, english(it))),
        *(word(f"reason.{it}", tongue) for it in Reason if it for tongue in TONGUES),
        *(word(code, tongue) for code in HOW for tongue in TONGUES),
    ]
    assert [it for it in said if HINTS.search(it)] == []
