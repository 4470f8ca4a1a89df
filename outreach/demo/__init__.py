"""``outreach demo``: the main job end to end, on a county made for it."""

from __future__ import annotations

from outreach.demo.command import demo

__all__ = ["demo"]
