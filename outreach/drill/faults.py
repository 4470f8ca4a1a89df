"""The plan of 72 faults: which scenario or test plays each, or why none does."""

from __future__ import annotations

from dataclasses import dataclass

_KILLS = (
    "tests/delivery/test_kills.py::test_wherever_a_sender_dies_nobody_is_told_twice"
)
_RESTORE = "tests/journeys/test_restore.py::"
_RESTORED = "tests/operation/test_restored_sending.py::"
_JOURNAL = "tests/tasks/test_journal.py::"
_CONTRACT = "tests/providers/test_contract.py::"
_ROUTES = "tests/tasks/test_routes.py::"
STORM = "storm"
"""The drill without a scenario: one campaign, random kills."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what happens, what plays it, or why nothing does."""

    words: str
    played: tuple[str, ...] = ()
    why: str = ""


FAULTS: dict[str, Fault] = {
    # Process death while sending
    "F01": Fault("killed before a claim is committed", (_KILLS, STORM)),
    "F02": Fault(
        "killed between claim and intent",
        why="Struck: claim and intent are one commit.",
    ),
    "F03": Fault("killed during the commit of intent", (_KILLS, STORM)),
    "F04": Fault(
        "killed after intent, before the line is open",
        (
            _KILLS,
            STORM,
            _JOURNAL + "test_the_next_to_look_sends_what_the_dead_never_began",
        ),
    ),
    "F05": Fault("killed on the open line, before a byte", (_KILLS, STORM)),
    "F06": Fault("killed with half a request written", (STORM,)),
    "F07": Fault(
        "killed after the carrier took it, before its answer", (_KILLS, "errors-after")
    ),
    "F08": Fault("killed after the answer, before it is recorded", (_KILLS, STORM)),
    "F09": Fault(
        "killed after it is recorded, before the hint is acknowledged", (_KILLS, STORM)
    ),
    "F10": Fault("500 random kills over 20,000 messages", (STORM,)),
    "F11": Fault("the whole group of a worker killed, ten times", ("worker-groups",)),
    "F12": Fault(
        "killed for lack of memory in the middle of a batch", ("pool-processes",)
    ),
    "F13": Fault("frozen for longer than the lease, then awake", ("freeze",)),
    "F14": Fault("SIGTERM with messages under way", ("soft-stop",)),
    "F15": Fault("SIGTERM, then SIGKILL", ("hard-stop",)),
    "F16": Fault("a loop of deployments", ("restarts",)),
    "F17": Fault("two of everything that keeps time", ("many-hints", STORM)),
    "F18": Fault(
        "one row that cannot be made ready",
        (
            "unreadable",
            "tests/delivery/test_sending.py::test_a_row_that_cannot_be_made_ready_stops_nobody_else",
        ),
    ),
    "F19": Fault("a row that ends its process", (_KILLS,)),
    "F20": Fault("a request that takes longer than it may", ("drip",)),
    # The broker
    "F21": Fault("FLUSHALL in the middle", ("flush", STORM)),
    "F22": Fault("killed, away for a minute", ("broker-away",)),
    "F23": Fault("killed, away for ten minutes", ("broker-long-away",)),
    "F24": Fault("back without its data", ("broker-empty",)),
    "F25": Fault("connections reset again and again", ("broker-resets",)),
    "F26": Fault("no memory left", ("broker-full",)),
    "F27": Fault("a replica that takes no writes", ("broker-read-only",)),
    "F28": Fault("a slow and lossy network", ("broker-slow",)),
    "F29": Fault("one hint a hundred times", ("many-hints",)),
    "F30": Fault("a wrong password at the start", ("broker-locked",)),
    # The database
    "F31": Fault("stopped immediately, away for 30 s", ("database-away", STORM)),
    "F32": Fault(
        "restarted while a claim is committed",
        (
            "database-restarts",
            _JOURNAL
            + "test_a_claim_whose_commit_fails_goes_back_because_nothing_was_written",
        ),
    ),
    "F33": Fault("restarted while outcomes are recorded", ("database-restarts",)),
    "F34": Fault("every connection ended by the server", ("backends-ended",)),
    "F35": Fault("refusals against claims", ("refusals",)),
    "F36": Fault("a lock held by a hanging session", ("hanging-lock",)),
    "F37": Fault("no connection left", ("connections",)),
    "F38": Fault("the data volume is full", ("volume-full",)),
    "F39": Fault("the log's volume is full", ("log-full",)),
    "F40": Fault(
        "a time limit in the middle of the freeze",
        (
            "tests/delivery/test_launching.py::test_a_freeze_that_fails_leaves_nothing_behind",
        ),
    ),
    "F41": Fault(
        "restored to a moment in the middle of a campaign",
        (
            _RESTORE + "test_a_restore_to_the_middle_of_sending_sends_nobody_twice",
            _RESTORED + "test_a_restore_to_the_middle_of_sending_sends_nobody_twice",
        ),
    ),
    "F42": Fault("a migration while sending", ("migration",)),
    "F43": Fault("several launchers at once", ("many-hints",)),
    # The carrier
    "F44": Fault("429 to everybody, then well again", ("throttled",)),
    "F45": Fault(
        "429 with an absurd Retry-After",
        ("throttled", _CONTRACT + "test_too_many_requests_slow_the_line_within_reason"),
    ),
    "F46": Fault(
        "a black hole",
        (
            "black-hole",
            _ROUTES
            + "test_a_carrier_that_never_answers_keeps_what_it_has_and_gets_no_more",
        ),
    ),
    "F47": Fault("500 after it was taken", ("errors-after", STORM)),
    "F48": Fault("503 before it was taken", ("errors-before", STORM)),
    "F49": Fault("2xx with broken, empty or huge content", ("odd-answers",)),
    "F50": Fault("2xx without the message's name", ("odd-answers",)),
    "F51": Fault(
        "a redirect to another host",
        ("odd-answers", _CONTRACT + "test_redirects_are_not_followed"),
    ),
    "F52": Fault(
        "a certificate that has expired or is another's",
        (
            "tests/providers/test_every_provider.py::test_a_certificate_that_is_not_theirs_is_told_nothing",
        ),
    ),
    "F53": Fault(
        "no address, or no connection",
        (
            "unreachable",
            _CONTRACT + "test_a_closed_port_proves_that_nothing_was_sent",
            _ROUTES + "test_a_carrier_that_cannot_be_reached_is_left_for_the_second",
        ),
    ),
    "F54": Fault(
        "one byte a second",
        ("drip", _CONTRACT + "test_silence_ends_in_doubt_within_the_limit"),
    ),
    "F55": Fault("401 in the middle", ("credentials", STORM)),
    "F56": Fault("the balance or the daily limit is used up", ("quota",)),
    "F57": Fault("addressees whom the carrier refuses", ("blocked",)),
    "F58": Fault("the carrier's list is down while it is asked", ("ledger-closed",)),
    "F59": Fault("the carrier's list lags", ("ledger-late",)),
    # Receipts
    "F60": Fault("receipts before the outcome is recorded", ("early-receipts", STORM)),
    "F61": Fault(
        "six events in all 720 orders, with repeats",
        (
            "tests/delivery/test_receipts.py::test_six_events_end_alike_in_all_720_orders",
        ),
    ),
    "F62": Fault(
        "a storm of 50,000 receipts",
        (
            "receipt-squall",
            "receipt-storm",
            "tests/journeys/test_receipts.py::test_what_was_answered_stands_whatever_is_killed",
        ),
    ),
    "F63": Fault("receipts while the database is away", ("receipts-away",)),
    "F64": Fault(
        "nobody reaches our door for a day",
        (
            "unheard",
            "tests/delivery/test_polling.py::test_an_end_that_the_records_know_is_applied",
        ),
    ),
    # People and time
    "F65": Fault("refusals at random moments", ("refusals",)),
    "F66": Fault("pause, resume and stop while sending", ("steered",)),
    "F67": Fault("ten people press at once", ("double-release",)),
    "F68": Fault("the last moment comes while the carrier is slow", ("last-moment",)),
    "F69": Fault(
        "clocks that differ or jump",
        why="Hosts must keep time: a clock an hour ahead opens the window early.",
    ),
    "F70": Fault("people edited and moved while sending", ("moving",)),
    # Files
    "F71": Fault(
        "a recording or an import cut anywhere, or on a full disk",
        (
            "tests/audio/test_studio.py::test_a_killed_recording_leaves_nothing_that_can_be_found",
            "tests/audio/test_studio.py::test_a_full_disk_is_said_and_leaves_nothing",
            "tests/register/test_take_in.py::test_a_power_cut_anywhere_and_again_gives_everybody_once",
        ),
    ),
    "F72": Fault(
        "a download cut and resumed",
        ("tests/web/test_village.py::test_a_player_asks_for_a_range_and_gets_it",),
    ),
}


def rows() -> str:
    """The table of ``docs/faults.md``."""
    lines = ["| fault | what happens | played by |", "|---|---|---|"]
    for code, fault in FAULTS.items():
        by = ", ".join(f"`{each}`" for each in fault.played) or f"– {fault.why}"
        lines.append(f"| {code} | {fault.words} | {by} |")
    return "\n".join(lines) + "\n"
