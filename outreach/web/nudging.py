"""Hints to the workers; losing one costs seconds, never work."""

from __future__ import annotations

import logging

from celery.exceptions import OperationalError
from redis.exceptions import RedisError

_log = logging.getLogger(__name__)


def nudge(task: str, *args: int | str) -> bool:
    """Ask a worker to look; False where the queue cannot be reached just now.

    ``task`` is named below ``outreach.tasks``, such as ``importing.check``.
    """
    from outreach.worker import celery  # noqa: PLC0415 - half a second to import

    try:
        celery.send_task(f"outreach.tasks.{task}", args=args, retry=False)
    except (OperationalError, RedisError, OSError):
        _log.warning("no queue for %s", task)
        return False
    return True
