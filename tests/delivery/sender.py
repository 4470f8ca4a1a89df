"""A process that sends a campaign through lanes, to be killed by a test.

With a third argument it ends itself at that point of a message's way, as SIGKILL ends
it: the points are those of the plan of faults.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from delivery.ledger import Ledger
from sqlalchemy import event

from outreach import lanes, wiring
from outreach.settings import Settings


def end(*_):
    os._exit(137)


def at_commit(built, deed):
    """Call ``deed`` when the claim is about to be committed."""
    claimed = []
    claim = lanes.claim

    def noted(*given, **more):
        batch = claim(*given, **more)
        claimed.extend(batch.messages)
        return batch

    lanes.claim = noted
    event.listen(built.database.engine, "commit", lambda _: deed() if claimed else None)


def at_record(before):
    record = lanes.record

    def noted(session, *given, **more):
        if before:
            end()
        record(session, *given, **more)
        event.listen(session, "after_commit", end)

    lanes.record = noted


def soon():
    """Somewhere during the commit itself."""
    threading.Timer(0.0005, end).start()


def arm(built, ledger, point):
    if point == "before the claim is committed":
        at_commit(built, end)
    elif point == "during the claim's commit":
        at_commit(built, soon)
    elif point == "before a byte is written":
        ledger.before = end
    elif point == "after the carrier took it":
        ledger.after = end
    elif point == "before the outcome is committed":
        at_record(before=True)
    elif point == "after the outcome is committed":
        at_record(before=False)
    elif point == "aborted":
        ledger.before = lambda _: os.abort()


if __name__ == "__main__":
    folder, campaign_id = Path(sys.argv[1]), int(sys.argv[2])
    put_together = wiring.build(Settings(data_dir=folder, lease_seconds=2))
    ledger = Ledger(folder / "ledger", latency=0.002)
    put_together.providers["simulator"] = ledger
    if sys.argv[3:]:
        arm(put_together, ledger, sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while lanes.send(put_together, campaign_id, seconds=15):
        pass
