"""The committed answers are those of the committed tables, and take little room."""

import re
from math import exp, log

from archsearch.config import load
from exercise import results
from exercise.answers import answers
from exercise.estimates import mse
from exercise.questions.code_size import architectures
from exercise.questions.colors import name_of
from exercise.questions.factors import effects
from tests.docs.blocks import ROOT

REPORTS = ROOT / "reports"
MOST_BYTES = 15_000_000

COLORED = (("chroma", ", gain 1.5"), ("classes of chroma", ""))


def test_every_number_of_the_answers_is_that_of_the_reports_beside_them() -> None:
    assert (REPORTS / "README.md").read_text(encoding="utf-8") == answers(REPORTS)


def test_each_report_and_figure_that_the_answers_name_is_there() -> None:
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    for place in re.findall(r"\]\(([^):]+)\)", page):
        if place.startswith("#"):
            assert f"\n## {place[1:].replace('-', ' ').capitalize()}\n" in page
        else:
            assert (REPORTS / place).is_file(), place


def test_all_reports_take_little_room() -> None:
    assert sum(path.stat().st_size for path in REPORTS.rglob("*") if path.is_file()) < MOST_BYTES


def test_what_the_readme_says_was_found_is_what_the_reports_say() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    slope = results.summary(REPORTS / "code-size")["slope_within_trunks"]
    value, high, low = (100 * (1 - exp(slope[name] * log(2))) for name in ("value", "low", "high"))
    assert f"lowers the error\n  by {value:.0f} % ({low:.0f} to {high:.0f} %)" in readme
    nets = architectures(REPORTS / "code-size").groupby("latent_size")
    beaten = nets["test_mse"].min() <= nets["pca_test_mse"].first()
    assert f"Up to {max(beaten[beaten].index):.0f} numbers the best of them beat PCA" in readme
    runs = results.runs(REPORTS / "nine-layer")
    short, long = runs.groupby("epochs")["test_mse"].mean()
    assert f"test MSE is {mse(short)} after 10 epochs and {mse(long)} after 50" in readme
    assert f"reach that latent, has {mse(runs['baselines_pca_bottleneck'].iloc[0])}" in readme
    factors = effects(REPORTS).set_index("change")["effect"]
    strides = 100 * (1 - exp(factors["halving by: stride"].value))
    assert f"Strides in place of its max pooling take {strides:.0f} % off its error" in readme
    winners = results.runs(REPORTS / "winners")
    ranks = winners.groupby(winners["run"].str.split("-").str[0])
    found, nine = ranks.get_group(ranks["val_mse"].mean().idxmin()), runs.iloc[0]
    size, params = found.iloc[0][["latent_size", "params"]]
    assert size == nine["latent_size"]
    assert f"{params / nine['params']:.1f} times the parameters, and" in readme
    assert f"and a test MSE of {mse(found['test_mse'].mean())}." in readme
    color = results.summary(REPORTS / "colorize")["color"]
    named = {name_of(variant): variant for variant in color["variants"]}
    errors = [named[f"{task}, without skips"]["test_mse"]["mean"] for task in ("RGB", "chroma")]
    assert f"takes\n  {100 * (1 - errors[1] / errors[0]):.0f} % off the error" in readme
    gain, classes = (named[f"{what}, with skips{more}"] for what, more in COLORED)
    assert gain["delta_e"]["mean"] < color["baselines"]["mean_chroma"]["delta_e"]
    assert f"them {gain['desaturation']['mean']:.2f} of the originals' saturation" in readme
    assert f"classes of color give {classes['desaturation']['mean']:.2f}, but farther" in readme


def test_the_family_has_the_activation_that_its_latent_is_best_with() -> None:
    trials = results.trials(REPORTS / "latent-activation")
    errors = trials.groupby("space.latent_activation")["test_mse"].mean()
    defaults = load(ROOT / "specs" / "family.yaml").param_defaults
    assert defaults["latent_activation"] == errors.idxmin()
