"""Where the service keeps its files, and where it listens.

One data directory holds everything: keystore, database, metrics and the token that reads them.
Secrets are not settings; they live in the keystore (server/keystore.py).
"""

from dataclasses import dataclass
from pathlib import Path

BODY_LIMIT = 64 * 1024
"""Largest request body in octets, on every path but those in `BODY_LIMITS`."""

BODY_LIMITS = {"sync": 1024 * 1024}
"""Larger limits, by the last part of the path: a door hands over its whole queue at once."""

NONCE_SECONDS = 300
"""How long a nonce for issuance lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The layout of one data directory and the address to listen on.

    beacon: the address of a relay from which rounds of the public beacon are fetched for polls
    whose lot is one; without it they are handed in.
    """

    data_directory: Path
    host: str = "127.0.0.1"
    port: int = 8000
    beacon: str | None = None

    @property
    def keystore_file(self) -> Path:
        """The encrypted secret keys."""
        return self.data_directory / "keystore.json"

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return self.data_directory / "symbolon.db"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        return f"sqlite:///{self.database_file}"

    @property
    def anchor_file(self) -> Path:
        """What was published and believed last; see server/agreement/anchor.py."""
        return self.data_directory / "anchor.json"

    @property
    def published_file(self) -> Path:
        """All that was published for everyone, beside the database: what brings an older one up."""
        return self.data_directory / "published.jsonl"

    @property
    def serve_lock(self) -> Path:
        """Held by the one `serve` that runs on this directory."""
        return self.data_directory / "serve.lock"

    @property
    def backups_directory(self) -> Path:
        """The backups that are made by themselves, before a change that loses something."""
        return self.data_directory / "backups"

    @property
    def metrics_directory(self) -> Path:
        """Where the workers keep the counters that they share; emptied at every start."""
        return self.data_directory / "metrics"

    @property
    def metrics_token_file(self) -> Path:
        """The bearer token that reads /metrics."""
        return self.data_directory / "metrics-token"

    @property
    def exists(self) -> bool:
        """Whether the directory holds a community."""
        return self.keystore_file.is_file() and self.database_file.is_file()
