"""What counts as the same study, and how a difference is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from toys import SPEC, write_study

from archsearch.errors import StudyConflictError
from archsearch.study.store.identity import as_begun, check_same, identity


@pytest.fixture
def same(tmp_path: Path) -> Callable[[str, str], None]:
    """Holds a study with one spec against the same with another."""
    settings = write_study(tmp_path).settings

    def check(stored: str, given: str) -> None:
        check_same("toys", identity(settings, stored), identity(settings, given))

    return check


@pytest.mark.parametrize(
    "given",
    [
        f"# a comment\n{SPEC}",
        SPEC.replace("    name: first\n", "    name: first  # the widest\n"),
        SPEC.replace("scale: 2", "scale:    2"),
        SPEC.replace("activation: relu", 'activation: "relu"'),
        SPEC.replace("kernel: 3, padding: same", "padding: same, kernel: 3"),
        SPEC.replace("name: toy", "name: other\ndescription: what it is\nallow: [unused-name]"),
        SPEC.replace("name: toy\n", ""),
    ],
)
def test_what_decides_no_number_may_change(same, given: str) -> None:
    assert given != SPEC
    same(SPEC, given)
    same(given, SPEC)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "pool: {kernel: 2}",
            "pool: {kernel: 4}",
            "model.encoder[1].pool.kernel: 2 in the storage, 4 now",
        ),
        ("height: 8", "height: 16", "model.input.height: 8 in the storage, 16 now"),
        ("kernel: 3, ", "", "model.defaults.conv.kernel: 3 in the storage, nothing now"),
        ("    name: last\n", "", 'model.encoder[2].name: "last" in the storage, nothing now'),
        (
            "  - pool: {kernel: 2}\n",
            "",
            'model.encoder[1]: {"pool": {"kernel": 2}} in the storage, '
            '{"conv": {"channels": 4}, "name": "last"} now',
        ),
    ],
)
def test_a_real_change_is_named_by_its_place(same, old: str, new: str, told: str) -> None:
    with pytest.raises(StudyConflictError) as raised:
        same(SPEC, SPEC.replace(old, new))
    assert raised.value.details == (f"  {told}",)


def test_a_spec_that_is_no_yaml_any_more_counts_by_its_text(same) -> None:
    same("a: [", "a: [")
    with pytest.raises(StudyConflictError, match=r'model: "a: \[" in the storage'):
        same("a: [", SPEC)


def test_settings_that_came_later_are_at_their_defaults_in_older_studies(tmp_path: Path) -> None:
    settings = write_study(tmp_path).settings
    given = identity(settings, SPEC)
    older = {**given, "train": {"epochs": 2}, "task": {"name": "reconstruct"}}
    del older["prune"], older["objectives"]
    given = identity(as_begun(settings, older), SPEC)
    check_same("toys", older, given)
    with pytest.raises(StudyConflictError, match=r"train\.lr: 0\.01 in the storage, 0\.5 now"):
        check_same("toys", older, {**given, "train": {**given["train"], "lr": 0.5}})
