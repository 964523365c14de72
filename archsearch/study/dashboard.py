"""How to look at a storage with optuna-dashboard, beside archsearch's own report."""

from __future__ import annotations

from archsearch.printable import shell_command
from archsearch.records.storage_secrets import has_password, stripped
from archsearch.records.storage_url import driver_url

__all__ = ["dashboard_command"]


def dashboard_command(storage: str, artifacts: str | None) -> str:
    """The command that serves the storage to a browser, as it stands; no password is in it.

    Args:
        storage: URL of the database.
        artifacts: the folder of pictures, if any.

    Example:
        >>> print(dashboard_command("sqlite:///runs/studies.db", "runs/artifacts"))
        optuna-dashboard sqlite:///runs/studies.db --artifact-dir runs/artifacts
        >>> print(dashboard_command("postgresql://ann:pw@db/nets", None))
        PGPASSWORD=... optuna-dashboard postgresql+psycopg://ann@db/nets
    """
    words = ["optuna-dashboard", driver_url(stripped(storage))]
    words += [] if artifacts is None else ["--artifact-dir", artifacts]
    secret = "PGPASSWORD=... " if has_password(storage) else ""
    return secret + shell_command(words)
