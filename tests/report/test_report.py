"""Whole reports, from finished, broken, empty and large studies."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from archsearch.records import TRIAL_COLUMNS, SeedRecord, StudyRecord
from archsearch.report import ReportFiles, write_report
from archsearch.report.findings import Findings, find, summarize
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
    "one epoch": StudyRecipe(epochs=1),
    "one seed": StudyRecipe(seeds=1),
    "no curves": StudyRecipe(curves=False),
    "mixed": StudyRecipe(collapsed=2, failed=2, pruned=2, infeasible=2, waiting=2, untouched=2),
    "adaptive": StudyRecipe(designed=False),
}


def report(recipe: StudyRecipe, out: Path) -> ReportFiles:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return write_report(synthetic_study(recipe), out)


class Outline(HTMLParser):
    """Collects what a page asks a browser to do."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


@pytest.mark.parametrize("name", RECIPES)
def test_every_kind_of_study_gives_a_whole_report(name, tmp_path):
    written = report(RECIPES[name], tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert summary == written.summary
    assert summary["version"] == 1
    for key in ("correlations", "correlations_without_collapsed"):
        assert set(summary[key]) == {"latent_size", "params", "macs"}
        assert all(set(measures) == MEASURES for measures in summary[key].values())
    assert set(summary["slope_loglog"]) >= {"value", "low", "high"}
    assert {tmp_path / path for path in summary["figures"]} == set(written.figures)
    assert all(path.stat().st_size > 1000 for path in written.figures)
    outline = Outline(written.index.read_text("utf-8"))
    assert [tag for tag, _ in outline.tags].count("svg") == len(written.figures) / 2
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


def test_a_search_gives_no_headline(tmp_path):
    written = report(RECIPES["adaptive"], tmp_path)
    values = written.summary["correlations"]["latent_size"]
    assert all(estimate["value"] is None for estimate in values.values())
    assert written.summary["slope_loglog"]["value"] is None
    apart = written.summary["correlations_adaptive"]["latent_size"]["spearman"]
    assert apart["value"] < -0.5
    assert written.answer[0].startswith("No headline")
    assert "adaptive-search" in codes(written)


def test_collapsed_runs_make_two_answers(tmp_path):
    written = report(StudyRecipe(collapsed=3), tmp_path)
    first = written.summary["correlations"]["latent_size"]["spearman"]
    second = written.summary["correlations_without_collapsed"]["latent_size"]["spearman"]
    assert first["n"] == second["n"] + 3
    assert second["value"] < first["value"]
    assert "collapsed-runs" in codes(written)
    assert "Without the 6 collapsed runs" in written.index.read_text("utf-8")


def test_pruned_failed_and_infeasible_trials_enter_no_statistic():
    recipe = StudyRecipe(pruned=5, failed=2, infeasible=3)
    study = synthetic_study(recipe)
    cleaned = [trial for trial in study.trials if trial.state == "complete"]
    alone = study.model_copy(update={"trials": tuple(cleaned), "slots": 24})
    first, second = numbers(study), numbers(alone)
    assert first["correlations"] == second["correlations"]
    assert {"pruned-trials", "failed-trials"} <= {w["code"] for w in first["warnings"]}


def test_a_stopped_study_uses_the_seeds_that_all_have():
    summary = numbers(synthetic_study(StudyRecipe(waiting=4)))
    assert summary["correlations"]["latent_size"]["spearman"]["n"] == 28
    cautions = {w["code"]: w["message"] for w in summary["warnings"]}
    assert "seed 0" in cautions["unfinished"]
    assert "one-seed" in cautions


def test_one_latent_size_says_why_there_is_no_answer(tmp_path):
    written = report(RECIPES["one latent size"], tmp_path)
    assert written.summary["correlations"]["latent_size"]["spearman"]["value"] is None
    assert written.summary["correlations"]["params"]["spearman"]["value"] is not None
    assert "same latent size (64)" in written.answer[0]
    assert "constant-latent" in codes(written)


def test_confounded_sizes_are_said():
    study = synthetic_study()
    tied = tuple(
        trial.model_copy(
            update={
                "plan": trial.plan.model_copy(update={"params": trial.plan.latent_size * 7 + 1})
            }
        )
        for trial in study.trials
    )
    assert "confounded" in codes(find(study.model_copy(update={"trials": tied})))
    assert "confounded" not in codes(find(study))


def test_linear_codes_give_every_trial_its_verdict(tmp_path):
    study = synthetic_study()
    page = write_report(study, tmp_path).index.read_text("utf-8")
    beaten = sum(
        min(trial.seeds[0].result.baselines.pca_val, trial.seeds[0].result.baselines.patch_pca_val)
        < trial.value
        for trial in study.trials
    )
    assert f"beats {beaten} of 24 models" in page
    assert page.count("<td>not limiting</td>") == beaten
    assert 0 < beaten < 24


def test_trials_csv_has_the_promised_columns_and_reads_back(tmp_path):
    study = synthetic_study(RECIPES["mixed"])
    write_report(study, tmp_path)
    table = pd.read_csv(tmp_path / "trials.csv")
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


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)> $\\frac$ -->]]>'


def hostile_study() -> StudyRecord:
    recipe = StudyRecipe(
        name=HOSTILE, description=HOSTILE, choice=HOSTILE, complete=6, failed=1, extra={}
    )
    study = synthetic_study(recipe)
    trials = tuple(
        trial.model_copy(
            update={
                "values": {HOSTILE: HOSTILE, **trial.values},
                "plan": trial.plan.model_copy(update={"spec": HOSTILE, "name": HOSTILE}),
                "reason": HOSTILE,
            }
        )
        for trial in study.trials
    )
    return study.model_copy(
        update={"trials": trials, "command": HOSTILE, "source_note": HOSTILE, "space_hash": HOSTILE}
    )


def test_text_from_users_is_inert(tmp_path):
    page = write_report(hostile_study(), tmp_path).index.read_text("utf-8")
    outline = Outline(page)
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert not any(name.startswith("on") for _, attrs in outline.tags for name in attrs)
    assert "alert(1)" in page
    for svg in (tmp_path / "figures").glob("*.svg"):
        assert "<script" not in svg.read_text("utf-8")


def test_the_page_asks_nothing_from_outside(tmp_path):
    study = synthetic_study(RECIPES["mixed"])
    page = write_report(study, tmp_path).index.read_text("utf-8")
    outline = Outline(page)
    assert "://" not in page
    for address in outline.values("href") + outline.values("src") + outline.values("xlink:href"):
        assert address.startswith(("#", "figures/", "data:"))
    for link in outline.values("href"):
        if link.startswith("figures/"):
            assert (tmp_path / link).is_file()
    identities = outline.values("id")
    assert len(identities) == len(set(identities))
    references = {link[1:] for link in outline.values("xlink:href") if link.startswith("#")}
    assert references <= set(identities)


def test_stored_pictures_are_shown_and_lost_ones_are_not_missed(tmp_path):
    study = synthetic_study(StudyRecipe(complete=4))
    folder = tmp_path / "artifacts"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (64, 256, 3), dtype=np.uint8)
    trials = []
    for trial in study.trials:
        name = f"strip-{trial.number}"
        Image.fromarray(pixels).save(folder / name, format="PNG")
        first: SeedRecord = trial.seeds[0].model_copy(update={"pictures": name})
        trials.append(trial.model_copy(update={"seeds": (first, *trial.seeds[1:])}))
    study = study.model_copy(update={"trials": tuple(trials), "artifacts": str(folder)})
    assert "figures/reconstructions.svg" in write_report(study, tmp_path / "a").summary["figures"]
    for stored in folder.iterdir():
        stored.write_bytes(b"no picture")
    written = write_report(study, tmp_path / "b")
    assert "figures/reconstructions.svg" not in written.summary["figures"]
    assert "pictures-out-of-reach" in codes(written)


def test_equal_records_give_equal_files(tmp_path):
    first, second = report(StudyRecipe(), tmp_path / "a"), report(StudyRecipe(), tmp_path / "b")
    for one, other in zip(first.figures, second.figures, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first.index.read_bytes() == second.index.read_bytes()
    assert first.summary == second.summary


def test_a_thousand_trials_are_quick_and_fit(tmp_path):
    study = synthetic_study(StudyRecipe(complete=1000))
    start = time.process_time()  # a busy machine is no slow report
    written = write_report(study, tmp_path)
    assert time.process_time() - start < 15
    assert written.index.stat().st_size < 5_000_000


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


def numbers(study: StudyRecord) -> dict:
    return summarize(find(study), [])


def codes(found: ReportFiles | Findings) -> set[str]:
    if isinstance(found, Findings):
        return {caution.code for caution in found.cautions}
    return {warning["code"] for warning in found.summary["warnings"]}
