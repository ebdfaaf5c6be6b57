"""The settings object: names, defaults and what each one means."""

from pathlib import Path
from socket import gethostname
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.settings.secrets import SecretFiles, with_password
from shared.settings.values import (
    BlobUrl,
    CollectorUrl,
    DatabaseUrl,
    JobQueues,
    LongKey,
    Networks,
    OptionalFile,
    OptionalFolder,
    Origins,
    Ports,
    RedisUrl,
)


class Settings(BaseSettings):
    """Settings of one process; immutable. Raises pydantic's ValidationError for a value it cannot use."""

    # A complaint about a url or a key must not show it.
    model_config = SettingsConfigDict(
        env_prefix="ROLLCALL_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    http_host: str = Field("127.0.0.1", description="Address the gateway listens on.")
    http_port: int = Field(8000, ge=0, le=65535, description="Port the gateway listens on.")
    gateway_threads: int = Field(
        32, ge=5, description="Requests the gateway works on at once; a waiting sync request holds one."
    )
    drain_seconds: float = Field(
        4,
        ge=0,
        description="How long a gateway or model worker that is stopped goes on with what is under way.",
    )
    behind_tls: bool = Field(
        False, description="Callers come by https, through a proxy: browsers are told to keep to it."
    )
    cors_origins: Origins = Field(
        (), description="Origins, comma separated, whose pages may call the gateway: `https://app.example`."
    )
    console: bool = Field(True, description="Serve the console, a page for people, at `/console`.")
    data_dir: Path = Field(
        Path(".rollcall"), description="Folder of the database, the blobs, the embedded Redis and the keys."
    )
    database_url: DatabaseUrl = Field(
        "", description="`postgresql+psycopg://…`, or empty for an SQLite file in the data dir.", repr=False
    )
    database_password: str = Field(
        "", description="Password of the database, as it is; empty: what its URL has.", repr=False
    )
    redis_url: RedisUrl = Field(
        "",
        description="`redis://…` or, by TLS, `rediss://…`; empty for the server that `make run` starts.",
        repr=False,
    )
    redis_password: str = Field(
        "", description="Password of the Redis server, as it is; empty: what its URL has.", repr=False
    )
    redis_ca_file: OptionalFile = Field(
        None, description="Certificates that a `rediss://` server is checked by; none: those of the system."
    )
    redis_cert_file: OptionalFile = Field(
        None, description="Certificate to show to a `rediss://` server that asks for one."
    )
    redis_key_file: OptionalFile = Field(None, description="Private key of that certificate.")
    blob_url: BlobUrl = Field(
        "",
        description="Where audio waits for a worker: `s3://bucket/prefix`, or empty for a folder.",
        repr=False,
    )
    model_pack: str = Field(
        "embedded", description="`embedded`, `community-1`, or a folder like one of them."
    )
    model_dir: Path = Field(Path(".models"), description="Folder that holds the model packs.")
    bootstrap_api_key: LongKey = Field(
        "", description="Key of the first tenant; empty: one is generated.", repr=False
    )
    master_key_file: OptionalFile = Field(
        None, description="File with the key that wraps the tenants' keys; none: one in the data dir is made."
    )
    previous_master_key_file: OptionalFile = Field(
        None,
        description="File with earlier master keys, one a line, until all keys are rewrapped.",
    )
    egress_allow: Networks = Field(
        (), description="CIDRs, comma separated, that webhooks and audio urls may reach although not public."
    )
    egress_deny: Networks = Field(
        (),
        description="CIDRs, comma separated, that they may not reach although public: this machine's own "
        "public address, a private NAT64 prefix. Comes before what is allowed.",
    )
    egress_ports: Ports = Field(
        "80,443,8080,8443",
        validate_default=True,
        description="Ports, comma separated, on which public addresses may be reached by webhooks and audio "
        "urls; opened networks on any.",
    )
    enroll_reject_seconds: float = Field(6, ge=0, description="Enrolment audio with less speech is refused.")
    enroll_complete_seconds: float = Field(
        12, ge=0, description="Speech in total from which a speaker is completely enrolled."
    )
    match_target_false_accept: float = Field(
        0.01,
        gt=0,
        le=0.5,
        description="How likely a stranger's voice may get a name, of all those looked for.",
    )
    match_margin: float = Field(
        1.0, ge=0, description="A voice that scores less than so many nats above the next name gets none."
    )
    max_audio_seconds: float = Field(14_400, gt=0, description="Longer recordings are refused.")
    max_content_bytes: int = Field(64 * 1024 * 1024, gt=0, description="Larger audio is refused.")
    body_seconds: float = Field(120, gt=0, description="A request's body must have arrived after so long.")
    sync_wait_seconds: float = Field(
        300, gt=0, description="How long a synchronous request waits for its answer."
    )
    job_attempts: int = Field(3, ge=1, description="How often a job is started before it fails for good.")
    job_stale_seconds: float = Field(
        20, gt=1, description="A claim without a heartbeat for so long is taken from its worker."
    )
    job_time_limit_seconds: float = Field(
        14_400, ge=1, description="A job that is worked on for so long fails."
    )
    audio_retention_seconds: float = Field(
        0, ge=0, description="How long a job's audio is kept after its end; 0: it is deleted at once."
    )
    orphan_seconds: float = Field(600, ge=1, description="Audio that no job has had for so long is deleted.")
    sweep_interval_seconds: float = Field(
        5, gt=0, description="How often due deliveries and lost jobs are looked for."
    )
    job_voices_days: float = Field(
        30,
        ge=0,
        description="How long a job's voices can be enrolled by reference and compared again; 0: not kept.",
    )
    recognise_strangers: bool = Field(
        False,
        description="Strangers keep their labels from one recording to the next, where a tenant's policy "
        "says nothing else. Those are biometrics of people who were not asked: see privacy.md.",
    )
    requests_per_minute: int = Field(
        6000,
        ge=0,
        description="Requests that a tenant may send in a minute, if nothing else is set for him; 0: any.",
    )
    max_waiting_jobs: int = Field(
        100_000, ge=1, description="Asynchronous jobs that may wait in all; more are refused with 503."
    )
    max_waiting_jobs_per_tenant: int = Field(
        20_000,
        ge=0,
        description="Asynchronous jobs of a tenant that may wait, if nothing else is set for him; else 429.",
    )
    webhooks_per_host: int = Field(
        4, ge=1, description="How many webhooks are sent to one host at once, by all workers together."
    )
    webhooks_per_tenant: int = Field(
        16, ge=1, description="How many webhooks of one tenant are sent at once, by all workers together."
    )
    worker_queues: JobQueues = Field(
        "sync,enroll,async",
        validate_default=True,
        min_length=1,
        description="Queues, comma separated, that a model worker takes jobs from.",
    )
    torch_threads: int = Field(0, ge=0, description="CPU threads of a worker's model; 0: one per core.")
    worker_host: str = Field(
        default_factory=gethostname, description="Name of the machine, as `/readyz` and the logs show it."
    )
    otlp_endpoint: CollectorUrl = Field(
        "",
        description="Collector that traces are sent to by OTLP over HTTP, e.g. `http://127.0.0.1:4318`; "
        "empty: there are none. Needs `rollcall[tracing]`.",
        repr=False,
    )
    metrics_token_file: OptionalFile = Field(
        None, description="File with the token that `/metrics` asks for; none: one in the data dir is made."
    )
    metrics_host: str = Field("127.0.0.1", description="Address of a worker's port for Prometheus.")
    metrics_port: int = Field(
        0,
        ge=0,
        le=65534,
        description="A worker's port for Prometheus, without a token; 0: none. `make run` gives the delivery "
        "worker the next one.",
    )
    secrets_dir: OptionalFolder = Field(
        None,
        description="Folder of files that are called as these variables are, and hold what no variable sets.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours knows the folder by itself
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What comes first counts."""
        return init_settings, env_settings, dotenv_settings, SecretFiles(settings_cls)

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL with the default filled in."""
        default = f"sqlite:///{self.data_dir.resolve() / 'rollcall.db'}"
        return with_password(self.database_url, self.database_password) or default

    @property
    def broker_url(self) -> str:
        """The Redis server's URL. Raises ValueError where none is set: only `make run` can start its own."""
        if not self.redis_url:
            raise ValueError("ROLLCALL_REDIS_URL is empty: set it, or start everything with `make run`.")
        return with_password(self.redis_url, self.redis_password)

    @property
    def blob_root(self) -> str:
        """The blob store's URL with the default filled in."""
        return self.blob_url or str(self.data_dir.resolve() / "blobs")

    @property
    def pack_dir(self) -> Path:
        """Folder of the model pack in use."""
        named = self.model_dir / self.model_pack
        return named if "/" not in self.model_pack else Path(self.model_pack)


def load_settings(env_file: str | None = ".env") -> Settings:
    """Read the environment, and below it `.env` of the working folder where there is one."""
    return Settings(_env_file=env_file)  # type: ignore[call-arg]
