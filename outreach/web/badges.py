"""The badge of each state: its tone and its picture, beside its word."""

from __future__ import annotations

_BADGES = """
good check-circle-fill message.delivered campaign.finished bulletin.issued
good check-circle-fill member.active number.normal import.imported row.new
good check-circle-fill announcement.signed batch.returned
good volume-up announcement.played
good check-circle-fill report.submitted report.corrected
sent send-check message.sent message.accepted campaign.running campaign.approved
sent send-check bulletin.reviewed announcement.alerted batch.submitted
sent download announcement.downloaded
off clock message.queued campaign.submitted bulletin.in_review import.waiting
off clock announcement.prepared batch.made import.checked
off hourglass-split message.submitting import.checking import.importing
off hourglass-split import.undoing
off pencil campaign.draft bulletin.draft row.changed
off slash-circle message.skipped message.cancelled campaign.cancelled import.discarded
off slash-circle bulletin.superseded bulletin.expired announcement.not_due
off slash-circle member.moved member.deceased member.revoked row.same number.none
off slash-circle member.erased member.merged
off slash-circle batch.abandoned import.undone
bad x-circle-fill message.undelivered message.rejected announcement.missed
bad x-circle-fill announcement.withdrawn import.failed row.wrong
bad x-circle-fill number.empty number.suspended number.blocked
doubt question-circle message.in_doubt
warn dash-circle message.no_receipt batch.totals number.suspect
warn pause-circle campaign.paused
warn arrow-left bulletin.returned report.returned
warn dash-circle report.missing
warn person-walking visit.open
good check-circle-fill visit.done
off slash-circle visit.unneeded permission.late permission.ended
off clock permission.waits
good check-circle-fill permission.holds route.open
off clock route.waits
off slash-circle route.closed
"""
BADGES = {
    code: (tone, icon)
    for tone, icon, *codes in map(str.split, _BADGES.strip().splitlines())
    for code in codes
}
"""Tone and icon of each state's badge."""


def badge_of(code: str) -> tuple[str, str]:
    """Tone and icon of a state's badge."""
    return BADGES.get(code, ("off", "info-circle"))
