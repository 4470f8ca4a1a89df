"""Reports fold alike in any order, however often they are repeated."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaigns.delivery.folding import Folded, Told, fold
from campaigns.vocabulary import MessageState as S

REPORTS = st.lists(
    st.builds(
        Told,
        st.integers(0, 3),
        st.sampled_from([S.ACCEPTED, S.SENT, S.UNDELIVERED, S.DELIVERED]),
        st.sampled_from(["", "absent", "permanent"]),
        st.sampled_from([None, "30003", "30005"]),
    ),
    min_size=1,
    max_size=8,
)


@given(REPORTS, st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_and_repeats_do_not_matter(told, random, parts):
    first = fold(told, parts)
    again = [*told, *random.choices(told, k=3)]
    random.shuffle(again)
    assert fold(again, parts) == first


def test_a_text_is_delivered_when_all_its_parts_are():
    assert fold([Told(1, S.DELIVERED), Told(2, S.SENT)], 2).state == S.SENT
    assert fold([Told(1, S.DELIVERED), Told(2, S.DELIVERED)], 2).state == S.DELIVERED


def test_one_lost_part_makes_the_text_undelivered():
    told = [Told(1, S.DELIVERED), Told(2, S.UNDELIVERED, "absent", "30003")]
    assert fold(told, 2) == Folded(S.UNDELIVERED, "absent", "30003")


def test_part_nought_speaks_for_the_whole():
    assert fold([Told(0, S.SENT), Told(0, S.DELIVERED)], 3).state == S.DELIVERED
