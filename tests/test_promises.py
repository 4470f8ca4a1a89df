"""What the product promises, and the tests that prove it.

Read this list first: each promise is a sentence that an office may rely on. A test that
is renamed or removed takes its promise with it, and this module says so.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent

PROMISES: dict[str, list[str]] = {
    # People
    "Nobody is sent the same message twice, whatever is killed.": [
        "journeys/test_drill.py::test_a_county_that_is_knocked_over_loses_and_doubles_nobody",
        "journeys/test_worker.py::test_a_worker_killed_again_and_again_sends_nobody_twice",
        "delivery/test_kills.py::test_killed_senders_tell_nobody_twice",
        "delivery/test_sending.py::test_recording_twice_changes_nothing",
    ],
    "A backup from the middle of sending, restored, sends nobody a second message.": [
        "journeys/test_restore.py::test_a_restore_to_the_middle_of_sending_sends_nobody_twice",
    ],
    "A new data key is taken up while people work, and loses nobody.": [
        "operation/test_rotating.py::test_everything_is_sealed_anew_while_others_write",
    ],
    "One text a phone; whoever shares it follows its message.": [
        "delivery/test_launching.py::test_one_text_a_phone_and_the_others_follow_it",
        "delivery/test_receipts.py::test_the_people_behind_a_phone_follow_its_message",
    ],
    "Everybody in a campaign is in exactly one state, with a reason when skipped.": [
        "journeys/test_main_job.py::test_a_roster_becomes_members_texts_receipts_and_figures",
        "delivery/test_launching.py::test_whoever_gets_nothing_has_a_row_with_the_reason",
    ],
    "The audience is frozen at launch.": [
        "planning/test_lifecycle.py::test_a_segment_changed_after_submission_changes_nothing",
        "delivery/test_launching.py::test_a_campaign_is_launched_once",
    ],
    "A refusal holds from the moment it is recorded, except in an emergency.": [
        "journeys/test_steering.py::test_nothing_is_begun_after_a_refusal",
        "delivery/test_launching.py::test_a_refusal_is_heard_except_in_an_emergency",
        "delivery/test_sending.py::test_a_phone_that_went_back_to_the_queue_after_a_refusal_is_ended",
    ],
    "Nobody gets a third tip in a week.": [
        "planning/test_lifecycle.py::test_nobody_gets_a_third_tip_in_a_week",
        "delivery/test_launching.py::test_a_third_tip_in_a_week_is_left_out_and_a_must_reach_is_not",
    ],
    "No SMS outside the hours that the unit allows, or past its last moment.": [
        "planning/test_calendar.py::test_the_window_is_told_by_the_clock_in_shanghai",
        "delivery/test_sending.py::test_nothing_is_claimed_outside_status_window_and_last_moment",
    ],
    # Sending
    "The row is the truth: a broker that forgets everything loses nothing.": [
        "journeys/test_worker.py::test_a_broker_that_forgets_everything_loses_nothing",
        "tasks/test_sweeping.py::test_a_released_campaign_is_found_launched_sent_and_finished",
    ],
    "What is stopped and started again goes on where it was.": [
        "journeys/test_worker.py::test_a_stack_stopped_in_the_middle_goes_on_where_it_was",
    ],
    "An unknown outcome is in doubt and asked about, never blindly repeated.": [
        "delivery/test_sending.py::test_an_outcome_that_is_unknown_is_in_doubt_and_never_sent_again",
        "delivery/test_sending.py::test_the_ledger_is_asked_three_times_and_then_a_person_decides",
        "providers/test_contract.py::test_an_unclear_answer_is_in_doubt_and_the_ledger_knows",
        "providers/test_contract.py::test_an_error_is_never_tried_again_by_itself",
    ],
    "A pause holds what is queued; what is stopped is never sent.": [
        "journeys/test_steering.py::test_a_pause_holds_what_is_queued_and_a_resumption_sends_it",
        "journeys/test_steering.py::test_a_cancelled_campaign_ends_what_was_not_sent",
    ],
    "All workers together keep to the carrier's rate.": [
        "delivery/test_sending.py::test_the_line_gives_no_more_than_its_rate",
        "providers/test_contract.py::test_too_many_requests_slow_the_line_within_reason",
    ],
    # Receipts and figures
    "No receipt is lost while we are away, or acknowledged before it is kept.": [
        "journeys/test_receipts.py::test_what_was_answered_stands_whatever_is_killed",
        "journeys/test_receipts.py::test_a_carrier_that_restarts_reports_what_it_owes",
        "tasks/test_inbox.py::test_kept_means_that_it_can_be_read",
        "tasks/test_inbox.py::test_a_database_that_is_down_is_told_to_every_waiting_thread",
    ],
    "The order and repetition of receipts do not matter.": [
        "delivery/test_receipts.py::test_receipts_end_alike_in_any_order",
        "delivery/test_folding.py::test_order_and_repeats_do_not_matter",
    ],
    "A forged receipt changes nothing.": [
        "providers/test_callbacks.py::test_what_the_provider_did_not_send_is_refused",
        "delivery/test_token.py::test_a_token_changed_in_one_place_is_nothing",
        "delivery/test_receipts.py::test_a_receipt_that_does_not_agree_changes_nothing",
    ],
    "The figures are the rows, to the unit.": [
        "delivery/test_receipts.py::test_a_wrong_tally_is_found_and_repaired",
        "delivery/test_receipts.py::test_squashing_keeps_the_figures",
    ],
    # Sending by hand
    "A county that sends through a carrier's portal gets the same figures.": [
        "journeys/test_portal.py::test_batches_go_out_by_hand_and_their_results_come_back",
        "delivery/test_portal.py::test_totals_alone_make_no_receipt_and_nobody_delivered",
    ],
    # Texts and decisions
    "Nobody issues a text they wrote, or releases a campaign they made.": [
        "bulletins/test_review.py::test_nobody_reviews_or_issues_their_own_text",
        "planning/test_lifecycle.py::test_nobody_releases_what_they_made_or_submitted",
        "planning/test_lifecycle.py::test_the_database_itself_refuses_a_release_by_one_person",
    ],
    "An approval is of the exact words that were read.": [
        "planning/test_lifecycle.py::test_a_release_is_bound_to_what_was_read",
        "bulletins/test_review.py::test_an_issuer_who_read_other_words_is_told_so",
    ],
    "A text with a sample left in it is not issued.": [
        "bulletins/test_review.py::test_a_library_text_with_a_sample_left_in_it_cannot_be_issued",
    ],
    # The register
    "A bad row never stops a list, and each fault has its cell and how to mend it.": [
        "register/test_importing.py::test_a_real_countys_list_takes_in_what_is_right_and_says_what_is_not",
        "register/test_importing.py::test_each_fault_has_its_cell_and_never_stops_the_others",
    ],
    "Importing the same list twice changes nothing.": [
        "register/test_importing.py::test_importing_the_same_file_twice_changes_nothing",
    ],
    "A power cut in the middle of an import loses and doubles nobody.": [
        "register/test_take_in.py::test_a_power_cut_anywhere_and_again_gives_everybody_once",
    ],
    "Names and numbers are sealed in the database and masked on pages.": [
        "test_foundation.py::test_a_name_is_sealed_in_the_database_and_read_back",
        "test_foundation.py::test_masks_never_show_the_end_of_a_certificate",
    ],
    "Nobody sees people outside their places and categories.": [
        "register/test_members.py::test_a_scope_hides_other_places_and_categories",
        "web/test_gate.py::test_every_route_declares_what_it_does",
        "web/test_gate.py::test_nobody_sees_a_page_without_signing_in",
        "journeys/test_pages.py::test_without_a_sign_in_every_page_is_a_door",
    ],
    "What comes from outside is refused or read, and harms nothing beside it.": [
        "hostile/test_table.py::test_every_input_has_the_one_test_that_the_table_names",
        "hostile/test_server.py::test_bodies_that_never_end_stop_no_page",
    ],
    # Loudspeakers
    "Every village gets its clip, its pack and a call, and any player plays it.": [
        "journeys/test_loudspeaker.py::test_every_village_gets_its_clip_its_pack_and_a_call",
        "journeys/test_loudspeaker.py::test_unzip_and_ffprobe_agree",
    ],
    "A clip is whole or not there.": [
        "audio/test_studio.py::test_a_killed_recording_leaves_nothing_that_can_be_found",
        "audio/test_studio.py::test_many_processes_make_each_clip_once",
    ],
    "A text nobody listened to is not issued.": [
        "bulletins/test_review.py::test_a_spoken_text_nobody_listened_to_is_not_issued",
    ],
    # The whole
    "Two people do the main job in a browser without script.": [
        "journeys/test_pages.py::test_two_people_take_a_list_to_a_report_and_a_village_plays_it",
    ],
    "One command shows the main job, twice in a row, and leaves nothing running.": [
        "test_demo.py::test_the_demonstration_runs_twice_and_tells_the_same_story",
    ],
    "The embedded service starts once, mends itself and stops cleanly.": [
        "test_supervisor.py::test_it_starts_once_mends_itself_and_leaves_nothing_behind",
        "test_supervisor.py::test_ctrl_c_while_it_starts_stops_what_had_started",
        "test_supervisor.py::test_a_killed_supervisor_takes_its_tree_with_it_and_is_followed",
    ],
}


@cache
def proofs_in(path: str) -> frozenset[str]:
    """Names of the test functions of one module."""
    file = _TESTS / path
    tree = ast.parse(file.read_text("utf-8")) if file.is_file() else ast.Module([])
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_is_proved(promise: str):
    assert PROMISES[promise]
    for proof in PROMISES[promise]:
        path, name = proof.split("::")
        assert name in proofs_in(path), f"nobody proves it: {proof}"


def test_no_proof_is_named_twice():
    proofs = [proof for proofs in PROMISES.values() for proof in proofs]
    assert len(proofs) == len(set(proofs))


def test_every_journey_proves_a_promise():
    """A journey is dear: it is here for a promise, or it should not be here."""
    named = {proof for proofs in PROMISES.values() for proof in proofs}
    journeys = {
        f"journeys/{module.name}::{name}"
        for module in (_TESTS / "journeys").glob("test_*.py")
        for name in proofs_in(f"journeys/{module.name}")
    }
    assert journeys <= named, sorted(journeys - named)
