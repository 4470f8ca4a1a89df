from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import SecretStr

from campaigns.delivery.provider import Provider
from campaigns.errors import NotReady
from outreach import providers
from outreach.settings import Settings

TWILIO = {
    "twilio_account": "AC" + "1" * 32,
    "twilio_secret": SecretStr("x" * 32),
    "twilio_sender": "+15005550006",
}


def settings(**given):
    return Settings(_env_file=None, **given)


def test_twilio_needs_only_credentials():
    ready = settings(**TWILIO)
    assert providers.lacking("twilio", ready) is None
    assert isinstance(providers.make("twilio", ready), Provider)


def test_what_is_missing_is_said_in_a_sentence():
    assert "OUTREACH_TWILIO_ACCOUNT" in str(providers.lacking("twilio", settings()))
    assert "outreach up" in str(providers.lacking("simulator", settings()))
    with pytest.raises(NotReady, match="OUTREACH_TWILIO_SENDER"):
        providers.make("twilio", settings())


def test_a_portal_is_fed_by_people():
    assert providers.PORTAL in providers.NAMES
    assert providers.lacking(providers.PORTAL, settings()) is None
    with pytest.raises(NotReady, match="由人上传"):
        providers.make(providers.PORTAL, settings())


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(NotReady, match=r"pigeon.*simulator, twilio"):
        providers.make("pigeon", settings())


def test_the_registry_does_not_import_the_sdk():
    program = "import sys, outreach.providers; print('twilio.rest' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


def test_secrets_and_numbers_stay_out_of_what_is_printed():
    ready = settings(**TWILIO)
    assert "x" * 32 not in repr(vars(providers.make("twilio", ready)))
