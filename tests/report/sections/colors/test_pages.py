"""Whole pages of color runs and studies."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest

from archsearch.records import Baselines, StudyRecord, trials_frame
from archsearch.report import write_report, write_runs_report
from archsearch.report.findings import find
from archsearch.report.pages.page import Page
from archsearch.report.pages.study import page_of
from archsearch.report.pages.summary import summarize
from archsearch.report.runs import of_runs, read_runs
from archsearch.report.sections.colors import compute
from archsearch.report.subject import of_study
from tests.report.colored import (
    BASELINES,
    UNET,
    color_result,
    color_run,
    color_study,
    strip_of,
)
from tests.report.pages import HOSTILE, Outline
from tests.synthetic import StudyRecipe, synthetic_study


def reported(folders, out):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return write_runs_report(folders, out)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Two nets and three tasks, two seeds each, on one page."""
    folder = tmp_path_factory.mktemp("colors")
    errors = {("colorize", "plain"): 0.008, ("colorize-chroma", "plain"): 0.0048,
              ("colorize-chroma", "leaky"): 0.0045, ("colorize-bins", "leaky"): 0.006}  # fmt: skip
    folders = [
        color_run(
            folder / f"{net}-{task}-{seed}",
            task,
            color_result(task, mse * (1 + 0.01 * seed), seed=seed,
                         saturation=0.95 if task == "colorize-bins" else 0.5),
            **({"spec": UNET} if net == "leaky" else {}),
        )
        for (task, net), mse in errors.items()
        for seed in (0, 1)
    ]  # fmt: skip
    return reported(folders, folder / "out")


def test_the_page_of_runs_has_tables_figures_and_words(page):
    text = page.index.read_text("utf-8")
    assert text.count('<section id="colors">') == 1
    assert text.count('<details class="section" id="color-details">') == 1
    names = {path.stem for path in page.figures}
    assert {"colors-0", "colors-fixed-0", "chroma", "saturation"} < names
    for part in ("The variants", "Class by class", "What may improve the colors", "mean chroma"):
        assert part in text
    assert text.count('class="beats"') == 2
    assert text.count('class="fails"') == 2
    color = json.loads(page.summary_file.read_text("utf-8"))["color"]
    assert [one["variant"] for one in color["variants"]] == [
        "leaky-colorize-chroma, colorize-chroma", "plain-colorize-chroma, colorize-chroma",
        "leaky-colorize-bins, colorize-bins", "plain-colorize, colorize",
    ]  # fmt: skip
    assert color["variants"][0]["test_mse"]["mean"] == pytest.approx(0.0045 * 1.005)
    assert color["baselines"]["mean_chroma"]["test_mse"] == BASELINES.test("mean_chroma")
    ideas = {one["idea"]: one for one in color["ideas"]}
    assert ideas["bins"]["pairs"][0]["desaturation"]["value"] == pytest.approx(0.45)
    assert not ideas["l1"]["tried"]


def test_the_table_of_runs_has_the_measures_of_colors(page):
    table = pd.read_csv(page.trials)
    assert {"test_delta_e", "test_desaturation", "baselines_mean_chroma"} <= set(table.columns)
    assert table["val_chroma_mse"].isna().all()
    assert not [name for name in table.columns if table[name].astype(str).str.contains("{").any()]


def test_a_page_for_one_run_without_classes_chroma_and_pictures(tmp_path):
    result = color_result("colorize", 0.008, classes=(), chroma=None, saturation=None)
    folder = color_run(tmp_path / "run", "colorize", result, grid=False)
    written = reported([folder], tmp_path / "out")
    text = written.index.read_text("utf-8")
    assert "How good are the colors?" in text
    assert "Class by class" not in text
    assert 'id="color-details"' not in text
    names = {path.stem for path in written.figures}
    assert not {"colors-0", "colors-fixed-0", "chroma", "saturation"} & names


def test_runs_of_other_tasks_beside_color_ones(tmp_path):
    color = color_run(
        tmp_path / "color", "colorize", color_result("colorize", 0.008, chroma=None), grid=False
    )
    plain = color_result("reconstruct", 0.004, chroma=None, classes=())
    plain = plain.model_copy(update={"test": plain.test.model_copy(update={"color": None})})
    other = color_run(tmp_path / "plain", "reconstruct", plain, grid=False)
    written = reported([other, color], tmp_path / "out")
    assert [one["task"] for one in written.summary["color"]["variants"]] == ["colorize"]
    assert pd.read_csv(written.trials)["run"].tolist() == ["plain", "color"]
    alone = reported([other], tmp_path / "alone")
    assert "color" not in alone.summary
    assert "How good are the colors?" not in alone.index.read_text("utf-8")


def test_an_option_at_its_default_is_told_from_one_that_was_set(tmp_path):
    """Of runs, too, what a task brings itself counts: rebalancing is on unless it is set to 0."""
    folders = [
        color_run(
            tmp_path / f"run-{place}",
            "colorize-bins",
            color_result("colorize-bins", 0.006 + place / 1e3),
            options=options,
        )
        for place, options in enumerate(({"rebalance": 0}, {}))
    ]
    subject = of_runs(read_runs(folders))
    found = compute(subject.study, subject.pictures, subject.called)
    assert found is not None
    (change,) = next(one.pairs for one in found.ideas if one.remedy.code == "rebalance")
    assert (change.before.called, change.after.called) == ("run-0", "run-1")


def test_hostile_names_do_nothing(tmp_path):
    classes = ((HOSTILE, 12.0), ("<b>ship</b>", 8.0))
    folders = [
        color_run(
            tmp_path / f"run-{seed}",
            "colorize-chroma",
            color_result("colorize-chroma", 0.005, seed=seed, classes=classes),
            spec=UNET.replace("leaky", json.dumps(HOSTILE)),
        )
        for seed in (0, 1)
    ]
    written = reported(folders, tmp_path / "out")
    outline = Outline(written.index.read_text("utf-8"))
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("script") == 2  # the page's own, and the chart's data
    pictures = [attributes["src"] for tag, attributes in outline.tags if tag == "img"]
    assert all(source.startswith("data:image/png;base64,") for source in pictures)
    assert "alert(1)" in written.index.read_text("utf-8")
    assert "alert" not in " ".join(
        value for name in ("onerror", "href") for value in outline.values(name)
    )


def found_in(study: StudyRecord) -> tuple[dict[str, object], Page]:
    """The summary and the page of a study, before any figure is drawn."""
    findings = find(of_study(study))
    page = page_of(findings)
    return summarize(findings, page.sections), page


def with_pictures(study: StudyRecord, folder) -> StudyRecord:
    folder.mkdir()
    (folder / "grid").write_bytes(strip_of())
    trials = tuple(
        trial.model_copy(
            update={"seeds": tuple(s.model_copy(update={"pictures": "grid"}) for s in trial.seeds)}
        )
        for trial in study.trials
    )
    return study.model_copy(update={"trials": trials, "artifacts": str(folder)})


def test_the_report_of_a_study_that_searches_over_tasks(tmp_path):
    study = color_study(
        synthetic_study(StudyRecipe(complete=16, slope=0.6, architecture_noise=0.1))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = write_report(with_pictures(study, tmp_path / "kept"), tmp_path / "out")
    summary = written.summary
    assert len(summary["color"]["variants"]) == 16
    names = {path.stem for path in written.figures}
    assert {"colors-0", "colors-fixed-0", "chroma", "saturation"} <= names
    by_task = summary["spearman_by_task"]
    assert set(by_task) == {"colorize", "colorize-chroma"}
    assert all(one["value"] < -0.8 for one in by_task.values())
    table = pd.read_csv(written.trials)
    assert set(table["task"]) == {"colorize", "colorize-chroma"}
    assert table["delta_e"].tolist() == [9.5] * 32
    assert table["chroma_mse"].tolist() == pytest.approx((table["test_mse"] / 2).tolist())


def test_a_study_of_one_color_task_has_no_mixed_tasks():
    study = color_study(synthetic_study(StudyRecipe(complete=8)), ("colorize-chroma",))
    summary, _ = found_in(study)
    assert summary["spearman_by_task"] == {}
    assert "mixed-tasks" not in {warning["code"] for warning in summary["warnings"]}
    assert len(summary["color"]["variants"]) == 8


def test_a_study_of_reconstruction_has_no_colors():
    study = synthetic_study(StudyRecipe(complete=6))
    summary, page = found_in(study)
    assert "color" not in summary
    assert not {"colors", "color-details"} & {section.name for section in page.sections}
    assert trials_frame(study)["delta_e"].isna().all()


def denoising(study: StudyRecord, linear: float) -> StudyRecord:
    found = Baselines(channel_mean_val=0.06, channel_mean_test=0.06, untouched_val=0.0095,
                      untouched_test=0.0096, linear_val=linear, linear_test=linear)  # fmt: skip
    trials = tuple(
        trial.model_copy(
            update={
                "seeds": tuple(
                    seed.model_copy(
                        update={
                            "result": seed.result.model_copy(
                                update={"task": "denoise", "baselines": found}
                            )
                        }
                    )
                    for seed in trial.seeds
                )
            }
        )
        for trial in study.trials
    )
    curves = study.curves.model_copy(update={"pca": (), "patch_pca": ()})
    return study.model_copy(update={"trials": trials, "curves": curves})


def test_denoising_is_held_against_the_untouched_and_the_linear_map():
    study = synthetic_study(StudyRecipe(complete=8))
    summary, page = found_in(denoising(study, 1e-5))
    assert summary["yardsticks"]["not_bottleneck_limited"] == 8
    assert any("best linear map from the input" in block.text for block in page.answer.blocks)
    better = find(of_study(denoising(study, 1.0)))
    assert set(better.trials["verdict"]) == {"linear code not better"}


def test_merged_luminance_is_a_path_past_the_latent():
    study = synthetic_study(StudyRecipe(complete=8))
    found = find(of_study(color_study(study))).trials
    weak = found[found["val_mse"] < BASELINES.val("linear")]
    merged = weak[weak["number"] % 2 == 1]
    assert set(merged["verdict"]) <= {"not the only path"}


def test_the_histogram_is_drawn_once(page):
    text = page.index.read_text("utf-8")
    assert text.count('id="figure-chroma"') == 1
