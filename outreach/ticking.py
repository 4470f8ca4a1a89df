"""The beat: it ticks where no tick waits, so that a slow broker is not flooded.

Two beats, or one whose worker is busy, would fill the queue faster than it is read; a
hint then expires before it is taken, and sending waits though every process is well.
"""

from __future__ import annotations

from typing import Any

from celery.beat import Scheduler


def waiting(channel: Any, queue: str) -> int:  # noqa: ANN401 - a transport's channel
    """How many hints wait in ``queue``; none where the broker cannot say."""
    try:
        found: int = channel.queue_declare(queue, passive=True).message_count
    except Exception:  # noqa: BLE001 - whoever sends next says what is wrong
        return 0
    return found


class Ticking(Scheduler):
    """Keeps its one entry in memory: any number may run in one folder."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:  # noqa: ANN401
        """Send the hint of ``entry``, unless its queue still holds one."""
        queue = entry.options.get("queue")
        if not (queue and producer and waiting(producer.channel, queue)):
            super().apply_entry(entry, producer=producer)
