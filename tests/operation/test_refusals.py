"""Production refuses to start unsafely, each time with one clear sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaigns import privacy
from outreach import cli
from outreach.production import refusals
from outreach.settings import Settings

KEYS = {name: os.urandom(32).hex() for name in ("secret", "data", "index", "token")}
FIT = {
    "profile": "production",
    "database_url": "postgresql+psycopg://outreach:x@/outreach?host=/run/outreach",
    "broker_url": "redis+socket:///run/outreach/valkey.sock",
    "provider": "portal_file",
    **{f"{name}_key": value for name, value in KEYS.items()},
}
AWAY = "postgresql+psycopg://outreach:geheim@db.example.cn/outreach"
UNFIT = {
    "no secret key": {"secret_key": ""},
    "no data key": {"data_key": ""},
    "no index key": {"index_key": ""},
    "no token key": {"token_key": ""},
    "a short key": {"data_key": "ab12" * 4},
    "a key of one digit": {"token_key": "0" * 64},
    "a guessable key of the monitor": {"metrics_key": "geheim"},
    "a pattern": {"secret_key": "0123456789abcdef" * 4},
    "one key twice": {"index_key": KEYS["data"]},
    "no database": {"database_url": ""},
    "not PostgreSQL": {"database_url": "sqlite:///outreach.db"},
    "no address at all": {"database_url": "somewhere"},
    "a remote database in the clear": {"database_url": AWAY},
    "a remote database, if it likes": {"database_url": f"{AWAY}?sslmode=prefer"},
    "a remote database, whoever it is": {"database_url": f"{AWAY}?sslmode=require"},
    "a second host of many": {
        "database_url": "postgresql+psycopg://x:y@/o?host=/run/db,10.0.0.7"
    },
    "an address beside the host": {
        "database_url": "postgresql+psycopg://x:y@localhost/o?hostaddr=10.0.0.7"
    },
    "no broker": {"broker_url": ""},
    "a remote broker in the clear": {"broker_url": "redis://:geheim@10.0.0.7:6379/0"},
    "a remote broker, whoever it is": {
        "broker_url": "rediss://10.0.0.7/0?ssl_cert_reqs=CERT_NONE"
    },
    "debug": {"debug": True},
    "Alibaba Cloud abroad": {"aliyun_endpoint": "dysmsapi.ap-southeast-1.aliyuncs.com"},
}
ALSO_FIT = {
    "Alibaba Cloud at home": {"aliyun_endpoint": "dysmsapi.cn-hangzhou.aliyuncs.com"},
    "as compose runs it": {},
    "a database next door": {
        "database_url": "postgresql+psycopg://outreach:x@127.0.0.1/outreach"
    },
    "a remote database, encrypted": {"database_url": f"{AWAY}?sslmode=verify-full"},
    "a broker next door": {"broker_url": "redis://[::1]:6379/0"},
    "a remote broker, encrypted": {"broker_url": "rediss://10.0.0.7:6379/0"},
    "what a page opens": {"provider": "twilio", "voice": "google"},
}


def given(**changed: object) -> Settings:
    return Settings(_env_file=None, **{**FIT, **changed})


@pytest.mark.parametrize("changed", UNFIT.values(), ids=UNFIT)
def test_what_is_unsafe_is_refused_in_one_sentence(changed: dict[str, object]) -> None:
    (refusal,) = refusals(given(**changed))
    said = str(refusal)
    assert said.endswith("。")
    assert "geheim" not in said
    assert not any(value in said for value in KEYS.values())


@pytest.mark.parametrize("changed", ALSO_FIT.values(), ids=ALSO_FIT)
def test_what_is_safe_may_start(changed: dict[str, object]) -> None:
    assert refusals(given(**changed)) == []


def test_an_office_computer_is_asked_to_stay_in_the_country() -> None:
    assert refusals(Settings(_env_file=None, debug=True)) == []
    abroad = {"aliyun_endpoint": "dysmsapi.us-east-1.aliyuncs.com"}
    assert len(refusals(Settings(_env_file=None, **abroad))) == 1


@pytest.mark.parametrize("command", ["web", "worker", "beat", "migrate", "check"])
def test_every_process_ends_with_1(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    keyring: privacy.Keyring,
) -> None:
    monkeypatch.chdir(tmp_path)
    host = "dysmsapi.ap-southeast-1.aliyuncs.com"
    weak = {**FIT, "token_key": "0" * 64, "aliyun_endpoint": host, "debug": "1"}
    for name, value in weak.items():
        monkeypatch.setenv(f"OUTREACH_{name.upper()}", value)
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setattr("sys.argv", ["outreach", command])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    privacy.unlock(keyring)
    assert ended.value.code == 1
    said = "".join(capsys.readouterr())
    for word in ("OUTREACH_TOKEN_KEY", "FLASK_DEBUG", host):
        assert said.count(word) == 1, said


def test_a_start_from_the_shell_is_refused_in_english_too(tmp_path: Path) -> None:
    environment = {f"OUTREACH_{n.upper()}": str(v) for n, v in FIT.items()}
    environment |= {
        "LANG": "en_GB.UTF-8",
        "FLASK_DEBUG": "1",
        "PATH": os.environ["PATH"],
    }
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    ended = subprocess.run(
        [sys.executable, "-m", "outreach", "web"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "Switch it off." in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_an_office_computer_is_checked_part_by_part(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    keyring: privacy.Keyring,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTREACH_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("OUTREACH_VOICE", "tone")
    monkeypatch.setattr("sys.argv", ["outreach", "migrate"])
    with pytest.raises(SystemExit):
        cli.main()
    monkeypatch.setattr("sys.argv", ["outreach", "check", "--json"])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    privacy.unlock(keyring)
    told = json.loads(capsys.readouterr().out)
    levels = {part["part"]: part["level"] for part in told["parts"]}
    # Nothing runs here, so that only the queue is missed, and with words how to mend.
    assert ended.value.code == 1
    assert [name for name, level in levels.items() if level == "bad"] == ["broker"]
    assert set(levels) >= {
        *("settings", "keys", "database", "tables", "register"),
        *("clock", "broker", "provider", "voice", "disk"),
    }
    assert all(part["mend"] for part in told["parts"] if part["level"] != "ok")
