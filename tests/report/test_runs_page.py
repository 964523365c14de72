"""The page of trained runs, and what lies beside it."""

from __future__ import annotations

import json
import warnings
from itertools import chain

import numpy as np
import pandas as pd
import pytest

from archsearch.records import Baselines
from archsearch.records.run_files import SAMPLE_GRID_FILE
from archsearch.report import write_runs_report
from archsearch.report.findings import find
from archsearch.report.pages.page import Page
from archsearch.report.pages.runs import runs_page
from archsearch.report.runs import of_runs, read_runs, with_equal_pictures
from archsearch.report.sections import trained_runs
from archsearch.report.sections.blocks import Chart, PictureRows
from tests.report.pages import HOSTILE, Outline
from tests.report.trained import RunWriter, spec

COLUMNS = [
    "run", "task", "seed", "epochs", "weights_epoch", "latent_size", "effective_size",
    "bottleneck_size", "params", "macs", "train_mse", "val_mse", "val_psnr", "val_ssim",
    "val_chroma_mse",
    "val_desaturation", "val_clipped", "val_delta_e", "val_accuracy_2", "val_accuracy_5",
    "test_mse", "test_psnr", "test_ssim", "test_chroma_mse", "test_desaturation",
    "test_clipped", "test_delta_e", "test_accuracy_2", "test_accuracy_5",
    "baselines_channel_mean", "baselines_pca", "baselines_pca_bottleneck",
    "baselines_patch_pca", "baselines_untouched", "baselines_linear", "baselines_gray_copy",
    "baselines_mean_chroma", "seconds", "collapsed", "variance_share", "no_better_than_guess",
    "not_converged", "data_fingerprint",
]  # fmt: skip


@pytest.fixture
def written(tmp_path):
    return RunWriter(tmp_path)


def report(folders, out):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return write_runs_report(folders, out)


def page_of(folders) -> Page:
    """The page before it is drawn and written."""
    runs = read_runs(folders)
    return runs_page(find(of_runs(with_equal_pictures(runs))), runs)


def said(page: Page) -> list[str]:
    return [block.text for block in page.answer.blocks]


def codes(page: Page) -> dict[str, str]:
    return dict(warning for section in page.sections for warning in section.warnings)


@pytest.fixture(scope="module")
def exercise(exercise_folders, tmp_path_factory):
    return report(exercise_folders, tmp_path_factory.mktemp("page"))


def test_hand_written_nets_get_the_page_of_a_study(exercise):
    page = exercise.index.read_text("utf-8")
    outline = Outline(page)
    ids = outline.values("id")
    assert {"answer", "figure-latent", "figure-sizes", "best", "sure", "run", "glossary"} <= {*ids}
    assert exercise.answer[0].startswith(("Not shown: rank correlation ", "Yes: ", "Little"))
    assert exercise.answer[-1] == "Left out, since they saw other pictures: elsewhere."
    assert "9 nets, 10 runs · 100 pictures" in page
    assert "planned" not in page  # as a study’s trials are
    assert exercise.complete == 11


def test_what_lies_beside_it_is_as_before_and_more(exercise):
    out = exercise.index.parent
    assert {path.name for path in out.iterdir()} == {
        "index.html", "report.md", "summary.json", "runs.csv", "epochs.csv", "figures",
    }  # fmt: skip
    table = pd.read_csv(out / "runs.csv")
    assert table.columns.tolist() == COLUMNS
    assert table["run"].tolist()[-2:] == ["plain-s1", "elsewhere"]
    epochs = pd.read_csv(out / "epochs.csv")
    assert epochs.columns.tolist()[:3] == ["run", "seed", "epoch"]
    assert len(epochs) == 11 * 6
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary == exercise.summary
    assert list(summary)[:2] == ["version", "runs"]
    assert [run["run"] for run in summary["runs"]] == table["run"].tolist()
    assert {"answer", "correlations", "best", "warnings", "figures"} <= set(summary)
    assert set(summary["runs"][0]) == {
        "run", "task", "seed", "epochs", "weights_epoch", "latent_size", "effective_size",
        "bottleneck_size", "params", "macs", "train", "val", "test", "baselines", "seconds",
        "collapsed", "variance_share", "no_better_than_guess", "not_converged", "data_fingerprint",
    }  # fmt: skip


def test_what_the_nets_are_and_saw_is_warned_of(exercise):
    told = {warning["code"]: warning["message"] for warning in exercise.summary["warnings"]}
    assert {"hand-written", "different-pictures"} <= set(told)
    assert "2 different sets of pictures" in told["different-pictures"]


def test_one_run_two_runs_and_nets_that_leak_have_pages_that_say_something(exercise_folders):
    plain, deep, *_, concat, add, _, _, _ = exercise_folders
    one, two, leaking = map(page_of, ([plain], [plain, deep], [concat, add]))
    asked = "No answer on latent size:"
    assert said(one)[0].startswith("plain has a validation error of ")
    assert said(one)[-1].startswith(f"{asked} 1 architecture with a result")
    assert one.answer.title == "How good is this net?"
    assert said(two)[0].startswith("plain has the lowest validation error, ")
    assert two.answer.title == "Which net is best?"
    assert "; deep has " in said(two)[0]
    assert "-skip has the lowest validation error, " in said(leaking)[0]
    opening = f"{asked} the decoder of every net reads more"
    assert said(leaking)[-1].startswith(opening)
    for page in (one, two, leaking):
        assert [type(block) for block in page.first] == [Chart, PictureRows]
        assert {"best", "sure", "run", "glossary"} <= {section.name for section in page.sections}
        assert "hand-written" in codes(page)
        assert "different-pictures" not in codes(page)


def test_a_difference_as_small_as_the_seeds_is_said_to_be(written):
    near = [written("a", mse=0.004), written("b", mse=0.00412, text=spec("b", channels=5))]
    assert said(page_of(near))[0] == (
        "a has the lowest validation error, 0.00400; b has 1.03 times that: so small a difference "
        "may be the seed’s."
    )
    far = [near[0], written("c", mse=0.008, text=spec("c", channels=6))]
    assert said(page_of(far))[0].endswith("c has 2.00 times that.")
    noisy = [written("d", mse=0.01, seed=1), far[1], near[0]]  # a and d: 0.004 to 0.01
    told = said(page_of(noisy))[0]
    assert told.startswith("a (2 seeds) has the lowest mean validation error, 0.00700")
    assert told.endswith("may be the seed’s.")


def test_a_lowest_error_is_named_only_where_they_are_too_few_for_an_answer(written):
    nets = [written(f"net{n}", mse=0.02 / n, text=spec(f"n{n}", channels=n)) for n in range(1, 9)]
    assert "lowest" in " ".join(said(page_of(nets[:2])))
    assert "lowest" not in " ".join(said(page_of(nets)))


def test_tasks_that_differ_are_warned_of(written):
    clean = written("clean")
    noisy = written("noisy", task="denoise", changed={"task": "denoise"})
    told = codes(page_of([clean, noisy]))
    assert told["different-task"] == "The runs have different tasks: denoise, reconstruct."
    assert "different-task" not in codes(page_of([clean]))


def test_pictures_that_are_damaged_are_warned_of(exercise_folders):
    path = exercise_folders[1] / SAMPLE_GRID_FILE
    kept = path.read_bytes()
    path.write_bytes(b"")
    try:
        page = page_of(exercise_folders[:3])
    finally:
        path.write_bytes(kept)
    assert codes(page)["pictures-damaged"].startswith("The test pictures of deep aren’t")
    assert [row.label for row in page.first[1].rows] == ["original", "256 numbers", "512 numbers"]


def test_without_a_linear_code_nothing_is_said_of_one(written):
    none = Baselines.of({"channel_mean": (0.06, 0.06)})
    told = " ".join(said(page_of([written("a", changed={"baselines": none})])))
    assert "PCA" not in told
    assert "linear" not in told


def test_a_hostile_name_does_no_harm(written, tmp_path):
    folders = [written("a"), written("b", name=HOSTILE, text=spec("b", channels=5))]
    page = report(folders, tmp_path / "out").index.read_text("utf-8")
    outline = Outline(page)
    scripts = [attributes for tag, attributes in outline.tags if tag == "script"]
    assert [one.get("type") for one in scripts] == ["application/json", None]
    assert "img" not in [tag for tag, _ in outline.tags]
    assert "onerror" not in {name for _, attributes in outline.tags for name in attributes}


def test_no_folder_of_the_machine_is_on_the_page(written, tmp_path):
    source = "folder:/secret/place/photos"
    places = [written("a/net", source=source), written("b/net", seed=1, source=source)]
    made = report(places, tmp_path / "out")
    assert [run["run"] for run in made.summary["runs"]] == ["a/net", "b/net"]
    page = made.index.read_text("utf-8")
    assert "folder:…/photos" in page
    assert not [word for word in ("secret", str(tmp_path)) if word in page]


def test_every_run_has_a_row_and_nets_with_several_seeds_their_deviation(exercise_folders):
    runs = read_runs(exercise_folders)
    subject = of_runs(with_equal_pictures(runs))
    section = trained_runs.section(runs, subject.study, subject.names)
    table, repeats = section.blocks[:2]
    assert [row.cells[0].text for row in table.rows] == [run.name for run in runs]
    trials = dict(zip((run.name for run in runs), (row.trial for row in table.rows), strict=True))
    assert (trials["plain"], trials["plain-s1"], trials["elsewhere"]) == (0, 0, None)
    leaking = next(row for row in table.rows if row.cells[0].text == "concat-skip")
    assert (leaking.cells[3].text, leaking.cells[3].small) == ("256", "1,280 read")
    (row,) = repeats.rows
    errors = [runs[0].result.val.mse, runs[9].result.val.mse]
    assert [row.cells[place].sort for place in (2, 3)] == pytest.approx(
        [np.mean(errors), np.std(errors, ddof=1)]
    )
    texts = chain.from_iterable(block.pairs for block in section.blocks if hasattr(block, "pairs"))
    assert dict(texts)["task"] == "reconstruct"
