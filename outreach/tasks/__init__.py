"""Tasks are hints: each takes an id at most, looks into the database and acts.

Running one twice, late or never loses nothing and sends nothing twice.
"""

from __future__ import annotations

MODULES = (
    "outreach.tasks.launching",
    "outreach.tasks.importing",
    "outreach.tasks.sending",
    "outreach.tasks.receiving",
    "outreach.tasks.recording",
    "outreach.tasks.housekeeping",
)

ROUTES = {
    "outreach.tasks.launching.*": {"queue": "launch"},
    "outreach.tasks.importing.*": {"queue": "launch"},
    "outreach.tasks.sending.*": {"queue": "send"},
    "outreach.tasks.receiving.*": {"queue": "housekeeping"},
    "outreach.tasks.recording.*": {"queue": "record"},
    "outreach.tasks.housekeeping.*": {"queue": "housekeeping"},
}

QUEUES = ("launch", "send", "record", "housekeeping")
