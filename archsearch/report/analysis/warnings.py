"""What a reader must know before believing a number: warnings with a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from archsearch.config import planned
from archsearch.records import (
    RunResult,
    SeedRecord,
    StudyRecord,
    pictures_damaged,
    read_pictures,
    trial_counts,
    unknown_objectives,
)
from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.outcome import outcomes
from archsearch.report.path_redaction import short_path
from archsearch.report.statistics.correlation import Correlations
from archsearch.report.statistics.factors import Factor
from archsearch.report.statistics.intervals import FEWEST
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.statistics.sample import Sample

__all__ = ["ReportWarning", "report_warnings"]

_WIDE = 12
_CONFOUNDED = 0.8
_AS_GOOD_AS_ONE = 0.9
_NOISY = 0.5
_LOOKS = 5
_NAMED = 5
_PNG = b"\x89PNG"


class ReportWarning(NamedTuple):
    """One thing that limits what can be concluded; ``code`` is stable."""

    code: str
    message: str


def report_warnings(
    study: StudyRecord, sample: Sample, found: Correlations, secondary: SecondaryAnalyses
) -> list[ReportWarning]:
    """All warnings of a study, the weightiest first."""
    return [
        *_about_the_records(study),
        *_about_the_search(study),
        *_about_the_objectives(study),
        *_about_the_tasks(sample),
        *_about_the_count(study, sample),
        *_about_the_latent(sample, found),
        *_about_skips(sample),
        *_about_the_bottleneck(sample),
        *_about_choices(sample, secondary),
        *_about_groups(secondary),
        *_about_noise(secondary),
        *_about_the_runs(study, sample),
        *_about_outcomes(_results(study, sample)),
        *_about_the_pictures(study),
    ]


def _about_the_records(study: StudyRecord) -> Iterator[ReportWarning]:
    if study.unreadable:
        n, named = len(study.unreadable), [f"{u.name} ({u.reason})" for u in study.unreadable]
        more = f" and {n - _NAMED} more" if n > _NAMED else ""
        yield ReportWarning(
            "unreadable-records",
            f"{n} stored {'record' if n == 1 else 'records'} can’t be read and "
            f"{'is' if n == 1 else 'are'} left out: {'; '.join(named[:_NAMED])}{more}.",
        )


def _about_the_search(study: StudyRecord) -> Iterator[ReportWarning]:
    if not study.designed:
        yield ReportWarning(
            "adaptive-search",
            f"The method {search_method(study)} chose trials by earlier results, which biases "
            "correlations; they are shown separately and don't give the answer.",
        )


def _about_the_objectives(study: StudyRecord) -> Iterator[ReportWarning]:
    unknown = unknown_objectives(study)
    if unknown:
        yield ReportWarning(
            "unknown-objective",
            f"The study has the objective {', '.join(unknown)}, which this version of archsearch "
            "doesn't know; so there is no Pareto front here.",
        )


def _about_the_tasks(sample: Sample) -> Iterator[ReportWarning]:
    tasks = sorted(sample.runs["task"].dropna().unique().tolist())
    if len(tasks) > 1:
        yield ReportWarning(
            "mixed-tasks",
            f"Trials have {len(tasks)} tasks ({', '.join(tasks)}). Their errors can be compared, "
            "but the task itself changes the error. So correlations and slopes over all trials mix "
            "task and latent size; only those within a task show the effect of the latent.",
        )


def search_method(study: StudyRecord) -> str:
    """The name of the search method, as the study file gives it."""
    search = study.settings.get("search")
    return str(search.get("method", "unknown")) if isinstance(search, dict) else "unknown"


def _about_the_count(study: StudyRecord, sample: Sample) -> Iterator[ReportWarning]:
    counts = trial_counts(study)
    n = len(sample.architectures())
    if n < FEWEST:
        verb = "has" if n == 1 else "have"
        have = f"Only {_count(n, 'architecture')} {verb}" if n else "No architecture has"
        yield ReportWarning(
            "too-few-architectures",
            f"{have} a result. A correlation needs at least {FEWEST}.",
        )
    elif n < _WIDE:
        yield ReportWarning("few-architectures", f"Only {n} architectures: the intervals are wide.")
    if study.note:
        yield ReportWarning("fewer-trials", f"Fewer trials than were asked for: {study.note}.")
    left = counts["waiting"] + counts["running"]
    if left:
        used = f" that every trial with a result has ({_listed(sample.seeds)})"
        yield ReportWarning(
            "unfinished",
            f"{_count(left, 'trial')} of {study.planned} not finished"
            + (f"; numbers use the seeds{used}." if sample.seeds else "."),
        )
    if counts["failed"]:
        yield ReportWarning(
            "failed-trials",
            f"{_count(counts['failed'], 'trial')} failed and left no error to count; if failures "
            "depend on size, the correlation is biased.",
        )
    if counts["pruned"]:
        yield ReportWarning(
            "pruned-trials",
            f"{_count(counts['pruned'], 'trial')} pruned early; left out of correlations.",
        )


def _about_the_latent(sample: Sample, found: Correlations) -> Iterator[ReportWarning]:
    table = sample.architectures()
    if len(table) < FEWEST:
        return
    sizes = table["latent_size"]
    if sizes.nunique() == 1:
        yield ReportWarning(
            "constant-latent",
            f"All architectures have the same latent size ({sizes.iloc[0]:.0f}): its effect "
            "can't be seen.",
        )
        return
    # Parameters and MACs follow from the latent at a given trunk: they confound nothing.
    tied = _ranks_with(sizes, table[["latent_area", "encoder_depth"]])
    strong = {name: rho for name, rho in tied.items() if abs(rho) > _CONFOUNDED}
    if strong:
        named = ", ".join(f"{name} (ρ = {rho:.2f})" for name, rho in strong.items())
        yield ReportWarning(
            "confounded",
            f"Latent size correlates with {named.replace('-', '−')}: their effects can't be "
            "separated here.",
        )
    if found.measures["latent_size"]["partial_spearman"].value is None:
        yield ReportWarning(
            "partial-undetermined",
            "No partial correlation: too few architectures, or parameters, MACs and latent "
            "height×width determine the latent size.",
        )


def _about_skips(sample: Sample) -> Iterator[ReportWarning]:
    table = sample.architectures()
    leaky = table[table["effective_size"] > table["latent_size"]]
    if len(leaky):
        low, high = leaky["effective_size"].min(), leaky["effective_size"].max()
        read = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
        yield ReportWarning(
            "leak-past-latent",
            f"In {len(leaky)} of {_count(len(table), 'architecture')} the decoder also reads "
            f"encoder layers ({read} numbers in all). The latent isn't the only code there, so "
            "neither its size nor a linear code of that size shows how much information passes.",
        )


def _about_the_bottleneck(sample: Sample) -> Iterator[ReportWarning]:
    table = sample.architectures()
    narrow = table[table["bottleneck_size"] < table["latent_size"]]
    if len(narrow):
        yield ReportWarning(
            "bottleneck-before-latent",
            f"In {len(narrow)} of {_count(len(table), 'architecture')} the bottleneck is narrower "
            "than the latent: there the latent size doesn't limit the information.",
        )


def _about_choices(sample: Sample, secondary: SecondaryAnalyses) -> Iterator[ReportWarning]:
    """Choices with an effect that can't be separated from that of a size."""
    table = sample.architectures()
    costs = [each.column for each in planned("brief") if each.column != "latent_size"]
    sizes = table[[*costs, "latent_area"]]  # a searched depth is the encoder's own
    shown = {test.factor for test in secondary.effects if is_shown(test.p_holm)}
    for factor in secondary.factors:
        column = _as_numbers(factor)
        if factor.name not in shown or column is None:
            continue
        tied = _ranks_with(column, sizes)
        same = {name: rho for name, rho in tied.items() if abs(rho) > _AS_GOOD_AS_ONE}
        if same:
            named = ", ".join(f"{name} (ρ = {rho:.2f})" for name, rho in same.items())
            yield ReportWarning(
                "confounded-choices",
                f"{factor.name} correlates with {named.replace('-', '−')}: their effects "
                "can't be separated.",
            )


def _as_numbers(factor: Factor) -> pd.Series[float] | None:
    """A factor's numbers, or 0 and 1 for its two levels; None where it has no order."""
    if factor.numbers:
        return pd.Series(factor.numbers, dtype=float)
    levels = sorted(factor.levels, key=lambda level: (len(level), level))
    if len(levels) != 2:
        return None
    return pd.Series([levels.index(value) for value in factor.values], dtype=float)


def _about_groups(secondary: SecondaryAnalyses) -> Iterator[ReportWarning]:
    """Groupings in which the pooled correlation isn't found again."""
    lost = [
        grouping.by
        for grouping in secondary.groupings
        if grouping.pooled.clear and grouping.contrast.clear and not grouping.within.clear
    ]
    if lost:
        yield ReportWarning(
            "between-families",
            f"Within groups of equal {', '.join(lost)} no correlation is shown, and the pooled "
            "one is stronger: it comes from differences between groups.",
        )


def _about_noise(secondary: SecondaryAnalyses) -> Iterator[ReportWarning]:
    noise = secondary.kept_noise
    if noise is not None and noise.low < _NOISY:
        share = f"{100 * noise.share:.0f} % (95 % interval {100 * noise.low:.0f} to "
        yield ReportWarning(
            "noise",
            f"Noise may be larger than the effect: of one run's variance the architecture explains "
            f"{share}{100 * noise.high:.0f} %).",
        )


def _ranks_with(values: pd.Series[float], sizes: pd.DataFrame) -> dict[str, float]:
    """Spearman's ρ with each size that varies, by the size's label."""
    return {
        RIVALS[str(name)]: spearman(values, size)
        for name, size in sizes.items()
        if size.nunique() > 1
    }


def _about_the_runs(study: StudyRecord, sample: Sample) -> Iterator[ReportWarning]:
    runs = sample.runs
    if runs.empty:
        return
    if len(sample.seeds) == 1:
        yield ReportWarning(
            "one-seed",
            "One seed for each architecture: noise from the seed can't be told from the "
            "architecture's effect.",
        )
    epochs = runs["epochs"].astype(int)
    if epochs.nunique() > 1:
        yield ReportWarning(
            "unequal-epochs",
            f"Runs differ in epochs ({epochs.min()} to {epochs.max()}): budgets are unequal.",
        )


def _about_the_pictures(study: StudyRecord) -> Iterator[ReportWarning]:
    if "JPEG" in study.source_note:
        yield ReportWarning("jpeg-pictures", f"About the pictures: {study.source_note}.")
    prints = {result.data_fingerprint for result in study.results}
    if len(prints) > 1:
        yield ReportWarning("mixed-data", f"Runs saw {len(prints)} different data sets.")
    kept = [seed for trial in study.trials for seed in trial.seeds if seed.pictures]
    damaged = sum(pictures_damaged(study, seed) for seed in kept)
    if damaged:
        yield ReportWarning(
            "pictures-damaged",
            f"Reconstructions of {_count(damaged, 'run')} in "
            f"{short_path(study.artifacts or '')} aren't what was stored there, and are left out.",
        )
    elif kept and not any(_reachable(study, seed) for seed in kept[:_LOOKS]):
        yield ReportWarning(
            "pictures-out-of-reach",
            f"Reconstructions were kept in {short_path(study.artifacts or '')}, which can't be "
            "read from here.",
        )


def _results(study: StudyRecord, sample: Sample) -> list[RunResult]:
    """The results of the sample's runs."""
    wanted = set(zip(sample.runs["number"], sample.runs["seed"], strict=True))
    return [
        seed.result
        for trial in study.trials
        for seed in trial.seeds
        if seed.result and (trial.number, seed.seed) in wanted
    ]


def _about_outcomes(results: list[RunResult]) -> Iterator[ReportWarning]:
    for code, message in outcomes(results):
        both = code in {"collapsed-runs", "marked-runs"}
        yield ReportWarning(code, message + " Numbers are given with and without." * both)


def _reachable(study: StudyRecord, seed: SeedRecord) -> bool:
    stored = read_pictures(study, seed)
    return stored is not None and stored.startswith(_PNG)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(numbers: tuple[int, ...]) -> str:
    return ("seed " if len(numbers) == 1 else "seeds ") + ", ".join(map(str, numbers))
