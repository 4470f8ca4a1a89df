"""What each carrier demands of a text, asked before a campaign is submitted.

A carrier that refuses a text refuses it 35,000 times, so each rule is checked once
and says which carrier it comes from. Sources: the vendors' documentation of
signatures and templates, and Twilio's guidelines for China.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from campaigns.bulletins.forbidden import hand_written_suffix, link_in, traditional_in
from campaigns.bulletins.sms_length import Length, bracketed, measure
from campaigns.bulletins.wording import CHINESE, Wording, canonical
from campaigns.errors import CampaignError, Refused, mark
from campaigns.vocabulary import Urgency
from campaigns.words import word

REPLY_R = "拒收请回复R"
"""The one form of words that carriers take as a way to refuse."""

_PLAIN = re.compile(r"[\w（）()]+")
_GAP = re.compile(r"\$\{[^}]*\}")
_LONGEST_VALUE = 35


@dataclass(frozen=True, slots=True)
class CarrierRules:
    """One carrier's rules.

    ``signature`` gives the fewest and the most letters. With ``signs`` the carrier
    puts the signature in front by itself; with ``templates`` it sends only texts whose
    template it has approved. ``calls`` says that it places voice calls, ``digits``
    that a mark of ours comes back from it in digits alone. ``charset`` is what its
    interface can encode. ``refusal`` is the way to refuse at the text's end, by class:
    never typed by hand.
    """

    signature: tuple[int, int] = (2, 12)
    signs: bool = False
    templates: bool = False
    calls: bool = False
    digits: bool = False
    most_letters: int = 500
    most_parts: int = 8
    charset: str = "utf-8"
    links: bool = False
    traditional: bool = False
    refusal: Mapping[Urgency, str] = field(default_factory=dict)


_TWO_WAY = {Urgency.TIP: REPLY_R}
RULES: dict[str, CarrierRules] = {
    "simulator": CarrierRules(calls=True),
    # One-way in China: who cannot answer must not be asked to.
    "twilio": CarrierRules(calls=True),
    # All our texts are filed as notices, and a notice must not have a way to refuse.
    "aliyun": CarrierRules(signs=True, templates=True),
    "mas": CarrierRules(signs=True, refusal=_TWO_WAY),
    "yixintong": CarrierRules(signs=True, digits=True, charset="gbk", refusal=_TWO_WAY),
    # The portal puts on what belongs to the class that is chosen there.
    "portal_file": CarrierRules(signs=True),
}


def rules_of(provider: str) -> CarrierRules:
    """The rules of ``provider``; a carrier nobody described has the usual ones."""
    return RULES.get(provider, CarrierRules())


def as_carried(provider: str, urgency: Urgency, text: str, signature: str) -> str:
    """``text`` as it is handed over: signed unless the carrier does, and ended."""
    rules = rules_of(provider)
    front = "" if rules.signs else bracketed(signature)
    return front + text + rules.refusal.get(urgency, "")


def length(provider: str, urgency: Urgency, text: str, signature: str) -> Length:
    """How long ``text`` arrives, whoever puts the signature in front."""
    return measure(text, signature, rules_of(provider).refusal.get(urgency, ""))


def faults(
    provider: str, urgency: Urgency, text: str, signature: str, *, names: str = ""
) -> Iterator[CampaignError]:
    """Why ``provider`` would not take ``text``, with all variables filled.

    ``names`` holds the letters of every place that may stand in it.
    """
    rules = rules_of(provider)
    carrier = {"carrier": word(f"provider.{provider}")}
    yield from _of_signature(rules, signature, carrier)
    found = length(provider, urgency, text, signature)
    if found.parts > rules.most_parts or found.units > rules.most_letters:
        yield Refused(
            mark(
                "%(carrier)s最多收 %(letters)s 字、%(most)s 条，这篇有 %(parts)s 条。"
            ),
            mark("请删短。"),
            letters=rules.most_letters,
            most=rules.most_parts,
            parts=found.parts,
            **carrier,
        )
    for offence, sentence in (
        (not rules.links and link_in(text), _LINK),
        (not rules.traditional and traditional_in(text), _TRADITIONAL),
        (hand_written_suffix(text), _SUFFIX),
        (_unencodable(text + names, rules.charset), _CHARSET),
    ):
        if offence:
            yield Refused(sentence, mark("请删掉或换掉。"), found=offence, **carrier)


def template_faults(
    provider: str, text: str, values: Mapping[str, str]
) -> Iterator[CampaignError]:
    """Why ``provider`` would not approve ``text`` as a template, or fill it so."""
    if not rules_of(provider).templates:
        return
    names = [canonical(name) for name in _names(text)]
    carrier = {"carrier": word(f"provider.{provider}")}
    for name, times in Counter(names).items():
        shown = CHINESE.get(name, name)
        if times > 1:
            yield Refused(_TWICE, mark("请只用一次。"), name=shown, **carrier)
        if len(values.get(name, "")) > _LONGEST_VALUE:
            yield Refused(
                mark("%(carrier)s的变量最多 35 个字，“%(name)s”更长。"),
                mark("请改短。"),
                name=shown,
                **carrier,
            )
    if re.search(r"\}\s*\$\{", text):
        yield Refused(_ADJACENT, mark("请在中间加字。"), **carrier)
    if names and not _GAP.sub("", text).strip():
        yield Refused(_ONLY_GAPS, mark("请写上固定的话。"), **carrier)


_LINK = mark("%(carrier)s不收链接：“%(found)s”。")
_TRADITIONAL = mark("%(carrier)s不收繁体字：“%(found)s”。")
_SUFFIX = mark("%(carrier)s的退订语由系统按类别加，正文里不能自己写“%(found)s”。")
_CHARSET = mark("%(carrier)s的接口发不出这个字：“%(found)s”。")
_TWICE = mark("%(carrier)s的模板里每个变量只能用一次，“%(name)s”用了多次。")
_ADJACENT = mark("%(carrier)s的模板里两个变量不能挨在一起。")
_ONLY_GAPS = mark("%(carrier)s的模板不能全是变量。")


def _of_signature(
    rules: CarrierRules, signature: str, carrier: Mapping[str, str]
) -> Iterator[CampaignError]:
    least, most = rules.signature
    if not least <= len(signature) <= most or not _PLAIN.fullmatch(signature):
        yield Refused(
            mark("%(carrier)s的签名要 %(least)s 到 %(most)s 个字，不带符号。"),
            mark("请在“开始使用”里改签名。"),
            least=least,
            most=most,
            **carrier,
        )


def _unencodable(text: str, charset: str) -> str:
    try:
        text.encode(charset)
    except UnicodeEncodeError as wrong:
        return text[wrong.start : wrong.end]
    return ""


def _names(text: str) -> list[str]:
    return [
        found.group("braced")
        for found in Wording.pattern.finditer(text)
        if found.group("braced")
    ]
