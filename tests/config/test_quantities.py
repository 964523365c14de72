"""Every number of an architecture or a training is declared once, and no list forgets one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pytest

import archsearch
from archsearch.cli.tables import plan_json
from archsearch.config import (
    BASELINES,
    METRICS,
    OBJECTIVES,
    PLANNED,
    IntDomain,
    MetricKind,
    StudySettings,
    planned,
)
from archsearch.config.constrained import CONSTRAINABLE
from archsearch.config.quantities import Role, score
from archsearch.config.search_methods import OVER
from archsearch.records import (
    EPOCH_COLUMNS,
    TRIAL_COLUMNS,
    EpochRecord,
    Scores,
    objective_value,
    pareto_order,
    plan_record,
    trials_frame,
)
from archsearch.report.statistics.correlation import SIZES
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.statistics.sample import headline_sample
from archsearch.space.balance import HEIGHT_WIDTH, factor_amounts
from archsearch.space.constraints import plan_names
from tests.synthetic import StudyRecipe, synthetic_study

ROOT = Path(__file__).parents[2]
EDGES = MetricKind("edges", "edge error", "%", "maximize", "math:hypot", typical=3.0)


@pytest.fixture(scope="module")
def plan() -> archsearch.ModelPlan:
    return archsearch.load(ROOT / "specs/acml-nine-layer.yaml").plan()


def names(role: Role) -> list[str]:
    return [each.name for each in planned(role)]


def columns(role: Role) -> list[str]:
    return [each.column for each in planned(role)]


def test_a_plan_and_its_record_have_every_number(plan: archsearch.ModelPlan) -> None:
    record = plan_record(plan)
    for each in PLANNED:
        value = attrgetter(each.name)(plan)
        assert value == getattr(record, each.column)
        assert isinstance(value, int) == each.whole


def test_every_number_has_a_label_of_its_own_and_a_use() -> None:
    everything = [*PLANNED, *map(score, METRICS.builtin.values())]
    assert len({each.label for each in everything}) == len(everything)
    assert len({each.column for each in everything}) == len(everything)
    assert all(each.roles for each in everything)


def test_scores_are_what_metrics_declare() -> None:
    for name, metric in METRICS.builtin.items():
        found = OBJECTIVES[f"val.{name}"]
        assert name in Scores.model_fields
        assert (found.column, found.direction) == (f"val_{name}", metric.direction)
        assert (found.typical, found.each_epoch) == (metric.typical, metric.each_epoch)


def test_studies_offer_what_may_be_chosen(plan: archsearch.ModelPlan) -> None:
    assert list(OBJECTIVES) == [*(f"val.{name}" for name in METRICS), *names("objective")]
    assert set(CONSTRAINABLE) <= set(plan_names(plan, {}))
    assert set(OVER) == {*names("spread"), "latent.shape"}


def test_tables_have_a_column_of_every_number() -> None:
    scores = [f"{split}_{name}" for name in METRICS.builtin for split in ("val", "test")]
    assert set(TRIAL_COLUMNS) >= {each.column for each in PLANNED} | set(scores)
    assert set(EPOCH_COLUMNS) == {"number", "seed", "state", "key", *columns("brief")} | set(
        EpochRecord.model_fields
    )
    study = synthetic_study(StudyRecipe(complete=8))
    table = headline_sample(study).architectures()
    assert set(table.columns) >= {each.column for each in PLANNED}


def test_reports_hold_the_same_rivals_as_designs_know() -> None:
    assert list(RIVALS) == columns("rival")
    assert next(iter(RIVALS)) == SIZES[0] == "latent_size"
    assert list(SIZES) == columns("correlated")
    told = factor_amounts([], "latent.size")
    assert set(told) == {*columns("confounder"), HEIGHT_WIDTH} - {"latent_size"}
    assert set(factor_amounts([], "macs")) == {*columns("confounder"), HEIGHT_WIDTH} - {"macs"}


def test_show_tells_every_number(plan: archsearch.ModelPlan) -> None:
    shown = plan_json(plan)
    for each in PLANNED:
        found = shown
        for part in each.name.split("."):
            found = found[part]  # type: ignore[index, assignment]
        assert found == attrgetter(each.name)(plan)


def test_the_docs_name_every_number_that_may_be_chosen() -> None:
    text = (ROOT / "docs/studies.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(" `"): row for row in text.splitlines() if row[:2] == "| "}
    assert all(f"`{name}`" in rows["objectives"] for name in OBJECTIVES)
    for name in names("constraint"):
        group, _, last = name.rpartition(".")
        told = f"`.{last}`" if group == "latent" and last != "size" else f"`{name}`"
        assert told in rows["constraints"]


# --- from outside ----------------------------------------------------------------


def study(*objectives: str) -> StudySettings:
    space = {"width": IntDomain(low=1, high=4)}
    return StudySettings(name="s", model="m.yaml", space=space, objectives=objectives)


def test_an_outside_metric_is_an_objective_where_it_is_declared() -> None:
    with pytest.raises(ValueError, match=r"objectives\.0"):
        study("val.edges")
    with archsearch.extended(EDGES):
        settings = study("val.mse", "val.edges")
        assert list(OBJECTIVES)[3] == "val.edges"
        assert OBJECTIVES["val.edges"].title == "validation edge error (%)"
        assert OBJECTIVES["val.edges"].typical == 3.0
        assert settings.training().train.metrics == ("edges",)
        assert pareto_order([(1, 5), (1, 7), (2, 6)], settings.objectives) == [1]
    without = study("val.psnr", "params").training().train
    assert without.metrics == ()
    assert "metrics" not in without.model_dump(mode="json")


def test_what_an_outside_metric_measured_is_in_tables_even_without_it() -> None:
    whole = synthetic_study(StudyRecipe(complete=3, seeds=1))
    trial = whole.trials[0]
    assert trial.plan is not None
    first = trial.seeds[0].model_copy(
        update={
            "result": trial.results[0].model_copy(
                update={
                    "val": Scores(mse=0.02, metrics={"edges": 4.5}),
                    "test": Scores(mse=0.03, metrics={"edges": 3.5}),
                }
            )
        }
    )
    measured = trial.model_copy(update={"seeds": (first,)})
    frame = trials_frame(whole.model_copy(update={"trials": (measured, *whole.trials[1:])}))
    assert frame[["val_edges", "test_edges"]].to_numpy()[0].tolist() == [4.5, 3.5]
    assert frame["val_edges"].isna().sum() == 2
    with archsearch.extended(EDGES):
        assert objective_value("val.edges", trial.plan, measured.results) == 4.5
        assert objective_value("val.edges", trial.plan, trial.results) is None


# --- nowhere else ----------------------------------------------------------------

DECLARED = {"config/quantities.py", "config/metrics.py", "config/baselines.py"}
TASKS = ("config/tasks/", "tasks/baselines/")
"""Where a task names its baselines, and where they are measured."""
NAMES = {part for each in (*PLANNED, *OBJECTIVES.values()) for part in (each.name, each.column)}
MOST = 2


def listed(source: str, known: set[str]) -> Iterator[set[str]]:
    """Of each list, tuple, set and mapping written out in a source: the known names in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            items = node.elts
        elif isinstance(node, ast.Dict):
            items = [item for item in (*node.keys, *node.values) if item is not None]
        else:
            continue
        texts = {item.value for item in items if isinstance(item, ast.Constant)}
        yield {re.sub("_(val|test|color)$", "", text) for text in map(str, texts)} & known | (
            {str(text) for text in texts} & known
        )


@pytest.mark.parametrize("known", [NAMES, set(BASELINES)], ids=["quantities", "baselines"])
def test_no_other_module_lists_them(known: set[str]) -> None:
    package = Path(archsearch.__file__).parent
    files = {path.relative_to(package).as_posix(): path for path in package.rglob("*.py")}
    found = {
        name: sets
        for name, path in files.items()
        if name not in DECLARED
        and not (known is not NAMES and name.startswith(TASKS))
        and (sets := [s for s in listed(path.read_text("utf-8"), known) if len(s) > MOST])
    }
    assert found == {}


def test_such_a_list_would_be_found() -> None:
    written = json.dumps(["latent_size", "params", "macs"])
    assert list(listed(written, NAMES)) == [{"latent_size", "params", "macs"}]
    assert list(listed("{'pca_val': 1, 'linear_val': 2}", set(BASELINES))) == [{"pca", "linear"}]
