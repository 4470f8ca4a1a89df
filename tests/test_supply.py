"""What we are made of: licences, the list of parts, and nothing secret in the tree."""

from __future__ import annotations

import json
import runpy
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = runpy.run_path(str(ROOT / "scripts" / "parts.py"))
DIGEST = sha256(b"a key, for all that anybody can see").hexdigest()
SCAN = runpy.run_path(str(ROOT / "scripts" / "scan.py"))


@pytest.fixture(scope="module")
def running() -> list:
    return list(PARTS["parts"]("run"))


def test_every_licence_of_the_running_service_is_allowed(running: list):
    assert list(PARTS["faults"](running, "run", PARTS["allowed"]())) == []


@pytest.mark.parametrize(
    ("licence", "lock", "refused"),
    [
        ("MIT", "run", 0),
        ("Apache-2.0 OR BSD-2-Clause", "run", 0),
        ("(MIT AND SSPL-1.0)", "run", 1),
        ("GPL-3.0-or-later", "run", 1),
        ("GPL-3.0-or-later", "dev", 0),
        ("Proprietary", "dev", 1),
        ("", "run", 1),
    ],
)
def test_a_licence_that_is_not_on_the_list_is_named(
    licence: str, lock: str, refused: int
):
    part = PARTS["Part"]("thing", "1", licence, (), elsewhere=False)
    found = list(PARTS["faults"]([part], lock, PARTS["allowed"]()))
    assert len(found) == refused
    assert all("thing" in sentence for sentence in found)


def test_the_sbom_names_every_locked_part_once(running: list):
    made = PARTS["sbom"]()
    assert json.dumps(made) == json.dumps(PARTS["sbom"]()), "it says something else"
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    refs = [each["bom-ref"] for each in made["components"]]
    here = [part for part in running if not part.elsewhere]
    assert refs == [f"pkg:pypi/{part.name}@{part.version}" for part in here]
    assert len(set(refs)) == len(refs) > 80
    for each in made["components"]:
        assert each["licenses"], each["name"]
        assert each["properties"], f"no hash: {each['name']}"
    root = made["metadata"]["component"]["bom-ref"]
    assert {each["ref"] for each in made["dependencies"]} == {*refs, root}
    below = {ref for each in made["dependencies"] for ref in each["dependsOn"]}
    assert below <= set(refs)
    first = made["dependencies"][0]["dependsOn"]
    assert {"flask", "celery", "sqlalchemy"} <= {r[9:].split("@")[0] for r in first}


def test_a_version_on_the_list_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert list(SCAN["bad_versions"]()) == []
    folder = tmp_path / "requirements"
    folder.mkdir()
    known = (ROOT / "requirements" / "known-bad.csv").read_text()
    (folder / "known-bad.csv").write_text(known)
    for name, lines in {
        "run": "jinja2==3.1.5 \\\n",
        "dev": "jinja2==3.1.6 \\\n",
        "voice": "",
    }.items():
        (folder / f"{name}.txt").write_text(lines)
    monkeypatch.setitem(SCAN["bad_versions"].__globals__, "ROOT", tmp_path)
    assert list(SCAN["bad_versions"]()) == ["run.txt: jinja2 3.1.5: CVE-2025-27516"]


SECRETS = {
    "private key": "-----BEGIN " + "EC PRIVATE KEY-----",
    "AWS key": "key = AKIA" + "ABCDEFGHIJKLMNOP",
    "Alibaba Cloud key": "LTAI" + "5tAbCdEfGhIjKlMnOpQr",
    "token of a forge or chat": "ghp" + "_" + "a1B2c3D4" * 4,
    "Twilio key": "SK" + "0a1b2c3d" * 4,
    "password in an address": "redis://app:" + "Tr0ub4dor@10.0.0.7/0",
    "secret set to a value": 'API_KEY = "' + "abc123def456" * 3 + '"',
    "long random text": f'x = "{DIGEST}"',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found(kind: str):
    assert list(SCAN["secrets_in"](f"a = 1\n{SECRETS[kind]}\n")) == [(2, kind)]


@pytest.mark.parametrize(
    "line",
    [
        'URL = "postgresql+psycopg://outreach:${PASSWORD}@/outreach"',
        'ACCOUNT = "AC" + "0" * 32',
        'name = "test_a_message_travels_with_our_token_and_comes_back"',
        'MODEL_SHA256 = "' + DIGEST + '"',
        "token = settings.token_key.get_secret_value()",
    ],
)
def test_what_is_no_secret_is_passed_over(line: str):
    assert list(SCAN["secrets_in"](line)) == []


def test_no_secret_lies_in_the_repository():
    assert list(SCAN["secrets"]()) == []
