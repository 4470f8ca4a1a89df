from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hearing import Hearing, Unreadable

JSON = b"Content-Type: application/json\r\n"


def heard(*pieces):
    """The answer in ``pieces``, an empty one being the end; None while more is due."""
    listening, found = Hearing(), None
    for piece in pieces:
        found = found or (listening.take(piece) if piece else listening.end())
    return found


def cut(whole, places):
    ends = [0, *sorted(place % (len(whole) + 1) for place in places), len(whole)]
    pieces = (whole[a:b] for a, b in itertools.pairwise(ends))
    return [piece for piece in pieces if piece]


@pytest.mark.parametrize(
    ("raw", "status", "body", "kept"),
    [
        (b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", 201, b"{}", True),
        (b"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, b"", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
        (
            b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na",
            200,
            b"a",
            False,
        ),
        (
            (
                b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"
                b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
            ),
            200,
            b"a",
            True,
        ),
        (
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                b"2;name=value\r\nab\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"
            ),
            200,
            b"ab0123456789",
            True,
        ),
        # A second answer that nobody asked for must not pass for the next one's.
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1", 200, b"a", False),
    ],
)
def test_an_answer_is_whole_when_it_says_so(raw, status, body, kept):
    found = heard(raw)
    assert (found.status, found.body, found.kept) == (status, body, kept)


def test_an_answer_without_a_length_ends_with_its_connection():
    raw = b"HTTP/1.1 200 OK\r\n\r\n"
    assert heard(raw, b"a", b"b") is None
    found = heard(raw, b"a", b"b", b"")
    assert (found.body, found.kept) == (b"ab", False)


def test_headers_are_found_by_small_letters_and_repeated_ones_are_a_list():
    raw = b"HTTP/1.1 429 Slow\r\nRETRY-After:  7 \r\nX: a\r\nx: b\r\nContent-Length: 0"
    found = heard(raw + b"\r\n\r\n")
    assert (found.headers["retry-after"], found.headers["x"]) == ("7", "a, b")


@given(st.binary(max_size=300), st.lists(st.integers(0, 2000), max_size=12))
def test_where_an_answer_is_cut_makes_no_difference(body, places):
    plain = b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n" % (JSON, len(body))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in cut(body, places))
    coded = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
    for raw in (plain + body, coded + b"0\r\n\r\n"):
        found = heard(*cut(raw, places))
        assert (found.status, found.body, found.kept) == (200, body, True)


@given(st.binary(min_size=1, max_size=60), st.booleans(), st.integers(0, 200))
def test_half_an_answer_is_none(body, chunked, place):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    if chunked:
        raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (
            len(body),
            body,
        )
    half = raw[: place % len(raw)]
    with pytest.raises(Unreadable):
        heard(*cut(half, [3]), b"")


@given(st.binary(max_size=400))
def test_rubbish_is_refused_or_waits_for_more(rubbish):
    try:
        found = heard(rubbish)
    except Unreadable:
        return
    assert found is None


@pytest.mark.parametrize(
    "raw",
    [
        b"not http at all\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 099 Low\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nspace : yes\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_refused_without_a_word_of_it(raw):
    with pytest.raises(Unreadable) as wrong:
        heard(raw)
    assert str(wrong.value) in {"no answer of HTTP", "too long", "cut off"}


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 5_000_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"a" * 5_000_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + b"100000\r\n%s\r\n" % (b"a" * 0x100000) * 5,
    ],
    ids=["head", "to the end", "long", "chunks"],
)
def test_an_answer_without_end_is_refused(raw):
    pieces = [raw[at : at + 60_000] for at in range(0, len(raw), 60_000)]
    with pytest.raises(Unreadable):
        heard(*pieces, b"more", b"")
