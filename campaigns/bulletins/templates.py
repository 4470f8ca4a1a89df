"""Templates: which text a carrier has approved, and under which code it goes out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.bulletins.carrier_rules import RULES, rules_of
from campaigns.bulletins.models import CarrierTemplate
from campaigns.bulletins.wording import Wording, canonical, names_in
from campaigns.errors import CampaignError, NotReady, Refused, mark
from campaigns.words import word

STATES = ("filed", "approved", "refused")
_CODE_AT_MOST, _REASON_AT_MOST = 40, 200


def carriers() -> list[str]:
    """The providers that send only what they approved."""
    return [name for name, rules in RULES.items() if rules.templates]


def as_filed(text: str) -> str:
    """``text`` as it is pasted into the carrier's form: Latin names of variables."""
    return Wording(text).substitute(
        {name: f"${{{canonical(name)}}}" for name in _written(text)}
    )


def template_of(session: Session, provider: str, text: str) -> CarrierTemplate | None:
    """What is known of ``text`` at ``provider``."""
    return session.get(CarrierTemplate, (provider, _hash(text)))


def note_template(  # noqa: PLR0913 - one keyword a field of the form
    session: Session,
    provider: str,
    text: str,
    *,
    code: str,
    state: str,
    reason: str = "",
    by: int | None,
    now: datetime,
) -> CarrierTemplate:
    """Note what the carrier said of ``text``. Raises Refused without its code."""
    code, reason = code.strip(), " ".join(reason.split())
    if not 0 < len(code) <= _CODE_AT_MOST or not code.isascii():
        raise Refused(mark("模板编号照运营商网页上的抄，例如 SMS_123456789。"))
    if state not in STATES or provider not in carriers():
        raise Refused(mark("请选一个状态：已报备、已通过或被退回。"))
    kept = template_of(session, provider, text) or CarrierTemplate(
        provider=provider, text_hash=_hash(text)
    )
    kept.code, kept.state, kept.reason = code, state, reason[:_REASON_AT_MOST]
    kept.noted_by, kept.noted_at = by, now
    session.add(kept)
    session.flush()
    return kept


def lacking(session: Session, provider: str, text: str) -> Iterator[CampaignError]:
    """Why ``text`` cannot go out under a template; nothing where none is needed."""
    if not rules_of(provider).templates:
        return
    found = template_of(session, provider, text)
    carrier = word(f"provider.{provider}")
    if found is None or found.state == "filed":
        yield NotReady(
            mark("%(carrier)s还没有通过这篇的模板，不能发。"),
            mark("请在文稿的“模板”页按样子报备，通过以后登记编号。"),
            carrier=carrier,
        )
    elif found.state == "refused":
        yield Refused(
            mark("%(carrier)s退回了这篇的模板：%(reason)s。"),
            mark("请改好再报备。"),
            carrier=carrier,
            reason=found.reason or "–",
        )


def _hash(text: str) -> str:
    return hashlib.sha256(as_filed(text).encode()).hexdigest()


def _written(text: str) -> list[str]:
    names_in(text)
    return list(Wording(text).get_identifiers())
