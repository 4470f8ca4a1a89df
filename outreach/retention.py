"""The daily forgetting: what was kept long enough, and who left the register."""

from __future__ import annotations

from sqlalchemy import delete

from campaigns.fieldwork import expiring
from campaigns.register.keeping import until
from outreach import audit, erasure_list, exports, intake, kept_form
from outreach.sign_ins import SignIn
from outreach.wiring import Wiring

_BATCHES = 50


def keep(wiring: Wiring) -> dict[str, int]:
    """Let go of what is too old; returns how many of each kind went.

    In short transactions, so that nobody waits; what is left goes the next hour.
    """
    gone: dict[str, int] = {}
    for _ in range(_BATCHES):
        done = _batch(wiring)
        for kind, n in done.items():
            gone[kind] = gone.get(kind, 0) + n
        if max(done.values(), default=0) < expiring.BATCH:
            break
    gone |= _files(wiring) | _lists(wiring) | _people(wiring)
    if gone:
        with wiring.database.writing() as session:
            audit.note(session, "let_go", details=gone, now=wiring.clock())
    return gone


def _batch(wiring: Wiring) -> dict[str, int]:
    with wiring.database.writing() as session:
        now = wiring.clock()
        kept_form.expire(session, now)
        ended = SignIn.seen_at < until(session, "sign_ins", now)
        session.execute(delete(SignIn).where(ended))
        return expiring.expire(session, now)


def _files(wiring: Wiring) -> dict[str, int]:
    """Lists that nobody took in: the file and what was read of it."""
    with wiring.database.writing() as session:
        unused = expiring.unused_imports(session, wiring.clock())
        for import_id in unused:
            intake.discard(session, wiring.settings, import_id)
    return {"files": len(unused)} if unused else {}


def _lists(wiring: Wiring) -> dict[str, int]:
    """Lists of people that nobody fetched within their day."""
    with wiring.database.writing() as session:
        ended = exports.sweep(session, wiring.settings, wiring.clock())
    return {"lists": ended} if ended else {}


def _people(wiring: Wiring) -> dict[str, int]:
    with wiring.database.writing() as session:
        now = wiring.clock()
        forgotten = expiring.forget_gone(session, now)
        erasure_list.add(wiring.settings, forgotten, now)
    return {"people": len(forgotten)} if forgotten else {}
