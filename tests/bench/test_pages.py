"""Every page that a role can reach answers, and is light enough for a village."""

from __future__ import annotations

import pytest

from outreach.bench import pages

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("pages")]


@pytest.fixture(scope="module")
def figures():
    return pages.run(members=300, campaigns=3, rounds=1)


def test_no_link_leads_nowhere(figures):
    assert figures["broken"] == []
    assert figures["pages"] > 150, "the visitors followed the links of six roles"


def test_every_page_is_light(figures):
    limits = pages.LIMITS
    assert figures["page_kb"] <= limits["page_kb"], figures["heaviest"]
    assert figures["village_kb"] <= limits["village_kb"]
