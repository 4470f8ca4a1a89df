from __future__ import annotations

from collections import Counter

import pytest

from outreach.simulator.behaviour import Behaviour
from outreach.simulator.fate import fate, fault, refusal

NUMBERS = [f"+86190{n:08d}" for n in range(20_000)]
DAY = 86_400.0


def test_receipts_follow_what_gateways_in_china_report():
    behaviour = Behaviour()
    seen = Counter(
        refusal(behaviour, to) or fate(behaviour, to, DAY).code or "delivered"
        for to in NUMBERS
    )
    silent = sum(not fate(behaviour, to, DAY).final for to in NUMBERS)
    share = {code: n / len(NUMBERS) for code, n in seen.items()}
    assert 0.88 <= share["delivered"] - silent / len(NUMBERS) <= 0.92
    assert 0.03 <= share[30003] <= 0.05
    assert 0.03 <= share[30005] + share[30006] <= 0.05
    assert 0.01 <= share[30004] + share[30007] + share[21610] <= 0.02
    assert 0.007 <= share[30001] <= 0.013
    assert 0.007 <= silent / len(NUMBERS) <= 0.013


def test_a_number_meets_the_same_fate_again_and_another_seed_another():
    one, again, other = Behaviour(), Behaviour(), Behaviour(seed=2)
    fates = [fate(one, to, DAY) for to in NUMBERS[:500]]
    assert fates == [fate(again, to, DAY) for to in NUMBERS[:500]]
    assert fates != [fate(other, to, DAY) for to in NUMBERS[:500]]


def test_a_message_that_outlives_its_validity_expires():
    behaviour = Behaviour(late=1, late_seconds=100)
    found = fate(behaviour, NUMBERS[0], validity=5)
    assert (found.final, found.code, found.final_after) == ("undelivered", 30036, 5)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("+8612345", 21211),
        ("13800000000", 21211),
        ("+15005550001", 21211),
        ("+8608300000000", 21614),
        ("+15005550004", 21610),
        ("+8619000000000", None),
    ],
)
def test_numbers_are_refused_with_twilios_codes(to, code):
    assert refusal(Behaviour(refused=0), to) == code


def test_faults_strike_their_share_and_a_second_attempt_draws_again():
    behaviour = Behaviour(too_many=0.2, reset=0.1)
    seen = Counter(fault(behaviour, f"token-{n}") for n in range(10_000))
    assert 0.18 <= seen["too_many"] / 10_000 <= 0.22
    assert 0.08 <= seen["reset"] / 10_000 <= 0.12
    assert set(seen) == {"too_many", "reset", None}


@pytest.mark.parametrize("wrong", [{"laet": 1}, {"late": "x"}, {"seed": 0.5}])
def test_a_behaviour_that_nobody_knows_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Behaviour().changed(wrong)
