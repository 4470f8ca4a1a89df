"""Runs the ``outreach`` command, for ``python -m outreach``."""

from __future__ import annotations

from outreach.cli import main

if __name__ == "__main__":
    main()
