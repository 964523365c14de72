"""A storage is shown without its password, in whatever form it was given."""

import pytest

from archsearch.errors import InputError
from archsearch.records.storage_secrets import (
    has_password,
    masked,
    masked_command,
    masked_words,
    stripped,
    without_password,
)
from archsearch.records.storage_url import sqlite_path

GIVEN = [
    "postgresql://ann:s3cret@db/nets",
    "postgresql://ann:s3cret%26more@db/nets",
    "postgresql://ann:p/s3cret?x@db/nets",
    "postgresql://ann:p@s3cret@db/nets",
    "postgresql://ann:p@x/s3cret@db/nets",
    "postgresql://ann:s3cret#1/nets",
    "postgresql://ann:p@db:s3cret/nets",
    "postgresql://db/nets?password=s3cret&sslmode=require",
    "postgresql://db/nets?sslmode=require&sslpassword=s3cret",
    "postgresql://db/nets?pwd=s3cret",
    "mssql+pyodbc:///?odbc_connect=DRIVER%3Dx%3BPWD%3Ds3cret",
    "sqlserver://db;user=ann;password=s3cret",
    "postgres//ann:s3cret@db/nets",
    "postgresql:ann:s3cret@db",
    "ann:s3cret@db/nets",
    "host=db dbname=nets user=ann password=s3cret",
    "host=db password='s3cret word'",
    "password = s3cret",
    "PGPASSWORD=s3cret",
    '{"password": "s3cret"}',
]


@pytest.mark.parametrize("storage", GIVEN)
def test_no_form_shows_its_password(storage: str) -> None:
    shown = [masked(storage), *masked_words(["study", "list", "--storage", storage])]
    shown += [*masked_words([f"--storage={storage}"]), without_password(f"no {storage}!", storage)]
    shown.append(masked_command(f'archsearch study run a.yaml --storage "{storage}"'))
    try:
        sqlite_path(storage)
    except InputError as error:
        shown += error.lines
    else:
        shown.append(stripped(storage))
    assert not [text for text in shown if "s3cret" in text]


def test_what_is_known_to_be_no_secret_is_shown() -> None:
    for storage in (
        "postgresql://ann@db:5432/nets?sslmode=require",
        "postgresql://ann@one,two:5432/nets",
        "sqlite:///runs/größe=1/a@b c.db",
        "runs/studies.db",
    ):
        assert masked(storage) == storage


def test_a_password_is_found_as_it_was_typed() -> None:
    """Percent-encoded more than was needed, and in lower case."""
    url = "postgresql://ann:%733cret%2fx+y@h/d"
    for said in ("s3cret/x+y", "%733cret%2fx+y", "s3cret%2Fx%2By"):
        assert without_password(f"({said})", url) == "(***)"


def test_an_option_can_be_the_password() -> None:
    url = "postgresql://db/nets?password=s3cret"
    assert has_password(url)
    assert stripped(url) == "postgresql://db/nets"


def test_every_storage_of_a_command_is_masked() -> None:
    """Also one that a later option overrides, and a URL given as something else."""
    words = ["--storage", "a://b:s3cret@c/d", "--storage=sqlite:///x.db", "e://f:s3cret@g/h"]
    expected = ["--storage", "a://b:***@c/d", "--storage=sqlite:///x.db", "e://f:***@g/h"]
    assert masked_words(words) == expected
