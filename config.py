"""Settings of one running fairapp, typed, read once from the environment.

Entry points (`wsgi.py`, `celery_worker.py`, the `flask` command) build them and hand
them to `fairapp.create_app`; nothing else reads the environment.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET_KEY = 32


class Settings(BaseSettings):
    """What an operator may set; every name is an environment variable of the same name."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    port: int = 8000
    fairapp_var: Path = Path("var")
    database_url: str | None = None
    redis_url: str | None = None
    mail_url: SecretStr | None = None
    mail_from: str = "fairapp <no-reply@fairapp.example>"
    secret_key: SecretStr = Field(default=SecretStr(""))
    secret_key_fallbacks: list[SecretStr] = []
    public_url: str = "http://localhost:8000"
    fairapp_demo: bool = False
    trusted_hosts: list[str] = []
    proxy_count: int = 0
    metrics_allow: list[str] = ["127.0.0.1", "::1"]
    open_data_licence: str = "https://creativecommons.org/licenses/by/4.0/"

    @model_validator(mode="after")
    def _refuse_weak_key(self) -> Self:
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET_KEY:
            raise ValueError(f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET_KEY} characters")
        return self

    @property
    def var(self) -> Path:
        """Folder of all state, absolute."""
        return self.fairapp_var.resolve()

    @property
    def database(self) -> str:
        """URL of the database; SQLite in the state folder unless DATABASE_URL says otherwise."""
        return self.database_url or f"sqlite:///{self.var / 'fairapp.sqlite3'}"

    @property
    def broker(self) -> str:
        """URL of the broker; the embedded server's socket unless REDIS_URL says otherwise."""
        if self.redis_url:
            return self.redis_url
        return f"redis+socket://{self.broker_socket}?virtual_host=0"

    @property
    def broker_socket(self) -> Path:
        """Socket of the embedded broker, in a short path: the kernel allows 108 bytes."""
        pointer = self.var / "broker.socket-path"
        if pointer.is_file():
            return Path(pointer.read_text("utf-8").strip())
        return self.var / "broker.sock"

    @property
    def is_secure(self) -> bool:
        """Whether people reach this instance over https."""
        return self.public_url.startswith("https://")


class _Place(BaseSettings):
    """Where the state lies, known before anything else is."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    fairapp_var: Path = Path("var")


def settings_beside_run() -> Settings:
    """Return settings for a command that runs beside `make run`, from a shell that knows nothing of it.

    What `make run` left in the state folder counts where the environment says nothing.
    """
    left_by_run = _Place().fairapp_var / "instance.env"
    return Settings(_env_file=(".env", left_by_run))
