"""Which runs a page is of: each with its own numbers, and how they were trained."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from statistics import fmean, stdev

from archsearch.records import RunResult, StudyRecord, known_baselines
from archsearch.report.formatting import error
from archsearch.report.runs import TrainedRun, nets_of, with_equal_pictures
from archsearch.report.sections.blocks import (
    Block,
    Cell,
    Code,
    Column,
    Facts,
    ReportWarning,
    Row,
    Section,
    Table,
)
from archsearch.report.sections.provenance import environment_facts

__all__ = ["section"]

_COLUMNS = (
    Column("run", words=True),
    Column("seed"),
    Column("epochs"),
    Column("latent", "numbers a picture"),
    Column("parameters"),
    Column("train MSE"),
    Column("val MSE"),
    Column("test MSE"),
    Column("test PSNR"),
    Column("test SSIM"),
    Column("seconds"),
)


def section(runs: Sequence[TrainedRun], study: StudyRecord, names: Mapping[int, str]) -> Section:
    """Every run in a table, nets with several seeds in another, and how they were trained.

    Args:
        runs: all of them, those that saw other pictures too.
        study: the record of those that are compared.
        names: of its trials.
    """
    nets = nets_of(with_equal_pictures(runs))
    trials = {run.name: number for number, net in enumerate(nets) for run in net}
    blocks: list[Block] = [_runs_table(runs, trials), *_repeats(nets, names)]
    blocks.append(Facts(tuple(_facts([run.result for run in runs]))))
    blocks.append(Code("What the first run was trained with", _settings(study)))
    return Section("run", "The runs", tuple(blocks), tuple(_warnings(runs)))


def _runs_table(runs: Sequence[TrainedRun], trials: Mapping[str, int]) -> Table:
    known = known_baselines(run.result.baselines for run in runs)
    told = (Column(each.label, f"{each.words}; test MSE".lstrip("; ")) for each in known)
    rows = tuple(
        Row((*_cells(run), *_baselines(run, [each.name for each in known])), trials.get(run.name))
        for run in runs
    )
    return Table("runs", "", (*_COLUMNS, *told), rows, sortable=True)


def _cells(run: TrainedRun) -> Iterator[Cell]:
    result, plan = run.result, run.plan
    yield Cell(run.name)
    yield Cell(str(result.seed), sort=result.seed)
    yield Cell(str(result.epochs), _weights(result), result.epochs)
    read = f"{plan.effective_size:,} read" if plan.reads_past_latent else ""
    yield Cell(f"{plan.latent_size:,}", read, plan.latent_size)
    yield Cell(f"{plan.params:,}", sort=plan.params)
    yield from map(_number, (result.train_mse, result.val.mse, result.test.mse))
    yield _number(result.test.psnr, lambda value: f"{value:.2f} dB")
    yield _number(result.test.ssim, lambda value: f"{value:.3f}")
    yield _number(result.seconds, lambda value: f"{value:.0f}")


def _weights(result: RunResult) -> str:
    """Which weights are kept, or where they come from; of a path its last part."""
    if result.origin is not None:
        return f"imported from {PurePath(result.origin).name}"
    return f"weights of {result.weights_epoch}" if result.weights_epoch else ""


def _baselines(run: TrainedRun, names: Sequence[str]) -> Iterator[Cell]:
    return (_number(run.result.baselines.test(name)) for name in names)


def _number(value: float | None, written: Callable[[float], str] = error) -> Cell:
    return Cell("–") if value is None else Cell(written(value), sort=value)


def _repeats(nets: Sequence[Sequence[TrainedRun]], names: Mapping[int, str]) -> Iterator[Table]:
    """Mean and standard deviation of the nets that were trained with several seeds."""
    repeated = {number: net for number, net in enumerate(nets) if len(net) > 1}
    if not repeated:
        return
    rows = tuple(Row(tuple(_repeated(names[n], net)), n) for n, net in repeated.items())
    columns = (
        Column("net", words=True),
        Column("seeds", words=True),
        Column("val MSE", "mean over the seeds"),
        Column("±", "standard deviation between the seeds"),
        Column("test MSE", "mean over the seeds"),
    )
    yield Table("repeats", "Nets with several seeds", columns, rows)


def _repeated(name: str, net: Sequence[TrainedRun]) -> Iterator[Cell]:
    yield Cell(name)
    yield Cell(", ".join(str(run.result.seed) for run in net))
    errors = [run.result.val.mse for run in net]
    yield from map(_number, (fmean(errors), stdev(errors)))
    yield _number(fmean(run.result.test.mse for run in net))


def _facts(results: Sequence[RunResult]) -> Iterator[tuple[str, str]]:
    pictures = [", ".join(f"{n:,} {part}" for part, n in r.splits.items()) for r in results]
    yield "pictures", "; ".join(dict.fromkeys(pictures))
    yield "task", "; ".join(dict.fromkeys(result.task for result in results))
    yield from environment_facts(results)


def _settings(study: StudyRecord) -> str:
    kept = {name: study.settings[name] for name in ("data", "task", "train")}
    return json.dumps(kept, indent=2, ensure_ascii=False)


def _warnings(runs: Sequence[TrainedRun]) -> Iterator[ReportWarning]:
    prints = {run.result.data_fingerprint for run in runs}
    if len(prints) > 1:
        yield ReportWarning(
            "different-pictures",
            f"The runs saw {len(prints)} different sets of pictures: their errors can’t be "
            "compared. All but this table is about the runs of one set.",
        )
    tasks = sorted({run.result.task for run in runs})
    if len(tasks) > 1:
        yield ReportWarning("different-task", f"The runs have different tasks: {', '.join(tasks)}.")
    damaged = [run.name for run in runs if run.pictures_damaged]
    if damaged:
        yield ReportWarning(
            "pictures-damaged",
            f"The test pictures of {', '.join(damaged)} aren’t what was left there; they aren’t "
            "shown.",
        )
