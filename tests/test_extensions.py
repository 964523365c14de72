"""What people add: found by metadata, loaded when asked for, passed while a block lasts."""

from __future__ import annotations

import importlib.metadata
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from archsearch import extended
from archsearch.errors import ExtensionError
from archsearch.extensions import Catalogue, extensions_used, forget_installed, passed, refer

from .extension_packages import install


@dataclass(frozen=True)
class Spice:
    name: str
    heat: int = 0
    group: ClassVar[str] = "spices"


@dataclass(frozen=True)
class Herb:
    name: str
    group: ClassVar[str] = "herbs"


SALT, PEPPER, HOT, BASIL = Spice("salt"), Spice("pepper"), Spice("pepper", 3), Herb("pepper")
SPICES = Catalogue(Spice, "spice", [SALT])
OWN = "from tests.test_extensions import Spice\nSAFFRON = Spice('saffron')\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages that only this test sees."""
    monkeypatch.syspath_prepend(tmp_path)
    forget_installed()
    yield tmp_path
    forget_installed()


def test_what_is_built_in_stands_first_and_has_no_provider() -> None:
    assert list(SPICES) == ["salt"]
    assert SPICES["salt"] is SALT
    assert extensions_used((SPICES, "salt")) == {}


def test_what_is_passed_is_there_while_the_block_lasts() -> None:
    with extended(PEPPER):
        assert dict(SPICES) == {"salt": SALT, "pepper": PEPPER}
        assert len(SPICES) == 2
        assert "pepper" in SPICES
        assert passed() == (PEPPER,)
        assert extensions_used((SPICES, "pepper")) == {"spices.pepper": "Python"}
    assert dict(SPICES) == {"salt": SALT}
    assert "pepper" not in SPICES
    with pytest.raises(KeyError):
        SPICES["pepper"]


def test_groups_have_names_of_their_own() -> None:
    with extended(BASIL):
        assert "pepper" not in SPICES
        with extended(PEPPER):
            assert SPICES["pepper"] is PEPPER


def test_one_name_can_stand_for_one_thing_only() -> None:
    two = "two of the spices passed are called `pepper`"
    with pytest.raises(ExtensionError, match=two), extended(PEPPER, BASIL), extended(HOT):
        pass
    own = "`salt`, which is archsearch's own"
    with pytest.raises(ExtensionError, match=own) as found, extended(Spice("salt")):
        SPICES["salt"]
    assert "a name of its own" in found.value.help


@pytest.mark.parametrize("wrong", [Spice, "pepper", sys])
def test_what_is_no_descriptor_is_refused(wrong: object) -> None:
    with pytest.raises(ExtensionError, match="is no descriptor") as found, extended(wrong):  # type: ignore[arg-type]
        pass
    assert "TaskKind(…)" in found.value.help


def test_the_same_passed_twice_is_one() -> None:
    with extended(PEPPER), extended(Spice("pepper")):
        assert passed() == (PEPPER,)


def test_other_threads_see_nothing_of_it() -> None:
    seen: list[bool] = []
    with extended(PEPPER):
        thread = threading.Thread(target=lambda: seen.append("pepper" in SPICES))
        thread.start()
        thread.join()
    assert seen == [False]


def test_an_installed_package_is_found_and_loaded_when_asked_for(site: Path) -> None:
    install(site, "hot-stuff", {"archsearch.spices": {"saffron": "hot_stuff:SAFFRON"}}, OWN)
    assert list(SPICES) == ["salt", "saffron"]
    assert "saffron" in SPICES
    assert "hot_stuff" not in sys.modules
    assert SPICES["saffron"].name == "saffron"
    assert SPICES["saffron"] is SPICES["saffron"]
    assert extensions_used((SPICES, "saffron"), (SPICES, "salt"), (SPICES, "ash")) == {
        "spices.saffron": "hot-stuff 1.0"
    }
    del sys.modules["hot_stuff"]


def test_an_import_adds_nothing(site: Path) -> None:
    (site / "quiet_stuff.py").write_text(OWN)
    __import__("quiet_stuff")
    assert list(SPICES) == ["salt"]
    del sys.modules["quiet_stuff"]


def test_a_package_that_breaks_says_which_and_why_when_asked_for(site: Path) -> None:
    install(site, "broken-stuff", {"archsearch.spices": {"mud": "broken_stuff:MUD"}}, "1 / 0\n")
    assert "mud" in SPICES
    assert SPICES["salt"] is SALT
    with pytest.raises(ExtensionError, match=r"`mud` of broken-stuff 1\.0 can't be loaded: Zero"):
        SPICES["mud"]


@pytest.mark.parametrize(
    ("value", "told"), [("3", "is of <class 'int'>"), ("Spice('sand')", "is called `sand`")]
)
def test_a_package_that_declares_something_else_is_refused(
    site: Path, value: str, told: str
) -> None:
    code = f"from tests.test_extensions import Spice\nMUD = {value}\n"
    install(site, "odd-stuff", {"archsearch.spices": {"mud": "odd_stuff:MUD"}}, code)
    with pytest.raises(ExtensionError, match=told) as found:
        SPICES["mud"]
    assert "let odd_stuff:MUD be a Spice with this name" in found.value.help
    del sys.modules["odd_stuff"]


def test_two_packages_with_one_name_are_refused_by_both_names(site: Path) -> None:
    for name in ("one-stuff", "other-stuff"):
        module = name.replace("-", "_")
        install(site, name, {"archsearch.spices": {"mud": f"{module}:MUD"}})
    with pytest.raises(ExtensionError, match="both declare `mud`") as found:
        list(SPICES)
    assert "one-stuff 1.0" in found.value.what
    assert "other-stuff 1.0" in found.value.what


def test_a_package_cannot_take_the_name_of_what_is_built_in(site: Path) -> None:
    install(site, "salty-stuff", {"archsearch.spices": {"salt": "salty_stuff:SALT"}})
    with pytest.raises(ExtensionError, match=r"salty-stuff 1\.0 declares the spice `salt`"):
        SPICES["salt"]


def test_a_reference_is_loaded_when_asked_for() -> None:
    assert refer("math:hypot")(3, 4) == 5
    assert refer(len)("abc") == 3
    for wrong in ("nowhere_to_be_found:x", "math:nothing", "math"):
        with pytest.raises(ExtensionError, match=f"`{wrong}` can't be loaded") as found:
            refer(wrong)
        assert "python -c" in found.value.help


def test_installed_packages_are_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, look = [], importlib.metadata.entry_points
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda: looks.append(1) or look())
    forget_installed()
    assert "pepper" not in SPICES
    assert "pepper" not in Catalogue(Herb, "herb", [])
    assert len(looks) == 1
