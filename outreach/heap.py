"""Python's search for rubbish, set for a process that does much for long.

Modules and SDKs are some hundred thousand objects that stay. Looking through them
again and again cost a third of the processor's time of each message.
"""

from __future__ import annotations

import gc

_NEW_OBJECTS = 20_000
_ROUNDS = 20


def settle() -> None:
    """Leave what is there now out of the search, and search the rest more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _ROUNDS, _ROUNDS)
