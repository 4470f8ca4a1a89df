from __future__ import annotations

from carrier_fixtures import carrier, own_carrier, shared_carrier

__all__ = ["carrier", "own_carrier", "shared_carrier"]
