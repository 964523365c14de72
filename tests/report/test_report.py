"""Whole reports, from finished, broken, empty and large studies."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

from archsearch.records import EPOCH_COLUMNS, TRIAL_COLUMNS, StudyRecord
from archsearch.report import ReportFiles, write_report
from archsearch.report.findings import find
from archsearch.report.pages.summary import summarize
from archsearch.report.subject import of_study
from tests.report.pages import Outline, hostile_study, only_the_chart, page_made, warnings_of
from tests.synthetic import StudyRecipe, synthetic_study

MEASURES = {"spearman", "kendall", "pearson_loglog", "partial_spearman"}

RECIPES = {
    "none complete": StudyRecipe(complete=0, untouched=3),
    "no trial": StudyRecipe(complete=0),
    "one": StudyRecipe(complete=1),
    "two": StudyRecipe(complete=2),
    "five": StudyRecipe(complete=5),
    "all failed": StudyRecipe(complete=0, failed=4),
    "all pruned": StudyRecipe(complete=0, pruned=4),
    "all collapsed": StudyRecipe(complete=0, collapsed=6),
    "all infeasible": StudyRecipe(complete=0, infeasible=4),
    "one latent size": StudyRecipe(latents=(64,)),
    "one epoch": StudyRecipe(complete=8, epochs=1),
    "one seed": StudyRecipe(complete=8, seeds=1),
    "no curves": StudyRecipe(complete=8, curves=False),
    "mixed": StudyRecipe(collapsed=2, failed=2, pruned=2, infeasible=2, waiting=2, untouched=2),
    "adaptive": StudyRecipe(designed=False),
}


def report(recipe: StudyRecipe, out: Path) -> ReportFiles:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return write_report(synthetic_study(recipe), out)


def with_objectives(study: StudyRecord, *names: str) -> StudyRecord:
    return study.model_copy(update={"settings": study.settings | {"objectives": list(names)}})


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> tuple[StudyRecord, ReportFiles]:
    """A study with trials of every kind, and its whole report."""
    folder = tmp_path_factory.mktemp("mixed")
    return synthetic_study(RECIPES["mixed"]), report(RECIPES["mixed"], folder)


@pytest.fixture
def quick(monkeypatch):
    """Only the main figure: all of them have tests of their own."""
    only_the_chart(monkeypatch)


WITH_ALL_FIGURES = {"two", "all collapsed", "mixed"}


@pytest.mark.parametrize("name", RECIPES)
def test_every_kind_of_study_gives_a_whole_report(name, tmp_path, request):
    if name not in WITH_ALL_FIGURES:
        request.getfixturevalue("quick")
    written = (
        request.getfixturevalue("mixed")[1] if name == "mixed" else report(RECIPES[name], tmp_path)
    )
    folder = written.index.parent
    summary = json.loads(written.summary_file.read_text("utf-8"), parse_constant=pytest.fail)
    assert summary == written.summary
    assert summary["version"] == 1
    for key in ("correlations", "correlations_without_collapsed"):
        assert set(summary[key]) == {"latent_size", "bottleneck_size", "params", "macs"}
        assert all(set(measures) == MEASURES for measures in summary[key].values())
    assert set(summary["slope_loglog"]) >= {"value", "low", "high"}
    assert {folder / path for path in summary["figures"]} == set(written.figures)
    assert all(path.stat().st_size > 1000 for path in written.figures)
    outline = Outline(written.index.read_text("utf-8"))
    drawn = [path for path in written.figures if path.suffix == ".svg"]
    assert [tag for tag, _ in outline.tags].count("svg") == len(drawn)
    assert (folder / "report.md").read_text("utf-8").startswith("# synthetic\n\nmade from a seed")
    assert written.answer[0]


def test_the_summary_has_the_known_answer():
    recipe = StudyRecipe(complete=60, slope=0.6, architecture_noise=0.1)
    summary = numbers(synthetic_study(recipe))
    slope = summary["slope_loglog"]
    assert slope["low"] <= -0.6 <= slope["high"]
    assert slope["high"] - slope["low"] < 0.2
    spearman = summary["correlations"]["latent_size"]["spearman"]
    assert spearman["high"] < -0.9
    assert spearman["n"] == len({t.plan.key for t in synthetic_study(recipe).trials})
    complete = synthetic_study(recipe).trials
    assert summary["best"]["val_mse"] == min(trial.value for trial in complete)
    assert summary["trials"]["complete"] == 60


def test_pareto_trials_are_beaten_by_none():
    study = synthetic_study()
    front = numbers(study)["pareto"]
    for one in front:
        rivals = [t for t in study.trials if t.plan.latent_size <= one["latent_size"]]
        assert min(trial.value for trial in rivals) == one["val_mse"]
    assert [one["latent_size"] for one in front] == sorted(one["latent_size"] for one in front)


@pytest.mark.usefixtures("quick")
def test_two_objectives_have_their_own_front(tmp_path):
    study = with_objectives(synthetic_study(StudyRecipe(complete=12)), "val.mse", "params")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = write_report(study, tmp_path).summary
    assert summary["pareto_of"] == ["val_mse", "params"]
    front = {one["number"] for one in summary["pareto"]}
    points = {t.number: (t.value, t.plan.params) for t in study.trials}
    for number, (mse, params) in points.items():
        beaten = any(
            (m <= mse and p <= params) and (m, p) != (mse, params) for m, p in points.values()
        )
        assert (number in front) != beaten


@pytest.mark.usefixtures("quick")
def test_a_search_gives_no_headline(tmp_path):
    written = report(RECIPES["adaptive"], tmp_path)
    values = written.summary["correlations"]["latent_size"]
    assert all(estimate["value"] is None for estimate in values.values())
    assert written.summary["slope_loglog"]["value"] is None
    apart = written.summary["correlations_adaptive"]["latent_size"]["spearman"]
    assert apart["value"] < -0.5
    assert written.answer[-1].startswith("No answer on latent size")
    assert written.summary["details"] is None
    assert written.summary["details_adaptive"]["rivals"]["latent_size"]["value"] < -0.5
    assert "adaptive-search" in codes(written)


@pytest.mark.usefixtures("quick")
def test_collapsed_runs_make_two_answers(tmp_path):
    written = report(StudyRecipe(collapsed=3), tmp_path)
    first = written.summary["correlations"]["latent_size"]["spearman"]
    second = written.summary["correlations_without_collapsed"]["latent_size"]["spearman"]
    assert first["n"] == second["n"] + 3
    assert second["value"] < first["value"]
    assert "collapsed-runs" in codes(written)
    assert "6 collapsed runs included" in written.index.read_text("utf-8").replace("\u00a0", " ")


def test_pruned_failed_and_infeasible_trials_enter_no_statistic():
    recipe = StudyRecipe(pruned=5, failed=2, infeasible=3)
    study = synthetic_study(recipe)
    cleaned = [trial for trial in study.trials if trial.state == "complete"]
    alone = study.model_copy(update={"trials": tuple(cleaned), "planned": 24})
    first, second = numbers(study), numbers(alone)
    assert first["correlations"] == second["correlations"]
    assert {"pruned-trials", "failed-trials"} <= set(warnings_of(study))


def test_a_stopped_study_uses_the_seeds_that_all_have():
    summary = numbers(synthetic_study(StudyRecipe(waiting=4)))
    assert summary["correlations"]["latent_size"]["spearman"]["n"] == 28
    found = warnings_of(synthetic_study(StudyRecipe(waiting=4)))
    assert "seed 0" in found["unfinished"]
    assert "one-seed" in found


@pytest.mark.usefixtures("quick")
def test_one_latent_size_says_why_there_is_no_answer(tmp_path):
    written = report(RECIPES["one latent size"], tmp_path)
    assert written.summary["correlations"]["latent_size"]["spearman"]["value"] is None
    assert written.summary["correlations"]["params"]["spearman"]["value"] is not None
    assert "same latent size (64)" in written.answer[0]
    assert "constant-latent" in codes(written)


def test_confounded_sizes_are_said():
    study = synthetic_study()

    def tied(name: str) -> set[str]:
        trials = (
            trial.model_copy(
                update={
                    "plan": trial.plan.model_copy(update={name: trial.plan.latent_size * 7 + 1})
                }
            )
            for trial in study.trials
        )
        return set(warnings_of(study.model_copy(update={"trials": tuple(trials)})))

    assert "confounded" in tied("encoder_depth")
    assert "confounded" not in tied("params")  # that follows from the latent
    assert "confounded" not in warnings_of(study)


def test_linear_codes_give_every_trial_its_verdict():
    study = synthetic_study()
    beaten = sum(
        min(
            trial.seeds[0].result.baselines.val("pca"),
            trial.seeds[0].result.baselines.val("patch_pca"),
        )
        < trial.value
        for trial in study.trials
    )
    found = numbers(study)["yardsticks"]
    assert found["linear_code_better"] == beaten
    assert found["linear_code_not_better"] == 24 - beaten
    assert 0 < beaten < 24


def test_trials_csv_has_the_promised_columns_and_reads_back(mixed):
    study, written = mixed
    table = pd.read_csv(written.trials)
    assert tuple(table.columns[: len(TRIAL_COLUMNS)]) == TRIAL_COLUMNS
    assert "space.encoder[0].conv.kernel" in table.columns
    complete = table[table["state"] == "complete"]
    assert len(complete) == 2 * 26
    stored = {
        (t.number, s.seed): s.result.val.mse for t in study.trials for s in t.seeds if s.result
    }
    read = {(row.number, int(row.seed)): row.val_mse for row in complete.itertuples()}
    assert all(math.isclose(read[key], stored[key], rel_tol=1e-12) for key in read)
    assert (table.loc[table["state"] == "failed", "reason"] == "loss became NaN in epoch 2").all()


def test_the_epoch_table_has_every_epoch_of_every_run(mixed):
    study, written = mixed
    table = pd.read_csv(written.epochs)
    assert tuple(table.columns) == EPOCH_COLUMNS
    runs = [seed.result for trial in study.trials for seed in trial.seeds if seed.result]
    assert len(table) == sum(len(run.history) for run in runs)
    last = table.groupby(["number", "seed"])["val_mse"].last()
    for trial in study.trials:
        for seed in trial.seeds:
            if seed.result:
                expected = seed.result.history[-1].val_mse
                assert last[trial.number, seed.seed] == pytest.approx(expected, rel=1e-12)


def test_points_rows_and_specs_are_linked_by_their_trials(mixed):
    study, written = mixed
    page = written.index.read_text("utf-8")
    shown = {trial.number for trial in study.trials if trial.results and trial.state != "pruned"}
    assert set(chart_data(page)["numbers"]) == shown
    outline = Outline(page)
    assert set(map(int, outline.values("data-trial"))) == {t.number for t in study.trials}
    specs = [name for name in outline.values("id") if re.fullmatch(r"trial-\d+", name)]
    assert len(specs) == 20


def chart_data(page: str) -> dict:
    (text,) = re.findall(r'<script type="application/json" id="chart-data">(.*?)</script>', page)
    return json.loads(text)


def test_text_from_users_is_inert(tmp_path):
    page = write_report(hostile_study(), tmp_path).index.read_text("utf-8")
    outline = Outline(page)
    tags = [tag for tag, _ in outline.tags]
    kinds = [attributes.get("type") for tag, attributes in outline.tags if tag == "script"]
    assert kinds == ["application/json", None]
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    assert "alert(1)" in page
    assert "alert(1)" in json.dumps(chart_data(page))
    for svg in (tmp_path / "figures").glob("*.svg"):
        assert "<script" not in svg.read_text("utf-8")
    told = (tmp_path / "report.md").read_text("utf-8")
    outside_code = [line for line in told.splitlines() if not line.startswith("    ")]
    assert "alert(1)" in "".join(outside_code)
    assert not [line for line in outside_code if re.search(r"(?<!\\)<", line)]


def test_the_page_asks_nothing_from_outside(mixed):
    page = mixed[1].index.read_text("utf-8")
    outline = Outline(page)
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")  # a name, not fetched
    links = outline.values("href") + outline.values("xlink:href")
    for address in links + outline.values("src"):
        assert address.startswith(("#", "figures/", "data:"))
    for link in links:
        if link.startswith("figures/"):
            assert (mixed[1].index.parent / link).is_file()
    identities = outline.values("id")
    assert len(identities) == len(set(identities))
    references = {link[1:] for link in links if link.startswith("#")}
    assert references <= set(identities)


def test_equal_records_give_equal_files(mixed, tmp_path):
    first, second = mixed[1], report(RECIPES["mixed"], tmp_path)
    for one, other in zip(first.figures, second.figures, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first.index.read_bytes() == second.index.read_bytes()
    told = [written.index.with_name("report.md").read_bytes() for written in (first, second)]
    assert told[0] == told[1]
    assert first.summary == second.summary


def test_a_report_loads_no_torch(tmp_path):
    script = f"""
import sys
from pathlib import Path
from tests.synthetic import StudyRecipe, synthetic_study
import archsearch.report
assert not {{"pandas", "matplotlib", "optuna"}} & set(sys.modules)
archsearch.report.write_report(synthetic_study(StudyRecipe(complete=5)), Path({str(tmp_path)!r}))
print(sorted(name for name in sys.modules if name.split(".")[0] == "torch"))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_every_warning_stands_once_and_is_in_the_summary(mixed):
    study, written = mixed
    found = [w for section in page_made(study).sections for w in section.warnings]
    assert len({warning.code for warning in found}) == len(found)
    assert [warning.code for warning in found] == [w["code"] for w in written.summary["warnings"]]
    assert {"failed-trials", "pruned-trials", "unfinished"} <= codes(written)


def test_the_markdown_has_every_section_and_its_figures(mixed):
    study, written = mixed
    told = written.index.with_name("report.md").read_text("utf-8")
    titles = [section.title for section in page_made(study).sections]
    assert all(f"## {title}\n" in told for title in titles)
    pictures = re.findall(r"\]\((figures/[^)]*)\)", told)
    assert pictures
    assert all((written.index.parent / path).suffix == ".png" for path in pictures)
    assert all((written.index.parent / path).is_file() for path in pictures)


def numbers(study: StudyRecord) -> dict:
    findings = find(of_study(study))
    return summarize(findings, [])


def codes(written: ReportFiles) -> set[str]:
    return {warning["code"] for warning in written.summary["warnings"]}
