"""The record of deeds as a file that proves itself far from this service.

JSON lines. The first says what was asked for and holds a public key; then one deed a
line, from the first to the last that was asked for, in order. A deed between them that
was not asked for is there as its two hashes alone, so that nothing can be left out
unseen. The last line counts, and signs (Ed25519) the SHA-256 of all lines before it.
``hash`` of a deed is SHA-256 over the JSON list of its other fields but the id, in the
order in which they stand, with the keys of ``details`` sorted and nothing but ASCII.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from campaigns.errors import Unreadable, mark
from campaigns.shanghai import midnight
from outreach.audit import FACTS, AuditRow, facts_of, hash_of

_FORM = 1
_PURPOSE = b"outreach record of deeds"
_NO_FILE = mark("这不是操作记录的导出文件，或它不完整。请重新导出。")
_TOUCHED = mark("第 %(n)s 条被改动，或它前面少了一条。请马上报告。")
_UNSIGNED = mark("文件的签名不对：导出以后有人改过。请马上报告。")
_STRANGER = mark("文件是用另一把密钥签的，不是这个单位导出的。请马上报告。")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deeds: days in Shanghai, both included; empty means all."""

    since: date | None = None
    until: date | None = None
    action: str = ""
    subject: str = ""

    def where(self) -> ColumnElement[bool]:
        """The condition on a deed."""
        found: list[ColumnElement[bool]] = [true()]
        if self.since:
            start = midnight(self.since)
            found.append(AuditRow.at >= start)
        if self.until:
            end = midnight(self.until + timedelta(days=1))
            found.append(AuditRow.at < end)
        if self.action:
            found.append(AuditRow.action == self.action)
        if self.subject:
            found.append(AuditRow.subject == self.subject)
        return and_(*found)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a file proves: deeds in full, deeds withheld, the last hash, who signed."""

    unit: str
    taken_at: str
    rows: int
    withheld: int
    last: str
    key: str


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The unit's key for exports, made from the key that signs its links."""
    return Ed25519PrivateKey.from_private_bytes(
        hmac.digest(secret, _PURPOSE, hashlib.sha256)
    )


def public(key: Ed25519PrivateKey) -> str:
    """What others compare, as 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def lines(
    session: Session, wanted: Wanted, unit: str, key: Ed25519PrivateKey, now: datetime
) -> Iterator[bytes]:
    """The file's lines; memory does not grow with their number."""
    seal, count, last = hashlib.sha256(), {"rows": 0, "withheld": 0}, ""
    head = {
        "outreach_audit": _FORM,
        "unit": unit,
        "taken_at": now.isoformat(),
        "wanted": {name: str(value or "") for name, value in asdict(wanted).items()},
        "key": public(key),
    }
    for facts in (head, *_between(session, wanted)):
        count["rows"] += "action" in facts
        count["withheld"] += "id" in facts and "action" not in facts
        last = str(facts.get("hash", ""))
        line = _line(facts)
        seal.update(line)
        yield line
    signature = key.sign(seal.digest()).hex()
    yield _line({**count, "last": last, "signature": signature})


def prove(found: Iterable[bytes], key: str = "") -> Proven:
    """Read a file and check every link. Raises Unreadable, naming what was touched.

    With ``key`` whoever signed must hold that one; without it the file only proves
    that its parts belong together.
    """
    try:
        return _prove(iter(found), key)
    except (ValueError, KeyError, TypeError, StopIteration):
        raise Unreadable(_NO_FILE) from None


def _prove(found: Iterator[bytes], key: str) -> Proven:
    seal, before, number = hashlib.sha256(), None, 0
    first = next(found)
    head = json.loads(first)
    if head["outreach_audit"] != _FORM:
        raise ValueError
    seal.update(first)
    count, tail = {"rows": 0, "withheld": 0}, None
    for line in found:
        facts = json.loads(line)
        if "signature" in facts:
            tail = facts
            break
        _follow(facts, before, number)
        before, number = facts["hash"], facts["id"]
        count["rows" if "action" in facts else "withheld"] += 1
        seal.update(line)
    if tail is None or next(found, None) is not None:
        raise ValueError
    _signed(head["key"], tail, seal.digest())
    if key and not hmac.compare_digest(head["key"], key.strip().lower()):
        raise Unreadable(_STRANGER)
    told = {name: tail[name] for name in count}
    if told != count or tail["last"] != (before or ""):
        raise Unreadable(_UNSIGNED)
    return Proven(
        head["unit"], head["taken_at"], **count, last=before or "", key=head["key"]
    )


def _follow(facts: dict[str, Any], before: str | None, number: int) -> None:
    """Whether one deed fits to the one before it. Raises Unreadable."""
    whole = "action" not in facts or facts["hash"] == hash_of(
        [facts[name] for name in FACTS]
    )
    linked = before is None or facts["before"] == before
    if not whole or not linked or facts["id"] <= number:
        raise Unreadable(_TOUCHED, n=facts["id"])


def _signed(key: str, tail: dict[str, Any], digest_of_all: bytes) -> None:
    public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    try:
        public_key.verify(bytes.fromhex(tail["signature"]), digest_of_all)
    except InvalidSignature:
        raise Unreadable(_UNSIGNED) from None


def _between(session: Session, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """From the first wanted deed to the last, the others as their hashes."""
    where = wanted.where()
    ends = select(func.min(AuditRow.id), func.max(AuditRow.id)).where(where)
    first, last = session.execute(ends).one()
    query = select(AuditRow, where.label("wanted")).order_by(AuditRow.id)
    # With no deed asked for both ends are NULL, and nothing lies between.
    query = query.where(AuditRow.id.between(first, last))
    with session.execute(query.execution_options(yield_per=1000)) as found:
        for row, asked_for in found:
            link = {"id": row.id, "before": row.before, "hash": row.hash}
            if asked_for:
                link |= dict(zip(FACTS, facts_of(row), strict=True))
            yield link


def _line(facts: dict[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"
