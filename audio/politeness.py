"""Work done in a thread of low priority, so that the rest of the machine goes on."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.clip import Clip


def politely(niceness: int, make: Callable[[], Clip]) -> Clip:
    """What make gives, or its error; niceness 0 makes it here and now.

    A thread can lower its priority (Linux) but never raise it again: so a new one.
    """
    if niceness <= 0:
        return make()
    result: list[Clip] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
            result.append(make())
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            failure.append(error)

    thread = threading.Thread(target=run, name="recording")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]
