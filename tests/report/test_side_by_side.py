"""Several studies, and several runs, on one page."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archsearch.config import RunSettings, TrainSettings, load
from archsearch.errors import InputError
from archsearch.records import Baselines, RunRecord, load_run, write_run
from archsearch.report import write_comparison, write_runs_report
from archsearch.report.sentences.comparison import compare, correlation_difference
from archsearch.report.sentences.headline import headline
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.rank import spearman_of
from archsearch.spec import to_yaml
from benchmarks.coverage import pairs
from tests.report.pages import HOSTILE, Outline, hostile_study
from tests.synthetic import StudyRecipe, synthetic_result, synthetic_study

SPEC = """name: net
input: {channels: auto, height: 16, width: 16}
encoder:
- conv: {channels: 4}
- pool: {}
decoder:
- upsample: {}
- conv: {channels: auto}
"""

SKIPS = """name: leaky
allow: [leak-past-latent]
input: {channels: auto, height: 16, width: 16}
encoder:
- conv: {channels: 4}
  name: wide
- pool: {}
decoder:
- upsample: {}
- concat: wide
- conv: {channels: auto}
"""


def studies(**second: object):
    first = synthetic_study(StudyRecipe(complete=30, name="strong"))
    return first, synthetic_study(StudyRecipe(complete=30, name="other", seed=1, **second))


def test_correlations_that_differ_are_said_to(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = write_comparison(studies(slope=0), tmp_path)
    (difference,) = written.summary["differences"]
    one, other = (
        study["correlations"]["latent_size"]["spearman"] for study in written.summary["studies"]
    )
    found = difference["spearman"]
    assert found["value"] == pytest.approx(one["value"] - other["value"])
    z = 1.959964 * found["value"] / (found["value"] - found["high"])
    assert found["p"] == pytest.approx(math.erfc(abs(z) / 2**0.5), rel=1e-3)
    assert found["high"] < 0
    page = written.index.read_text("utf-8")
    assert "Correlations differ: strong against other" in page
    headlines = (headline(findings) for findings in compare(studies(slope=0)).findings)
    assert written.answer[1:3] == tuple(map("{}: {}".format, ("strong", "other"), headlines))
    assert {path.name for path in tmp_path.iterdir()} == {
        "index.html", "summary.json", "trials.csv", "epochs.csv", "figures",
    }  # fmt: skip
    table = pd.read_csv(tmp_path / "trials.csv")
    assert set(table["study"]) == {"strong", "other"}
    assert json.loads((tmp_path / "summary.json").read_text("utf-8")) == written.summary


ENDS = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(sorted)


@settings(max_examples=200, deadline=None)
@given(ENDS, ENDS)
def test_the_p_of_a_difference_is_under_5_percent_where_its_interval_excludes_0(one, other):
    found = correlation_difference(*(Estimate(m, a, b, 8, None) for a, m, b in (one, other)))
    assert (found.p < 0.05) is found.clear or min(abs(found.low), abs(found.high)) < 1e-9


def test_like_studies_of_strong_correlations_seldom_differ():
    rng, differing = np.random.default_rng(0), 0
    for _ in range(200):
        one, other = (spearman_of(*pairs("normal", 0.95, 8, rng)) for _ in range(2))
        differing += correlation_difference(one, other).p < 0.05
    assert differing <= 0.05 * 200


def test_like_studies_are_not_said_to_differ(tmp_path):
    written = write_comparison(studies(), tmp_path)
    assert written.answer[0].startswith("No difference between their correlations is shown; ")


def test_what_does_not_compare_is_said():
    first, second = studies(designed=False)
    found = compare([first, second])
    assert found.differences == ()
    own = {warning.code for one in found.findings for warning in one.warnings}
    assert {warning.code for warning in found.warnings} == {"adaptive-search"} | own
    trial = second.trials[0]
    seeds = tuple(
        seed.model_copy(
            update={"result": seed.result.model_copy(update={"data_fingerprint": "other"})}
        )
        for seed in trial.seeds
    )
    changed = second.model_copy(update={"trials": (trial.model_copy(update={"seeds": seeds}),)})
    assert "different-pictures" in {c.code for c in compare([first, changed]).warnings}


def test_what_each_study_warns_of_is_said_with_its_name():
    few = synthetic_study(StudyRecipe(complete=8, seeds=1, name="few"))
    fewer = synthetic_study(StudyRecipe(complete=7, seeds=1, name="fewer"))
    told = {warning.message.split(" (")[0] for warning in compare([few, fewer]).warnings}
    assert "few: Only 8 architectures: the intervals are wide." in told
    assert "fewer: Only 7 architectures: the intervals are wide." in told
    assert any(message.startswith("few, fewer: One seed for each") for message in told)


def test_an_empty_study_and_user_text_do_no_harm(tmp_path):
    empty = synthetic_study(StudyRecipe(complete=0, name="empty"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = write_comparison([empty, hostile_study(), hostile_study()], tmp_path).index
    outline = Outline(page.read_text("utf-8"))
    assert [tag for tag, _ in outline.tags].count("script") == 1
    assert "img" not in [tag for tag, _ in outline.tags]
    assert "://" not in page.read_text("utf-8")


@pytest.fixture
def runs(tmp_path):
    """Three finished runs of one net, the last under a hostile name."""
    (tmp_path / "net.yaml").write_text(SPEC)
    spec = to_yaml(load(tmp_path / "net.yaml").plan())
    rng = np.random.default_rng(0)
    folders = []
    for seed, mse in enumerate((0.004, 0.005, 0.0042)):
        folder = tmp_path / "runs" / f"run-{seed}"
        result = synthetic_result(rng, mse, latent=256, seed=seed, epochs=4, collapsed=False)
        settings = RunSettings(train=TrainSettings(seed=seed, epochs=4))
        name = HOSTILE if seed == 2 else f"run-{seed}"
        write_run(folder, RunRecord(name=name, spec=spec, settings=settings, result=result))
        folders.append(folder)
    return folders


def test_runs_side_by_side(runs, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = write_runs_report(runs, tmp_path / "out")
    assert "run-0 has the lowest validation error, 0.00400" in written.answer[0]
    assert "1.05 times its error" in written.answer[1]
    deviation = np.std([0.004, 0.005, 0.0042], ddof=1)
    assert f"± {deviation:#.3g}" in " ".join(written.answer)
    assert [run["latent_size"] for run in written.summary["runs"]] == [256] * 3
    table = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert table["val_mse"].tolist() == pytest.approx([0.004, 0.005, 0.0042])
    assert len(pd.read_csv(tmp_path / "out" / "epochs.csv")) == 12
    outline = Outline(written.index.read_text("utf-8"))
    assert [tag for tag, _ in outline.tags].count("svg") == 1
    assert [tag for tag, _ in outline.tags].count("script") == 1


def test_a_folder_without_a_run_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no finished run"):
        write_runs_report([tmp_path], tmp_path / "out")


def test_a_run_whose_decoder_reads_encoder_layers_is_said_to(runs, tmp_path):
    (tmp_path / "skips.yaml").write_text(SKIPS)
    spec = to_yaml(load(tmp_path / "skips.yaml").plan())
    first = load_run(runs[0])
    folder = tmp_path / "runs" / "leaky"
    write_run(folder, first.model_copy(update={"name": "leaky", "spec": spec}))
    written = write_runs_report([runs[0], folder], tmp_path / "out")
    warnings = {w["code"]: w["message"] for w in written.summary["warnings"]}
    assert "In leaky, the decoder also reads encoder layers" in warnings["leak-past-latent"]
    assert [run["effective_size"] for run in written.summary["runs"]] == [256, 256 + 1024]
    assert "256 of 1,280" in written.index.read_text("utf-8")
    alone = write_runs_report([runs[0]], tmp_path / "alone")
    assert "leak-past-latent" not in {w["code"] for w in alone.summary["warnings"]}


def test_without_a_linear_code_nothing_is_said_of_one(runs, tmp_path):
    first = load_run(runs[0])
    none = dict.fromkeys(("pca_val", "pca_test", "patch_pca_val", "patch_pca_test"))
    result = first.result.model_copy(
        update={"baselines": Baselines.model_validate(first.result.baselines.model_dump() | none)}
    )
    write_run(tmp_path / "denoised", first.model_copy(update={"result": result}))
    said = " ".join(write_runs_report([tmp_path / "denoised"], tmp_path / "out").answer)
    assert "linear code" not in said


def test_runs_of_one_name_are_told_apart_without_the_machines_folders(runs, tmp_path):
    first = load_run(runs[0])
    for place in ("a", "b"):
        write_run(tmp_path / place / "net", first)
    written = write_runs_report([tmp_path / "a" / "net", tmp_path / "b" / "net"], tmp_path / "out")
    assert [run["run"] for run in written.summary["runs"]] == ["a/net", "b/net"]
    assert str(tmp_path) not in written.index.read_text("utf-8")
