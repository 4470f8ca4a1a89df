"""What is open in a unit's ledgers, in words."""

from __future__ import annotations

from flask_babel import gettext as _


def open_words(found: dict[str, int]) -> str:
    """What is open, in words: 3 户走访，1 项需求."""
    said = {
        "visits": _("%(n)s 户走访", n=found.get("visits", 0)),
        "needs": _("%(n)s 项需求", n=found.get("needs", 0)),
        "incidents": _("%(n)s 件异常", n=found.get("incidents", 0)),
    }
    return _("，").join(said[name] for name in said if found.get(name))
