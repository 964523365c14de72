"""What isn't printable is shown as an escape, in texts, JSON, YAML and shell words."""

import json
import os
import subprocess
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archsearch.printable import printable, printable_json, shell_word, without_url_passwords

ANY = st.text(st.characters(codec=None, exclude_categories=()))
HOSTILE = "\x1b[31m\x07\x7f\x9b1m\n\r\t\u200b\u2028\u2029\u202e\u2066\udcff"


@given(ANY)
def test_nothing_that_moves_reorders_or_hides_is_left(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode()


@given(ANY)
def test_what_is_printable_stays(text: str) -> None:
    kept = "".join(char for char in text if char.isprintable())
    assert printable(kept) == kept


def test_escapes_are_those_of_repr() -> None:
    assert f"'{printable(HOSTILE)}'" == repr(HOSTILE)


@given(st.dictionaries(ANY, st.lists(ANY, max_size=3), max_size=3))
def test_json_says_the_same_and_is_printable(value: dict[str, list[str]]) -> None:
    text = printable_json(value, indent=2)
    assert json.loads(text) == json.loads(json.dumps(value))
    assert all(line.isprintable() for line in text.split("\n"))


@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_text_is_the_same_in_yaml(text: str) -> None:
    quoted = printable(json.dumps(text, ensure_ascii=False))
    assert quoted.isprintable()
    assert yaml.safe_load(quoted) == text


@pytest.mark.parametrize(
    "word", ["a net", HOSTILE, "it's \x1b[31m\\n\n\u202e", "\x7f1\x01f", "\xa0b", "\U000e0001"]
)
def test_a_shell_takes_a_word_as_it_was(word: str) -> None:
    assert shell_word(word).isprintable()
    done = subprocess.run(
        ["bash", "-c", f"printf %s {shell_word(word)}"],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8"},
    )
    assert done.stdout == os.fsencode(word)


def test_passwords_in_urls_are_hidden() -> None:
    assert without_url_passwords("at https://h:80/x, a@b") == "at https://h:80/x, a@b"
    assert (
        without_url_passwords("ray://ann:p:w@h:1 or x://b:c@d")
        == "ray://ann:***@h:1 or x://b:***@d"
    )
