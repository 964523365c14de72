"""Several hosts, played by several commands: joining, sharing, and what can't be reached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from postgres import PASSWORD, Server
from real import check_exact, command, finished, write_real

from archsearch.records import load_study, read_pictures, trial_counts
from archsearch.records.storage_secrets import without_password

NOWHERE = "postgresql://ann:s3cret%26pass@127.0.0.1:9/nets"


def test_two_hosts_join_a_study_that_a_third_made(tmp_path: Path, postgres: Server) -> None:
    """Made from another folder; the pictures' folder and the data are found all the same."""
    url = postgres.url()
    write_real(tmp_path, trials=6)
    env = {"ARCHSEARCH_STORAGE": url}
    code, told = finished(command(tmp_path, "study", "run", "study.yaml", "--workers=0", env=env))
    assert code == 0, told
    assert "6 waiting" in told
    assert "archsearch study worker real" in told
    away = tmp_path / "elsewhere"
    away.mkdir()
    shutil.copytree(tmp_path / "cache", away / "cache")
    words = ("study", "worker", "real", "--threads", "1")
    hosts = [command(place, *words, env=env) for place in (tmp_path, away)]
    for code, told in map(finished, hosts):
        assert code == 0, told
        assert "real: 6 complete" in told
        assert "stores no pictures" not in told
    check_exact(url, 6, tries={1})
    record = load_study(url, "real")
    assert record.artifacts == str(tmp_path / "runs" / "artifacts")
    assert all(read_pictures(record, seed) for trial in record.trials for seed in trial.seeds)
    assert not (away / "runs").exists()


@pytest.mark.full
def test_a_worker_that_does_not_see_the_pictures_says_so_and_trains(tmp_path: Path) -> None:
    write_real(tmp_path, trials=2)
    made = command(tmp_path, "study", "run", "study.yaml", "--workers", "0")
    assert finished(made)[0] == 0
    other = tmp_path / "not shared"
    code, told = finished(command(tmp_path, "study", "worker", "real", "--artifacts", str(other)))
    assert code == 0, told
    assert told.count("stores no pictures") == 1
    assert f"{other}: it isn't the folder that the study was made with" in told.replace("\n", " ")
    url = f"sqlite:///{tmp_path / 'runs' / 'studies.db'}"
    check_exact(url, 2)
    assert {seed.pictures for trial in load_study(url, "real").trials for seed in trial.seeds} == {
        None
    }


@pytest.mark.full
def test_a_worker_with_other_pictures_is_refused(tmp_path: Path) -> None:
    """The same folder on another host, with one picture changed: its errors can't be compared."""
    write_real(tmp_path, trials=2)
    made = command(tmp_path, "study", "run", "study.yaml", "--workers", "0")
    assert finished(made)[0] == 0
    picture = tmp_path / "pictures" / "3.png"
    before = picture.read_bytes()
    shutil.copy(tmp_path / "pictures" / "4.png", picture)
    os.utime(picture, (1, 1))
    code, told = finished(command(tmp_path, "study", "worker", "real"))
    assert code == 2, told
    told = " ".join(told.split())
    assert "are not those that study 'real' was made with (fingerprint " in told
    assert "Traceback" not in told
    url = f"sqlite:///{tmp_path / 'runs' / 'studies.db'}"
    assert trial_counts(load_study(url, "real"))["waiting"] == 2
    picture.write_bytes(before)
    code, told = finished(command(tmp_path, "study", "worker", "real"))
    assert code == 0, told
    check_exact(url, 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("worker", "real", "--storage", NOWHERE),
            "postgresql://ann:***@127.0.0.1:9/nets can't be reached",
        ),
        (("run", "study.yaml", "--storage", NOWHERE), "can't be reached"),
        (("run", "study.yaml", "--storage", "postgresql//ann:s3cret&pass@h/d"), "is not a storage"),
        (("worker", "real"), "no storage at runs/studies.db"),
        (("run", "study.yaml", "--engine", "ray"), "is a file on this machine"),
    ],
)
def test_what_cannot_be_reached_is_told_without_the_password(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    write_real(tmp_path)
    code, told = finished(command(tmp_path, "study", *words))
    assert code == 2, told
    assert message in told
    assert "Traceback" not in told
    assert "s3cret" not in told
    assert not (tmp_path / "runs").exists()


def test_a_password_that_a_driver_repeats_is_taken_out() -> None:
    """Some messages quote the URL, or a part of it."""
    url = "postgresql://ann:s3cret%26pass@h/d?sslpassword=other9"
    for said in (f"no such {url}", "password s3cret&pass is wrong", "s3cret%26pass", "other9?"):
        told = without_password(said, url)
        assert "***" in told
        assert not any(secret in told for secret in ("s3cret", "other9"))


@pytest.mark.full
def test_the_password_is_nowhere(tmp_path: Path, postgres: Server) -> None:
    """Not in what is printed, nor in the storage's records, nor in the report."""
    url = postgres.url()
    write_real(tmp_path, trials=2)
    words = ("study", "run", "study.yaml", f"--storage={url}", "--json")
    code, told = finished(command(tmp_path, *words))
    assert code == 0, told
    for more in (
        ("study", "status", "real", "--storage", url),
        ("study", "worker", "other", "--storage", url),
        ("study", "list", "--storage", url.replace("studies", "missing")),
        ("study", "run", "real", "--storage", url.replace(PASSWORD[:6], "wrong1")),
        ("report", "real", "--storage", url, "--out", "page"),
    ):
        told += finished(command(tmp_path, *more))[1]
    record = load_study(url, "real")
    told += json.dumps(record.model_dump(mode="json"))
    for file in (tmp_path / "page").rglob("*"):
        told += file.read_text(errors="replace") if file.is_file() else ""
    for secret in (PASSWORD, PASSWORD.replace("&", "%26"), "s3cret", "wrong1"):
        assert secret not in told
    assert "postgresql://searcher:***@" in record.command


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a small disk needs root, and a machine that allows it")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


@pytest.mark.full
def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    """It fills up in the middle of the study; with more space the same command goes on."""
    with small_disk(tmp_path) as disk:
        url = f"sqlite:///{disk / 'studies.db'}"
        write_real(tmp_path, trials=12)
        words = ("study", "run", "study.yaml", "--storage", url, "--artifacts", str(tmp_path))
        assert finished(command(tmp_path, *words, "--workers", "0"))[0] == 0
        resize(disk, (disk / "studies.db").stat().st_size + 60_000)
        code, told = finished(command(tmp_path, *words))
        assert code == 1, told
        assert "disk is full" in told
        assert "finished results are kept" in told
        assert "Traceback" not in told
        before = trial_counts(load_study(url, "real"))["complete"]
        resize(disk, 16 << 20)
        code, told = finished(command(tmp_path, *words))
        assert code == 0, told
        assert f"{before} of 12 trainings done" in told
        check_exact(url, 12)
