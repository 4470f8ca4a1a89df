"""Network namespaces: hosts of their own, as far as the network is concerned."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from types import TracebackType
from typing import Self

_NET = "198.18"
"""Addresses that are kept for measurements between hosts (RFC 2544)."""


class Namespaces:
    """Namespaces with a wire each to us; OSError where this machine has none."""

    def __init__(self, count: int) -> None:
        self._ip = shutil.which("ip") or ""
        self._mark = f"{os.getpid() % 100_000}"
        self.names = [f"drill{self._mark}-{n}" for n in range(1, count + 1)]
        self.gateways = [f"{_NET}.{n}.1" for n in range(1, count + 1)]

    def command(self, host: int, words: list[str]) -> list[str]:
        """``words`` as a command that runs in the namespace of that number."""
        return [self._ip, "netns", "exec", self.names[host], *words]

    def __enter__(self) -> Self:
        if not self._ip:
            raise FileNotFoundError("ip")
        try:
            for host, name in enumerate(self.names):
                self._wire(host, name)
        except BaseException:
            self._remove()
            raise
        return self

    def _wire(self, host: int, name: str) -> None:
        ours, theirs = f"dr{self._mark}o{host}", f"dr{self._mark}t{host}"
        here = self.gateways[host]
        self._do("netns", "add", name)
        self._do("link", "add", ours, "type", "veth", "peer", theirs, "netns", name)
        self._do("address", "add", f"{here}/30", "dev", ours)
        self._do("link", "set", ours, "up")
        there = f"{here[:-1]}2/30"
        self._do("-n", name, "address", "add", there, "dev", theirs)
        self._do("-n", name, "link", "set", theirs, "up")
        self._do("-n", name, "link", "set", "lo", "up")

    def _do(self, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own words
            [self._ip, *words], capture_output=True, check=False, text=True
        )
        if done.returncode:
            raise OSError(done.stderr.strip())

    def _remove(self) -> None:
        # The wires go with the namespaces that hold their other ends.
        for name in self.names:
            with suppress(OSError):
                self._do("netns", "delete", name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()
