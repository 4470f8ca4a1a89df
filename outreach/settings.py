"""Every setting, read once from the environment; the only reader of it.

Each field is ``OUTREACH_<FIELD>`` in the environment or in ``.env``, or a file named
after the field in ``OUTREACH_SECRETS_DIR``.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_ANY = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # nosec B104 - compared with


class Settings(BaseSettings):
    """Configuration of one process; loud when a value cannot be read."""

    model_config = SettingsConfigDict(
        env_prefix="OUTREACH_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        validate_by_name=True,
        secrets_dir=os.environ.get("OUTREACH_SECRETS_DIR") or None,
    )

    profile: Literal["embedded", "production"] = "embedded"
    """``embedded`` keeps everything in ``data_dir``; ``production`` needs addresses."""
    debug: bool = Field(
        default=False, validation_alias=AliasChoices("OUTREACH_DEBUG", "FLASK_DEBUG")
    )
    """Shows faults in full to whoever met them; production refuses to start with it."""
    log_format: Literal["auto", "json", "plain"] = "auto"
    """Form of the log: auto is plain on a terminal, and JSON everywhere else."""
    data_dir: Path = Path("var")
    """Folder of the database, the broker's socket, the keys and the sound files."""
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in ``data_dir``."""
    broker_url: str = ""
    """Celery broker address; empty means the embedded Valkey in ``data_dir``."""
    secret_key: SecretStr = SecretStr("")
    """Signs sessions and links; made on first start in the embedded profile."""
    data_key: SecretStr = SecretStr("")
    """64 hex digits that seal personal columns.

    While keys are rotated several, the newest first: ``2:digits,1:digits``.
    """
    index_key: SecretStr = SecretStr("")
    """64 hex digits under which blind indexes are made; never the data key."""
    token_key: SecretStr = SecretStr("")
    """64 hex digits that sign callback tokens and village links."""

    metrics_key: SecretStr = SecretStr("")
    """What a monitor sends as its bearer token to read /metrics; empty: nobody may."""

    host: str = "127.0.0.1"
    """Address that the web server listens on."""
    port: int = 8000
    """Port of the web server."""
    public_url: str = ""
    """Address under which providers and villages reach us, without a last slash."""
    web_threads: int = Field(default=32, ge=1)
    """Request threads of the web server; those that keep receipts commit together."""

    second_step: Literal["by_profile", "required", "offered"] = "by_profile"
    """Whether roles that see people must sign in with a second step.

    ``by_profile`` requires it in production and offers it elsewhere.
    """

    mixed_passwords: bool = False
    """Whether passwords need three kinds of signs, as protection level two asks."""
    password_days: int = Field(default=0, ge=0, le=366)
    """After so many days a password must be changed; 0 never asks, as is advised."""
    idle_minutes: int = Field(default=30, ge=5, le=60)
    """After so many minutes without a press a sign-in ends."""
    proof_minutes: int = Field(default=15, ge=1, le=60)
    """How long password or code count before revealing, releasing and confirming."""

    provider: str = "simulator"
    """The provider of new campaigns.

    One of simulator, twilio, aliyun, mas, yixintong and portal_file.
    """
    second_provider: str = ""
    """Carries what the first did not take, while that cannot; empty: nobody."""
    provider_rate: int = Field(default=0, ge=0)
    """Messages a second on the provider's line; 0 takes the provider's own limit."""
    lanes: int = Field(default=3, ge=1)
    """Lanes of a sending process: one of several is always at the database."""
    lease_seconds: int = 45
    """How long a claimed message may stay with a worker."""
    simulator_port: int = 8001
    """Port of the simulated provider, on loopback only."""
    simulator_url: str = ""
    """Address of the simulated provider; empty means this machine's port."""
    simulator_account: str = "AC" + "0" * 32
    """Account of the simulated provider."""
    simulator_secret: SecretStr = SecretStr("")
    """The simulated provider's auth token; made on first start."""
    twilio_account: str = ""
    """Twilio account SID; with it, the token and a sender, Twilio is ready."""
    twilio_secret: SecretStr = SecretStr("")
    """Twilio auth token."""
    twilio_sender: str = ""
    """Twilio sender: a number in E.164 or a messaging service (MG...)."""
    twilio_base_url: str = ""
    """Another base address for Twilio's API, for a proxy; empty means Twilio's own."""
    aliyun_key_id: str = ""
    """AccessKey id of Alibaba Cloud's short message service."""
    aliyun_secret: SecretStr = SecretStr("")
    """AccessKey secret of Alibaba Cloud's short message service."""
    aliyun_endpoint: str = "dysmsapi.aliyuncs.com"
    """Host of the short message service; with http:// in front, a proxy of your own."""
    mas_base_url: str = ""
    """Address of China Mobile's cloud MAS, as the contract names it."""
    mas_company: str = ""
    """Company name (ecName) of the MAS interface."""
    mas_account: str = ""
    """User (apId) of the MAS interface."""
    mas_secret: SecretStr = SecretStr("")
    """Password (secretKey) of the MAS interface's user."""
    mas_sign: str = ""
    """Code of the signature that was filed with MAS."""
    mas_extension: str = ""
    """Digits after the number that MAS sends from (addSerial); may be empty."""
    yixintong_base_url: str = ""
    """Address of China Unicom's Yixintong, as the contract names it."""
    yixintong_company: str = ""
    """Company code (SpCode) of the Yixintong interface."""
    yixintong_account: str = ""
    """User (LoginName) of the Yixintong interface."""
    yixintong_secret: SecretStr = SecretStr("")
    """Password of the Yixintong interface's user."""
    callback_key: SecretStr = SecretStr("")
    """Ends the address where carriers that sign nothing report; 24 letters or more."""
    callback_senders: str = ""
    """Networks (CIDR) that those carriers report from; empty lets in every sender."""
    low_balance: float = Field(default=100, ge=0)
    """Below this, in the account's own currency, a provider's balance is an alarm."""
    backup_hours: int = Field(default=26, ge=0)
    """A last backup older than this is an alarm; 0: nobody minds."""
    alarm_webhook: SecretStr = SecretStr("")
    """Address that alarms are posted to, as robots of WeCom and DingTalk give it."""

    voice: str = "kokoro"
    """Default voice: kokoro, google, espeak or tone."""
    voice_order: str = "kokoro"
    """Voices to fall back to, in order, separated by commas."""
    voice_threads: int = Field(default=2, ge=1)
    """Processor threads that one recording may use."""
    pace: float = Field(default=0.85, gt=0.4, lt=2)
    """Speaking pace; 1.0 is the voice's own."""

    demo_county: str = "510522"
    """County of the demonstration."""

    @property
    def shares(self) -> int:
        """Times the provider's ``in_flight`` that a process has under way."""
        return max(1, self.lanes - 1)

    @property
    def two_steps(self) -> bool:
        """Whether the second step is required."""
        by_profile = self.second_step == "by_profile" and self.profile == "production"
        return by_profile or self.second_step == "required"

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address in force."""
        return (
            self.database_url
            or f"sqlite+pysqlite:///{self.data_dir.resolve() / 'outreach.db'}"
        )

    @property
    def socket_path(self) -> Path:
        """The embedded broker's unix socket.

        It lies in the system's folder for temporary files, under a name made from the
        data folder: a socket's path may hold 107 bytes, and no spaces in an address.
        """
        name = sha256(str(self.data_dir.resolve()).encode()).hexdigest()[:16]
        return Path(gettempdir()) / f"outreach-{name}" / "valkey.sock"

    @property
    def broker_address(self) -> str:
        """The Celery broker address in force."""
        return self.broker_url or f"redis+socket://{self.socket_path}"

    @property
    def media_dir(self) -> Path:
        """Folder of clips and packs."""
        return self.data_dir.resolve() / "media"

    @property
    def own_url(self) -> str:
        """Address that callbacks and links are made with."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def local_url(self) -> str:
        """Address of the web server for processes on this machine."""
        host = "127.0.0.1" if self.host in _ANY else self.host
        return f"http://{host}:{self.port}"

    def heard_at(self, provider: str) -> str:
        """Where ``provider`` reports to and fetches clips from.

        The simulated carrier beside us needs no public address: what is practised
        does not leave the machine to come back.
        """
        beside = provider == "simulator" and not self.simulator_url
        return self.local_url if beside else self.own_url

    @property
    def simulator_address(self) -> str:
        """Address of the simulated provider."""
        return self.simulator_url or f"http://127.0.0.1:{self.simulator_port}"


def inherited(**more: str) -> dict[str, str]:
    """This process's environment with ``more``, for a child process."""
    return {**os.environ, **more}


def in_english() -> bool:
    """Whether the shell's locale asks for English; Chinese is what we speak first."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return chosen.lower().startswith("en")
