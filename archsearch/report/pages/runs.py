"""Writing the page of trained runs side by side."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import log
from pathlib import Path
from statistics import mean, stdev

from archsearch.config import LINEAR_CODES, load, planned
from archsearch.files import write_text
from archsearch.records import (
    ColorScores,
    PlanRecord,
    RunRecord,
    convergence,
    known_baselines,
    load_run,
    no_better_than_guess,
    plan_record,
)
from archsearch.records.run_files import SAMPLE_GRID_FILE, SPEC_FILE, RunFiles
from archsearch.report.analysis.warnings import ReportWarning
from archsearch.report.color import ColorSection, color_section, run_variants
from archsearch.report.figures import drawings
from archsearch.report.figures.comparison import runs_figure
from archsearch.report.formatting import error
from archsearch.report.outcome import outcomes
from archsearch.report.pages.rendering import figure_cards, render
from archsearch.report.pages.write import ReportFiles, write_figures
from archsearch.report.tables.secondary import TextTable
from archsearch.report.tables.trials import Architecture, layer_rows, numbers_read

__all__ = ["write_runs_report"]

_CLOSE = 0.05
_MOST_NAMED = 4


def write_runs_report(folders: Sequence[Path], out: Path) -> ReportFiles:
    """Write the page of trained runs side by side into ``out``.

    Args:
        folders: run directories, in the order shown.
        out: a folder, made if missing.

    Raises:
        InputError: a folder holds no finished run, or a spec that can't be read.
    """
    runs = [load_run(folder) for folder in folders]
    plans = [
        plan_record(load(folder / SPEC_FILE).plan(task=run.settings.task))
        for folder, run in zip(folders, runs, strict=True)
    ]
    names = _names(runs, folders)
    drawn = list(drawings({"runs": lambda: runs_figure(names, runs)}))
    color = _color(folders, runs, plans)
    colored = list(drawings(color.figures)) if color else []
    figures = write_figures([*drawn, *colored], out)
    said, warnings = _words(names, runs, plans), _warnings(names, runs, plans)
    summary: dict[str, object] = {
        "version": 1,
        "runs": [_numbers(*each) for each in zip(names, runs, plans, strict=True)],
        "warnings": [warning._asdict() for warning in warnings],
        "figures": [path.relative_to(out).as_posix() for path in figures],
        **({"color": color.summary} if color else {}),
    }
    page = render(
        "comparison.html.j2",
        name=_title(names),
        kind="archsearch runs",
        question="Which run is better, and by how much?",
        answer=said,
        color=color,
        color_figures=figure_cards(colored),
        warnings=warnings,
        figures=figure_cards(drawn),
        tables=[_table(names, runs, plans)],
        architectures=[
            Architecture(f"run-{place}", name, "", plan.spec, layer_rows(plan))
            for place, (name, plan) in enumerate(zip(names, plans, strict=True))
        ],
    )
    table, epochs = out / "runs.csv", out / "epochs.csv"
    write_text(table, _csv([_flat(*each) for each in zip(names, runs, plans, strict=True)]))
    write_text(epochs, _csv(_epochs(names, runs)))
    numbers, index = out / "summary.json", out / "index.html"
    write_text(numbers, json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(index, page)
    files = tuple(figures)
    return ReportFiles(index, table, epochs, numbers, files, summary, tuple(said), len(runs))


def _color(
    folders: Sequence[Path], runs: Sequence[RunRecord], plans: Sequence[PlanRecord]
) -> ColorSection | None:
    """What the runs say of colors; None where none predicts them."""
    grids = [partial(_sample_grid, folder) for folder in folders]
    return color_section(run_variants(runs, plans, grids))


def _sample_grid(folder: Path) -> bytes | None:
    """The run's test pictures; runs of earlier versions left none."""
    files = RunFiles(folder)
    left = SAMPLE_GRID_FILE in files.checksums or (folder / SAMPLE_GRID_FILE).exists()
    return files.read(SAMPLE_GRID_FILE) if left else None


def _title(names: Sequence[str]) -> str:
    """All names, or the first few of many."""
    if len(names) <= _MOST_NAMED:
        return " · ".join(names)
    return f"{' · '.join(names[: _MOST_NAMED - 1])} and {len(names) - _MOST_NAMED + 1} more runs"


def _names(runs: Sequence[RunRecord], folders: Sequence[Path]) -> list[str]:
    """The runs' names; what tells their folders apart where the same name comes twice."""
    plain = [run.name for run in runs]
    whole = [folder.absolute() for folder in folders]
    shared = Path(os.path.commonpath([folder.parent for folder in whole]))
    return [
        name if plain.count(name) == 1 else folder.relative_to(shared).as_posix()
        for name, folder in zip(plain, whole, strict=True)
    ]


def _numbers(name: str, run: RunRecord, plan: PlanRecord) -> dict[str, object]:
    result = run.result
    ended = convergence(result)
    return {
        "run": name,
        "task": result.task,
        "seed": result.seed,
        "epochs": result.epochs,
        **{each.column: getattr(plan, each.column) for each in planned("spread")},
        "train": {"mse": result.train_mse},
        "val": result.val.model_dump(),
        "test": result.test.model_dump(),
        "baselines": result.baselines.tests(),
        "seconds": result.seconds,
        "collapsed": result.collapsed,
        "variance_share": result.variance_share,
        "no_better_than_guess": no_better_than_guess(result),
        "not_converged": None if ended is None else ended.failed,
        "data_fingerprint": result.data_fingerprint,
    }


def _flat(name: str, run: RunRecord, plan: PlanRecord) -> dict[str, object]:
    return dict(_flattened(_numbers(name, run, plan)))


def _flattened(numbers: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Nested keys joined; ``color`` always with all of its keys, so that rows are alike."""
    for key, value in numbers.items():
        if key == "color":
            yield from (value or dict.fromkeys(ColorScores.model_fields)).items()  # type: ignore[attr-defined]
        elif isinstance(value, dict):
            yield from ((f"{key}_{inner}", number) for inner, number in _flattened(value))
        else:
            yield key, value


def _epochs(names: Sequence[str], runs: Sequence[RunRecord]) -> list[dict[str, object]]:
    return [
        {"run": name, "seed": run.result.seed, **epoch.model_dump()}
        for name, run in zip(names, runs, strict=True)
        for epoch in run.result.history
    ]


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _words(
    names: Sequence[str], runs: Sequence[RunRecord], plans: Sequence[PlanRecord]
) -> list[str]:
    ranked = sorted(zip(names, runs, plans, strict=True), key=lambda each: each[1].result.val.mse)
    name, best, plan = ranked[0]
    said = [
        f"{name} has the lowest validation error, {error(best.result.val.mse)} (on the test split "
        f"{error(best.result.test.mse)}), with a latent of {plan.latent_size:,} numbers."
    ]
    if len(ranked) > 1:
        other, second, _ = ranked[1]
        ratio = second.result.val.mse / max(best.result.val.mse, 1e-12)
        close = " So small a difference may be the seed’s." if log(ratio) < _CLOSE else ""
        said.append(f"Next is {other}, with {ratio:.2f} times its error.{close}")
    return [*said, *_repeats(names, runs, plans), *_against_codes(ranked)]


def _repeats(
    names: Sequence[str], runs: Sequence[RunRecord], plans: Sequence[PlanRecord]
) -> list[str]:
    """Mean ± deviation of runs of one architecture with several seeds."""
    groups: dict[str, list[int]] = {}
    for place, (run, plan) in enumerate(zip(runs, plans, strict=True)):
        settings = run.settings.model_dump(exclude={"train": {"seed"}})
        groups.setdefault(plan.key + json.dumps(settings, sort_keys=True), []).append(place)
    said = []
    for places in groups.values():
        seeds = {runs[place].result.seed for place in places}
        if len(seeds) < 2:
            continue
        errors = [runs[place].result.val.mse for place in places]
        said.append(
            f"{', '.join(names[place] for place in places)} are one architecture with "
            f"{len(seeds)} seeds: {error(mean(errors))} ± {error(stdev(errors))} (mean and "
            "standard deviation of validation MSE)."
        )
    return said


def _against_codes(ranked: Sequence[tuple[str, RunRecord, PlanRecord]]) -> list[str]:
    """Which runs a linear code of their latent's size beats; silent where none was fitted."""
    beaten, judged = [], 0
    for name, run, _ in ranked:
        found = run.result.baselines
        codes = map(found.test, LINEAR_CODES)
        known = [value for value in codes if value is not None]
        judged += bool(known)
        if known and min(known) < run.result.test.mse:
            beaten.append(name)
    if not judged:
        return []
    mapped = any(run.result.baselines.test("linear") is not None for _, run, _ in ranked)
    kind = "map from the input, through as many numbers as the latent," if mapped else ""
    if not beaten:
        which = f"linear {kind}" if mapped else "linear code of a run’s own latent size"
        return [f"No {which} does better on the test split than it."]
    which = f"linear {kind}" if mapped else "linear code of the same latent size"
    return [
        f"A {which} does better on the test split than {', '.join(beaten)}: "
        "training or the family leave capacity unused."
    ]


def _warnings(
    names: Sequence[str], runs: Sequence[RunRecord], plans: Sequence[PlanRecord]
) -> list[ReportWarning]:
    made = []
    leaky = [
        name
        for name, plan in zip(names, plans, strict=True)
        if plan.effective_size > plan.latent_size
    ]
    if leaky:
        made.append(
            ReportWarning(
                "leak-past-latent",
                f"In {', '.join(leaky)}, the decoder also reads encoder layers, so the latent "
                "isn’t the only code. There a linear code of the latent’s size is mentioned only "
                "if it is better even so.",
            )
        )
    if len({run.result.data_fingerprint for run in runs}) > 1:
        made.append(
            ReportWarning(
                "different-pictures", "The runs used different pictures: errors can’t be compared."
            )
        )
    if len({run.result.task for run in runs}) > 1:
        made.append(ReportWarning("different-task", "The runs have different tasks."))
    epochs = [run.result.epochs for run in runs]
    if min(epochs) < max(epochs):
        told = f"{min(epochs)} to {max(epochs)}"
        made.append(ReportWarning("unequal-epochs", f"Runs differ in epochs ({told})."))
    if len(runs) > 1 and len({plan.key for plan in plans}) == len(runs):
        made.append(
            ReportWarning(
                "one-seed",
                "One run for each architecture: a difference may be the seed’s. Train each with "
                "several seeds (--seed) to tell.",
            )
        )
    became = outcomes([run.result for run in runs], names)
    made += [ReportWarning(code, message) for code, message in became if code != "annealed"]
    return made


def _table(
    names: Sequence[str], runs: Sequence[RunRecord], plans: Sequence[PlanRecord]
) -> TextTable:
    columns = ["run", "seed", "epochs", "latent", "parameters", "train MSE", "val MSE", "test MSE"]
    known = known_baselines(run.result.baselines for run in runs)
    labels = [each.label for each in known]
    columns += ["test PSNR", "test SSIM", *labels, "seconds"]
    rows = [
        [name, *_row(run, plan, [each.name for each in known])]
        for name, run, plan in zip(names, runs, plans, strict=True)
    ]
    told = "; ".join(f"{each.label}: {each.words}" for each in known if each.words)
    note = f"Baselines are test MSEs. {told[:1].upper()}{told[1:]}."
    return TextTable("runs", "The runs", columns, rows, note)


def _row(run: RunRecord, plan: PlanRecord, known: Sequence[str]) -> list[str]:
    result = run.result
    errors = [result.train_mse, result.val.mse, result.test.mse]
    found = [result.baselines.test(name) for name in known]
    return [
        str(result.seed),
        str(result.epochs),
        numbers_read(plan),
        f"{plan.params:,}",
        *map(error, errors),
        "–" if result.test.psnr is None else f"{result.test.psnr:.2f} dB",
        "–" if result.test.ssim is None else f"{result.test.ssim:.3f}",
        *("–" if value is None else error(value) for value in found),
        f"{result.seconds:.0f}",
    ]
