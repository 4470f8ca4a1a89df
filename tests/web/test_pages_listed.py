"""No page of ours is left out when axe looks at them all."""

from __future__ import annotations

from browser.addresses import FILES, OFFICE, STAGES, VILLAGE, numbered
from werkzeug.exceptions import NotFound

ELSEWHERE = {
    "account_roles.ask": "test_access.py",
    "alone.ask": "test_access.py",
    "approval.show": "test_access.py",
    "approving.paper": "test_access.py",
    "approving.ways": "test_access.py",
    "small_office.show": "test_access.py",
    "first.show": "walk_first_campaign.py: there is no account yet",
    "invitation.show": "walk_first_campaign.py: it works once",
    "sign_in.show": "test_shell.py: nobody has signed in",
    "visits.first": "leads to visits.show",
    "daily.ask_correct": "the form of daily.show, once it was filed",
}


def test_axe_looks_at_every_page(app):
    routes = app.url_map.bind("localhost")
    looked_at = set()
    addresses = [address for _, _, address in numbered(OFFICE) + numbered(STAGES)]
    for address in [*addresses, *(f"/v/token{part}" for part in VILLAGE)]:
        try:
            endpoint, _values = routes.match(address.partition("?")[0], method="GET")
        except NotFound:
            assert address == "/nowhere"
            continue
        looked_at.add(endpoint)
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and not rule.endpoint.startswith("api")
    }
    assert pages - looked_at - FILES - ELSEWHERE.keys() == set()
    assert not (FILES | ELSEWHERE.keys()) - pages, "routes that are gone"
