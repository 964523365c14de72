"""A real PostgreSQL server in a folder of its own, started and stopped by the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

__all__ = ["PASSWORD", "Server", "programs", "remove", "start_server"]

PASSWORD = "s3cret&pass"  # noqa: S105  it must never be seen in any output
USER = "searcher"


class Server:
    """One server on a loopback port, with password logins only.

    Args:
        folder: its data; owned by the user it runs as.
        bin: where its programs are.
    """

    def __init__(self, folder: Path, bin: Path) -> None:
        self._folder = folder
        self._bin = bin
        self._numbers = count()
        self.port = _free_port()
        self._make()

    def url(self) -> str:
        """A new, empty database."""
        name = f"studies{next(self._numbers)}"
        self.sql(f"create database {name}", "postgres")
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        password = PASSWORD.replace("&", "%26")
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{name}"

    def sql(self, text: str, database: str) -> None:
        import psycopg

        place = f"host=127.0.0.1 port={self.port} user={USER} dbname={database}"
        with psycopg.connect(place, password=PASSWORD, autocommit=True) as connection:
            connection.execute(text)  # type: ignore[call-overload]

    def start(self) -> None:
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self._folder / "data"), "-w", "-t", "60", "-o", options,
            "-l", str(self._folder / "log"), "start",
        )  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        """``fast`` breaks connections and rolls back; ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-m", mode, "stop")

    def _make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            shutil.chown(self._folder, "postgres")
            shutil.chown(secret, "postgres")
        self._run(
            "initdb", "-D", str(self._folder / "data"), "--no-sync", "-U", USER,
            "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C",
        )  # fmt: skip
        self.start()

    def _run(self, program: str, *words: str) -> None:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        command = [*(as_user if os.getuid() == 0 else []), str(self._bin / program), *words]
        with (self._folder / f"{program}.out").open("w") as out:  # a pipe would stay open
            done = subprocess.run(command, stdout=out, stderr=out, cwd="/", check=False)
        assert done.returncode == 0, (self._folder / f"{program}.out").read_text()


def start_server() -> Server:
    """A running server; skips where PostgreSQL isn't installed."""
    bin = programs()
    if bin is None:
        pytest.skip("PostgreSQL isn't installed: scripts/programs-for-tests says how")
    folder = Path(tempfile.mkdtemp(prefix="archsearch-pg-", dir="/tmp"))
    return Server(folder, bin)


def remove(server: Server) -> None:
    server.stop("immediate")
    shutil.rmtree(server._folder, ignore_errors=True)


def programs() -> Path | None:
    """The folder with initdb and pg_ctl: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
