"""A space without a candidate is told before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from archsearch.config import load_study
from archsearch.config.checking import check_files
from archsearch.errors import InputError
from archsearch.space.satisfiable import PROVABLE, exclusions
from archsearch.study import run_study

SPEC = """
input: {channels: auto, height: 8, width: 8}
params: {width: 4, deep: false}
encoder:
  - conv: {channels: $width, stride: 2}
decoder:
  - upsample: {}
  - conv: {channels: auto}
"""


def study(place: Path, space: str, more: str = "") -> Path:
    (place / "net.yaml").write_text(SPEC)
    path = place / "study.yaml"
    path.write_text(
        f"model: net.yaml\ndata: {{source: 'folder:none'}}\nspace: {{{space}}}\n{more}\n"
    )
    return path


@pytest.mark.parametrize(
    ("space", "constraint", "excluded"),
    [
        ("width: {int: [2, 9]}", "latent.size < 10", "8 of 8, width="),
        ("width: {int: [2, 9]}", "latent.size < 40", ""),
        ("width: {int: [2, 9]}", "latent.size < 40 and width > 4", "8 of 8, width="),
        # the recipe changes no model, so its domains need not be counted
        ("width: {int: [2, 9]}, train.lr: {float: [0.01, 0.1]}", "params < 9", "8 of 8, width="),
        ("train.lr: {float: [0.01, 0.1]}, width: {choice: [2]}", "params < 9", "1 of 1, width=2"),
        # unless a rule names them
        ("width: {int: [2, 9]}, train.batch_size: {int: [1, 2]}",
         "params < 9 or train.batch_size > 1", ""),
        ("width: {int: [2, 9], when: $(train.batch_size > 1)}, train.batch_size: {int: [1, 2]}",
         "width > 9", "9 of 9, "),
        # more points than are gone through prove nothing
        (f"width: {{int: [2, {PROVABLE + 2}]}}", "params < 9", ""),
    ],
)  # fmt: skip
def test_what_leaves_no_candidate(tmp_path, space, constraint, excluded) -> None:
    found = exclusions(load_study(study(tmp_path, space, f"constraints: [{constraint}]")))
    told = [f"{each.points} of {each.of}, {each.example}" for each in found]
    assert len(told) == bool(excluded)
    assert all(one.startswith(excluded) and found[0].rule == constraint for one in told)


def test_the_rule_that_excludes_most_is_first(tmp_path) -> None:
    more = "constraints: [width > 3, params < 9]"
    found = exclusions(load_study(study(tmp_path, "width: {int: [2, 9]}", more)))
    assert [(each.rule, each.points) for each in found] == [("params < 9", 6), ("width > 3", 2)]


def test_a_run_is_refused_before_its_pictures_are_looked_for(tmp_path) -> None:
    more = "search: {method: tpe}\nconstraints: [params < 9]"
    path = study(tmp_path, "width: {int: [2, 9]}", more)
    with pytest.raises(InputError, match="no feasible candidate in all of the space"):
        run_study(load_study(path), f"sqlite:///{tmp_path / 's.db'}")
    assert not (tmp_path / "s.db").exists()


def test_a_studys_warning_is_silenced_in_the_study(tmp_path) -> None:
    path = study(tmp_path, "width: {int: [2, 9], step: 4}")
    assert [item.code for item in check_files([path]).diagnostics] == ["step-misses-end"]
    path.write_text(path.read_text() + "allow: [step-misses-end]\n")
    assert check_files([path]).diagnostics == ()
    assert load_study(path).settings.allow == ("step-misses-end",)
    assert "allow" not in load_study(path).settings.model_dump_json()
