"""A process that sends a campaign through lanes, to be killed by a test."""

from __future__ import annotations

import sys
from pathlib import Path

from delivery.ledger import Ledger

from outreach import lanes, wiring
from outreach.settings import Settings

if __name__ == "__main__":
    folder, campaign_id = Path(sys.argv[1]), int(sys.argv[2])
    put_together = wiring.build(Settings(data_dir=folder, lease_seconds=2))
    put_together.providers["simulator"] = Ledger(folder / "ledger", latency=0.002)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while lanes.send(put_together, campaign_id, seconds=15):
        pass
