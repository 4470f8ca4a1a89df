"""``outreach drill``: a production county in a temporary folder, knocked over."""

from __future__ import annotations

from outreach.drill.command import drill

__all__ = ["drill"]
