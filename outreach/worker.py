"""The Celery application: hints to look into the database, never the work itself.

Settings follow from that: late acknowledgement, no results, no retries by the queue,
nothing delayed in it. Losing every message costs seconds, until the next tick.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from celery import Celery
from celery.signals import (
    after_task_publish,
    beat_init,
    heartbeat_sent,
    setup_logging,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from outreach import heap, lanes, logs, wiring
from outreach.loop import LOOP
from outreach.settings import Settings
from outreach.tasks import MODULES, QUEUES, ROUTES

TICK_SECONDS = 1.0
_TICK = "outreach.tasks.housekeeping.tick"
_VISIBILITY = 900
_THREADS = 6
_SOCKET_SECONDS = 5
_SOFT_SECONDS = 30
_TASKS_A_CHILD = 2_000
_CHILD_KIB = 300_000
"""A process of a pool that was ever larger is replaced after its task."""


def _configuration() -> dict[str, Any]:
    transport = {
        "visibility_timeout": _VISIBILITY,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": _SOCKET_SECONDS,
        "socket_connect_timeout": _SOCKET_SECONDS,
        "socket_keepalive": True,
        "retry_on_timeout": True,
        "health_check_interval": 25,
    }
    return {
        "broker_url": Settings().broker_address,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": transport,
        "visibility_timeout": _VISIBILITY,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_routes": ROUTES,
        "task_default_queue": "housekeeping",
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        # A lost hint costs seconds, a lane that is cut off leaves people in doubt.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        # SIGQUIT, or a second SIGTERM, ends what it carries before it ends at once.
        "worker_soft_shutdown_timeout": _SOFT_SECONDS,
        "worker_max_tasks_per_child": _TASKS_A_CHILD,
        "worker_max_memory_per_child": _CHILD_KIB,
        "enable_utc": True,
        "beat_scheduler": "outreach.ticking:Ticking",
        "beat_schedule": {
            "tick": {
                "task": _TICK,
                "schedule": TICK_SECONDS,
                "options": {"expires": 30, "queue": "housekeeping"},
            }
        },
    }


celery = Celery("outreach", include=list(MODULES))
# Read when first needed, so that importing this module reads no environment.
celery.add_defaults(_configuration)


def worker_arguments(queues: str, *, beat: bool) -> list[str]:
    """Arguments of ``celery.worker_main`` for ``queues``, separated by commas.

    SQLite has one writer, so the embedded profile sends from threads of one process;
    speech is one clip at a time.
    """
    settings = Settings()
    if queues == "record":
        pool = ["--pool", "solo"]
    elif settings.profile == "embedded":
        pool = ["--pool", "threads", "--concurrency", str(_THREADS)]
    else:
        pool = ["--pool", "prefork"]
    return [
        *["worker", "--queues", queues, "--loglevel", "WARNING"],
        *["--without-mingle", "--without-gossip", "--hostname", f"{queues[:6]}@%h"],
        *pool,
        *(["--beat"] if beat else []),
    ]


@setup_logging.connect
def _log(**_: object) -> None:
    logs.set_up()


@task_prerun.connect
def _begin(**_: object) -> None:
    logs.begin()


@worker_init.connect
@beat_init.connect
def _show_life(**_: object) -> None:
    """In a container, touch a file: at each heartbeat, or whenever beat was heard."""
    if Settings().profile == "production":
        heartbeat_sent.connect(_touch)
        after_task_publish.connect(_touch)


def _touch(**_: object) -> None:
    Path(gettempdir(), "outreach-alive").touch()


@worker_init.connect
def _build_in_main(sender: Any = None, **_: object) -> None:  # noqa: ANN401
    # Threads share the main process; children of prefork build their own after fork.
    if "prefork" not in str(getattr(sender, "pool_cls", "")):
        wiring.build()
        heap.settle()


@worker_process_init.connect
def _build_in_child(**_: object) -> None:
    wiring.build()
    heap.settle()


@worker_ready.connect
def _tick_at_once(**_: object) -> None:
    # The beat waits for its first second to pass; what waits for us need not.
    celery.send_task(_TICK, expires=5)


@worker_shutting_down.connect
def _close_lanes(**_: object) -> None:
    lanes.close()


@worker_shutdown.connect
@worker_process_shutdown.connect
def _close(**_: object) -> None:
    LOOP.run(asyncio.wait_for(wiring.current().close(), 5))
    LOOP.stop()


@beat_init.connect
def _quiet_beat(**_: object) -> None:
    logging.getLogger("celery.beat").setLevel(logging.WARNING)


__all__ = ["QUEUES", "celery", "worker_arguments"]
