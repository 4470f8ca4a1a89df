"""The queue carries hints: late acknowledgement, no results, ids only."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest
from celery import Celery

from campaigns.delivery.provider import Limits
from outreach import lanes
from outreach.tasks import MODULES, QUEUES, ROUTES
from outreach.ticking import Ticking, waiting
from outreach.worker import celery, worker_arguments


def test_losing_a_worker_loses_no_hint_and_keeps_no_result():
    conf = celery.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result
    assert conf.accept_content == ["json"]
    assert conf.broker_connection_max_retries is None


def test_every_task_has_a_queue_that_a_worker_serves():
    for module in MODULES:
        assert ROUTES[f"{module}.*"]["queue"] in QUEUES


@pytest.mark.parametrize("module", MODULES)
def test_tasks_are_short_and_take_ids_alone(module):
    import_module(module)
    found = [
        task for name, task in celery.tasks.items() if name.startswith(f"{module}.")
    ]
    assert found
    for task in found:
        assert len(inspect.getsource(task.run).splitlines()) <= 16
        kinds = {p.annotation for p in inspect.signature(task.run).parameters.values()}
        assert kinds <= {"int", "str", "bool"}


def test_speech_has_a_process_of_its_own_and_sending_one_of_threads(monkeypatch):
    monkeypatch.setenv("OUTREACH_PROFILE", "embedded")
    assert "solo" in worker_arguments("record", beat=False)
    sending = worker_arguments("launch,send,housekeeping", beat=True)
    assert "threads" in sending
    assert "--beat" in sending


def test_the_queue_is_set_so_that_nothing_hangs_on_it():
    """A hint may be lost or come twice; a worker must neither wait nor be cut off."""
    conf = celery.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert conf.broker_connection_retry_on_startup
    assert conf.broker_connection_max_retries is None
    assert not conf.worker_cancel_long_running_tasks_on_connection_loss
    assert conf.task_soft_time_limit is conf.task_time_limit is None
    # As long as a lane carries what it holds, and a supervisor waits for twice that.
    limit = Limits(per_second=1).timeout_seconds
    assert limit < conf.worker_soft_shutdown_timeout <= 30
    assert conf.worker_max_memory_per_child == 300_000
    transport = conf.broker_transport_options
    assert transport["socket_timeout"] == transport["socket_connect_timeout"] == 5
    assert transport["retry_on_timeout"]
    assert transport["socket_keepalive"]
    assert transport["health_check_interval"] <= 25
    # Once: where two places differ, the shorter one wins unnoticed.
    assert transport["visibility_timeout"] == conf.visibility_timeout
    assert transport["visibility_timeout"] > lanes.BUDGET + 60


def test_two_beats_leave_one_tick_in_the_queue_and_a_lost_one_comes_again():
    own = Celery(broker="memory://", set_as_current=False)
    own.conf.beat_schedule = celery.conf.beat_schedule
    beats = [Ticking(own), Ticking(own)]
    with own.producer_or_acquire() as producer:
        for _ in range(3):
            for beat in beats:
                beat.apply_entry(beat.schedule["tick"], producer=producer)
        assert waiting(producer.channel, "housekeeping") == 1
        producer.channel.queue_purge("housekeeping")
        beats[1].apply_entry(beats[1].schedule["tick"], producer=producer)
        assert waiting(producer.channel, "housekeeping") == 1


def test_a_broker_that_does_not_answer_holds_no_beat_up():
    assert waiting(None, "housekeeping") == 0
