"""What ``import archsearch`` offers: listed, loaded late, and told plainly where misused."""

from __future__ import annotations

from pathlib import Path

import pytest

import archsearch
from tests.test_import_lines import loaded_by


def test_dir_lists_what_there_is() -> None:
    assert dir(archsearch) == sorted(archsearch.__all__)
    assert {"fit", "load_run", "load_results", "plot_latent", "trials_frame"} <= set(
        dir(archsearch)
    )
    for name in archsearch.__all__:
        assert getattr(archsearch, name) is not None


def test_listing_loads_nothing_heavy() -> None:
    assert loaded_by("import archsearch\ndir(archsearch)") == set()


def test_a_studys_results_are_read_without_torch(tmp_path: Path) -> None:
    code = (
        "import archsearch\n"
        f"try:\n    archsearch.load_results('x', 'sqlite:///{tmp_path / 'none.db'}')\n"
        "except archsearch.errors.InputError:\n    pass"
    )
    assert "torch" not in loaded_by(code)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: archsearch.load(3), r"load\(path\) must be a str or PathLike, not the int 3"),
        (lambda: archsearch.load_study(None), r"load_study\(path\) must be .*, not None"),
        (lambda: archsearch.build("a.yaml"), r"build\(plan\) must be a ModelPlan, not the str"),
        (lambda: archsearch.load_pictures("photos", height=8, width=8), r"a DataSettings, not"),
        (lambda: archsearch.run_study("s.yaml"), r"run_study\(study_file\) must be a StudyFile"),
        (lambda: archsearch.load_results(1), r"load_results\(study\) must be a str, PathLike or"),
        (lambda: archsearch.write_report("x", "out"), r"write_report\(study\) must be a StudyRec"),
        (lambda: archsearch.apply_run("r", "a.jpg"), r"apply_run\(pictures\) must be a list or"),
        (lambda: archsearch.build(archsearch.ModelPlan), r"not the class ModelPlan itself"),
    ],
)
def test_an_argument_of_a_wrong_type_is_told_with_a_remedy(call, told: str) -> None:
    with pytest.raises(TypeError, match=told) as caught:
        call()
    assert isinstance(caught.value, archsearch.errors.InputError)
    assert "\n  help: " in str(caught.value)
