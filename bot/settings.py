"""The only reader of environment variables (all begin with VEIVISER_)."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]


class Mode(str, Enum):
    """Demo makes its own keys and shows demo data; production refuses to start without keys of its own."""

    DEMO = "demo"
    PRODUCTION = "production"


class Messages(str, Enum):
    """How Telegram's messages come: asked for again and again, or brought to the public address."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class SettingsError(Exception):
    """A setting is missing or unusable; the text says which and what to do."""


class Settings(BaseSettings):
    """Everything that differs between two installations. Each field is the variable VEIVISER_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="VEIVISER_", extra="ignore")

    mode: Mode = Mode.DEMO
    home: Path = ROOT / ".veiviser"
    data: Path = ROOT / "data"
    models: Path = ROOT / "models"
    database_url: str = ""
    tracker_url: str = ""
    text_key: str = ""
    rasa_url: str = ""
    rasa_token: str = ""
    actions_url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    rasa_port: int = Field(5005, ge=1, le=65535)
    actions_port: int = Field(5055, ge=1, le=65535)
    behind_https: bool = False
    public_url: str = ""
    default_language: str = "nb"
    longest_message: int = Field(1000, ge=50)
    messages_per_minute: int = Field(40, ge=1)
    messages_per_address: int = Field(600, ge=1)
    rasa_timeout: float = Field(20.0, gt=0)
    telegram_token: str = ""
    telegram_mode: Messages = Messages.POLLING
    telegram_secret: str = ""
    telegram_api: str = "https://api.telegram.org"
    whatsapp_token: str = ""
    whatsapp_number_id: str = ""
    whatsapp_app_secret: str = ""
    whatsapp_verify_token: str = ""
    whatsapp_template: str = ""
    whatsapp_api: str = "https://graph.facebook.com/v23.0"
    workers: int = Field(4, ge=1, le=64)
    speech_model: str = ""

    @property
    def database(self) -> str:
        """The SQLAlchemy address of our tables; a file in the home folder by default."""
        return self.database_url or f"sqlite:///{self.home / 'veiviser.db'}"

    @property
    def tracker(self) -> str:
        """The SQLAlchemy 1.4 address of Rasa's recent trackers."""
        return self.tracker_url or f"sqlite:///{self.home / 'rasa.db'}"

    @property
    def rasa(self) -> str:
        """Where Rasa answers."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions(self) -> str:
        """Where the action server answers."""
        return self.actions_url or f"http://127.0.0.1:{self.actions_port}/webhook"

    @property
    def public(self) -> str:
        """The address at which participants reach the web chat, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def key(self, name: str) -> str:
        """A secret key: from its variable, in demo mode else from a file in the home folder, made once.

        Raises SettingsError outside demo mode when the variable is not set.
        """
        given = str(getattr(self, name))
        if given:
            return given
        if self.mode is not Mode.DEMO:
            raise SettingsError(
                f"VEIVISER_{name.upper()} is not set. Make one with `veiviser new-key`, set it, and keep it safe: "
                "stored messages cannot be read without it."
            )
        return _kept_key(self.home / f"{name}.txt")


def _kept_key(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(Fernet.generate_key().decode())
    return file.read_text().strip()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()  # type: ignore[call-arg]
