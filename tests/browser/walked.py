"""Addresses that only the walk opens: more states, and what is just one role's own."""

from __future__ import annotations

from datetime import timedelta

from browser.addresses import STAGES, TODAY

YESTERDAY = TODAY - timedelta(days=1)
_OWN = [
    "/fieldwork/visits",
    "/fieldwork/visits/5",
    "/fieldwork/visits/5/change",
    "/fieldwork/needs",
    "/delivery/replies",
]
"""Lists that lead everybody to what is theirs, and a visit that is in all scopes."""
_FURTHER = {
    "xian": [
        f"/reporting/daily/{YESTERDAY}",
        f"/reporting/daily/{YESTERDAY}/correct",
        "/planning/6",
        "/planning/6/approval",
        "/planning/6/paper",
        "/planning/6/alone",
        "/planning/7",
        "/delivery/7",
        "/delivery/7/messages",
        "/delivery/8",
        "/reporting/campaigns/8",
        "/fieldwork/announcements/8",
    ],
    "mangxie": [*_OWN, "/bulletins/7/templates", "/delivery/7"],
    "fubao": [*_OWN, "/fieldwork/announcements/8"],
    "cun": [*_OWN, "/fieldwork/"],
    "shilian": ["/reporting/daily/"],
}
WALKED = {
    name: [*STAGES.get(name, ["/"]), *_FURTHER.get(name, [])]
    for name in dict.fromkeys([*STAGES, *_FURTHER])
}
"""The furnished county by who opens it."""
