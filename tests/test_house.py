"""Promises between files that no program reads together."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from pydantic import SecretStr

from outreach.cli import cli
from outreach.settings import Settings
from outreach.tasks import QUEUES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md")]
FIELDS = {f"OUTREACH_{name.upper()}" for name in Settings.model_fields}
# Read before the settings are, or by docker compose alone.
BESIDE = {"OUTREACH_SECRETS_DIR", "OUTREACH_VERSION"}
OURS = ("migrate", "web", "worker", "recorder", "beat")
TRUE = shutil.which("true") or "/bin/true"
NOT_PRINTED = {
    *(".png", ".jpg", ".webp", ".f32", ".bin"),
    *(".xlsx", ".xls", ".ods", ".mp3", ".wav"),
}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(read("docker-compose.yml"))


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file that a commit would hold."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no git checkout here, so no list of the repository's files")
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def subcommand(name: str) -> click.Command | None:
    return cli.get_command(click.Context(cli), name)


def copied(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(read(name))


def consumed(service: dict[str, Any]) -> set[str]:
    command = service["command"]
    return set(command[command.index("--queues") + 1].split(","))


def test_what_compose_sets_is_a_setting(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert set(compose["services"][name]["environment"]) - BESIDE <= FIELDS, name


def test_what_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", read("docker-compose.yml")))
    assert asked <= FIELDS | BESIDE


def test_a_secret_of_compose_is_a_setting_and_is_made(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    for name in OURS:
        for secret in compose["services"][name]["secrets"]:
            seen_as = secret if isinstance(secret, str) else secret["target"]
            assert seen_as.upper() in FIELDS
    copied(tmp_path, "scripts/secrets.sh")
    made = subprocess.run(
        ["sh", "scripts/secrets.sh"], cwd=tmp_path, capture_output=True, check=True
    ).stdout.decode()
    for secret in compose["secrets"].values():
        assert f"made {secret['file']}\n" in made


def test_a_process_is_no_owner_of_the_tables(compose: dict[str, Any]) -> None:
    """The web is the user whose rows are limited; only migrating may make tables."""
    owner, services = "outreach_database_url", compose["services"]
    given = {
        (name, *((s, s) if isinstance(s, str) else (s["source"], s["target"])))
        for name in OURS
        for s in services[name]["secrets"]
    }
    users = {name: source for name, source, target in given if target == owner}
    others = dict.fromkeys(OURS, "worker_database_url")
    assert users == {**others, "web": "web_database_url", "migrate": owner}
    made = read("scripts/roles.sh")
    assert "for role in web worker" in made
    assert "CREATE ROLE outreach_$role LOGIN" in made


def test_compose_runs_commands_that_exist(compose: dict[str, Any]) -> None:
    for name in OURS:
        verb, *options = compose["services"][name]["command"]
        command = subcommand(verb)
        assert command, verb
        known = {flag for option in command.params for flag in option.opts}
        assert {option for option in options if option.startswith("-")} <= known
    default = re.search(r'^CMD \["(\w+)"\]$', read("Dockerfile"), re.MULTILINE)
    assert default
    assert subcommand(default[1])


def test_every_queue_is_served_and_recording_by_itself(compose: dict[str, Any]) -> None:
    worker = consumed(compose["services"]["worker"])
    recorder = consumed(compose["services"]["recorder"])
    assert worker | recorder == set(QUEUES)
    assert not worker & recorder, "speech would stand before messages"


SERVICES = ("db", "redis", *OURS)
SECRET_NAMES = ("_KEY", "_SECRET", "PASSWORD", "DATABASE_URL", "WEBHOOK")
CONFINED: dict[str, Callable[[dict[str, Any]], object]] = {
    "comes back": lambda s: s["restart"] in {"unless-stopped", "on-failure"},
    "is nobody's root": lambda s: all(
        int(part) > 0 for part in s["user"].split(":", 1)
    ),
    "cannot change its files": lambda s: s["read_only"] is True,
    "writes to memory": lambda s: all(
        {"noexec", "nosuid", "nodev"} <= set(each.partition(":")[2].split(","))
        and "size=" in each
        for each in s["tmpfs"]
        if each.startswith("/tmp:")
    ),
    "has no capability": lambda s: s["cap_drop"] == ["ALL"] and "cap_add" not in s,
    "gains no right": lambda s: "no-new-privileges:true" in s["security_opt"],
    "has limits": lambda s: s["mem_limit"] and s["cpus"] and s["pids_limit"],
    "fills no disk with logs": lambda s: s["logging"]["options"]["max-file"],
    "tells whether it is well": lambda s: (
        s["healthcheck"].get("test")
        or (s["command"] == ["migrate"] and s["healthcheck"]["disable"])
    ),
    "is no part of the host": lambda s: (
        not {
            *("privileged", "network_mode", "pid", "ipc", "devices", "env_file"),
        }
        & set(s)
        and "docker.sock" not in str(s["volumes"])
    ),
    "is reached from here alone": lambda s: all(
        port.startswith("127.0.0.1:") for port in s.get("ports", [])
    ),
    "is told its secrets by file": lambda s: (
        s["secrets"]
        and not any(name.endswith(SECRET_NAMES) for name in s["environment"])
    ),
}
EXEMPT = {("redis", "is told its secrets by file"): "it has none, and no network"}


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("what", CONFINED)
def test_a_service_is_confined(compose: dict[str, Any], name: str, what: str) -> None:
    if (name, what) in EXEMPT:
        assert not compose["services"][name].get("secrets")
        assert compose["networks"]["inside"]["internal"]
        return
    assert CONFINED[what](compose["services"][name]), f"{name}: {what}"


def test_compose_names_no_other_service_and_no_project(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == set(SERVICES)
    assert "name" not in compose, "older docker-compose refuses a top-level name"


def test_database_and_queue_have_no_way_out(compose: dict[str, Any]) -> None:
    for name in ("db", "redis"):
        assert compose["services"][name]["networks"] == ["inside"]
        assert "ports" not in compose["services"][name]


def test_a_sign_of_life_is_the_file_that_workers_touch(compose: dict[str, Any]) -> None:
    for name in ("worker", "recorder", "beat"):
        test = compose["services"][name]["healthcheck"]["test"][1]
        assert re.search(r"/tmp/([a-z-]+)", test)[1] in read("outreach/worker.py")


UNITS = sorted((ROOT / "deploy").glob("*.service"))
HARDENED = {
    *("User=outreach", "NoNewPrivileges=true", "ProtectSystem=strict"),
    *("ProtectHome=true", "PrivateTmp=true", "PrivateDevices=true"),
    *("CapabilityBoundingSet=", "RestrictNamespaces=true", "UMask=0077"),
    *("SystemCallFilter=@system-service", "SystemCallFilter=~@privileged"),
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_confined_and_runs_a_command_that_exists(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    assert set(lines) >= HARDENED
    assert any(line.startswith("MemoryMax=") for line in lines)
    (start,) = [line for line in lines if line.startswith("ExecStart=")]
    verb = re.search(r"/\.venv/bin/outreach (\w+)", start)
    assert verb
    assert subcommand(verb[1])


def test_a_unit_that_stops_comes_back_and_stops_in_time() -> None:
    told = dict(
        line.split("=", 1)
        for line in read("deploy/outreach.service").splitlines()
        if "=" in line
    )
    assert (told["Restart"], told["TimeoutStopSec"]) == ("always", "60")


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Where there is no systemd its grammar is read as that of any such file."""
    units = sorted((ROOT / "deploy").glob("outreach*"))
    assert {path.suffix for path in units} == {".service", ".timer"}
    for path in units:
        there = path.read_text("utf-8").replace(
            "/srv/outreach/.venv/bin/outreach", TRUE
        )
        (tmp_path / path.name).write_text(there)
    known = shutil.which("systemd-analyze")
    if known:
        names = [str(tmp_path / path.name) for path in units]
        told = subprocess.run(
            [known, "verify", "--man=no", *names],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (told.returncode, told.stderr) == (0, "")
    for path in units:
        parser = ConfigParser(strict=False, interpolation=None, delimiters="=")
        parser.read(tmp_path / path.name)
        assert parser["Unit"]["Description"]


def test_the_image_does_not_run_as_root() -> None:
    lines = read("Dockerfile").splitlines()
    last = [line for line in lines if line.startswith("USER ")][-1]
    assert last == "USER outreach"


def test_the_example_lists_every_setting_with_its_default() -> None:
    listed = dict(
        re.findall(r"^#?(OUTREACH_\w+)=(.*)$", read(".env.example"), re.MULTILINE)
    )
    assert set(listed) - BESIDE == FIELDS
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        assert listed[f"OUTREACH_{name.upper()}"] == str(default), name


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_is_hashed_and_names_no_host(name: str) -> None:
    text = read(f"requirements/{name}")
    assert not re.search(r"://|--index|--find-links| @ |file:", text)
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in entry
        assert "--hash=sha256:" in entry


def test_the_locks_hold_what_the_project_names() -> None:
    def wanted(part: str) -> set[str]:
        found = re.search(
            rf"^{part} = \[$(.*?)^\]$", read("pyproject.toml"), re.MULTILINE | re.DOTALL
        )
        assert found
        names = re.findall(r'^  "([A-Za-z0-9._-]+)', found[1], re.MULTILINE)
        return {re.sub(r"[-_.]+", "-", entry).lower() for entry in names}

    def locked(name: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9-]+)==", read(f"requirements/{name}"), re.MULTILINE)
        )

    assert wanted("dependencies") <= locked("run.txt")
    assert wanted("dependencies") | wanted("dev") <= locked("dev.txt")


def test_no_file_names_this_machine_or_a_registry(tracked: list[Path]) -> None:
    # Written in pieces, so that this file does not hold what it looks for.
    hosts = ["py" + "pi.org", "python" + "hosted", "npm" + "js.org", "deb." + "debian"]
    folders = ["/wo" + "rk/", "/ro" + "ot/", "/opt/" + "wheels", "/opt/" + "pypi"]
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in tracked
        if path.suffix not in NOT_PRINTED
        for needle in hosts + folders
        if needle in path.read_bytes().decode("utf-8", "replace")
    ]
    assert found == []


def test_the_pages_name_targets_of_make_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))
    assert {"demo", "test", "lint", "help", "sbom", "wheels"} <= targets
    for page in PAGES:
        text = page.read_text("utf-8")
        named = re.findall(r"(?:`|&& |^)make ([a-z-]+)", text, re.MULTILINE)
        assert set(named) <= targets, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_names_commands_and_options_that_exist(page: Path) -> None:
    lines = re.findall(
        r"(?:`|bin/|&& |(?:web|worker) )outreach ([a-z-]+[^`\n|]*)",
        page.read_text("utf-8"),
    )
    for line in lines:
        command: click.Command | None = cli
        words = line.split()
        while isinstance(command, click.Group) and words and words[0][0] != "-":
            name = words.pop(0).rstrip(".,;:")
            command = command.get_command(click.Context(command), name)
            assert command, f"outreach {line}"
        known = {flag for each in command.params for flag in each.opts}
        known |= {"--help"}
        for word in words:
            if word.startswith("--"):
                assert word.rstrip(".,;:") in known, f"outreach {line}"


def test_every_path_that_the_pages_name_exists() -> None:
    ours = (
        r"`((?:audio|campaigns|deploy|outreach|tests|scripts|requirements)/[\w/.-]*)`"
    )
    for page in PAGES:
        for name in re.findall(ours, page.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


def test_every_link_of_the_pages_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.sh")), ids=str)
def test_a_script_can_be_read_by_a_plain_shell(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)


def test_an_old_python_is_refused_in_both_languages(tmp_path: Path) -> None:
    copied(tmp_path, "scripts/environment.sh", "requirements/run.txt")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "cat", "cksum", "dirname"):
        (tools / tool).symlink_to(shutil.which(tool) or "missing")
    refused = subprocess.run(
        [tools / "sh", "scripts/environment.sh", "run"],
        cwd=tmp_path,
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "没有找到 Python 3.11" in refused.stderr
    assert "apt-get install -y python3" in refused.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.xdist_group("together")
def test_a_group_is_known_to_who_shares_the_tests_out(
    request: pytest.FixtureRequest,
) -> None:
    """Else each test process would make the running stacks for itself."""
    shared_out = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@together") is bool(shared_out)
