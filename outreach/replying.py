"""What people write back to a provider's number: on disk before it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.delivery.provider import Incoming
from campaigns.fieldwork import replies
from campaigns.register.scope import Scope
from outreach.wiring import Wiring


def keep(wiring: Wiring, incoming: Sequence[Incoming]) -> None:
    """Take ``incoming`` replies in, each once, in one transaction."""
    if not incoming:
        return
    now = wiring.clock()
    # The web process takes them in, and whoever wrote may be anybody.
    with wiring.database.writing(Scope.everything()) as session:
        for each in incoming:
            replies.take(
                session, each.provider, each.reference, each.phone, each.text, now
            )
