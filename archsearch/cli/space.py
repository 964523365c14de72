"""``archsearch space``: a study's space before any training."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer

from archsearch.cli.defaults import chosen_storage
from archsearch.cli.output import print_folded, print_json
from archsearch.cli.study_files import Storage, find_study
from archsearch.printable import count
from archsearch.streams import to_stderr

if TYPE_CHECKING:
    from archsearch.config import StudyFile
    from archsearch.space import SpaceSummary, Spread

__all__ = ["space"]


def space(
    study: Annotated[
        str, typer.Argument(metavar="STUDY", help="A study file, or a study's name in the storage.")
    ],
    storage: Storage = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", help="Time short trainings on this machine, to estimate minutes."
        ),
    ] = False,
) -> None:
    """Describe a study's search space, and what the study can detect, before any training.

    Example: archsearch space studies/latent-vs-mse.yaml
    """
    from archsearch.space import SearchSpace, summarize
    from archsearch.study.overrides import following_pictures

    named = following_pictures(find_study(study, chosen_storage(storage)))
    summary = summarize(SearchSpace.of(named.settings, named.model), named.settings)
    if calibrate:
        summary = _with_minutes(summary)
    if json:
        print_json(_space_json(summary))
    else:
        print_folded(_space_lines(summary, named))


def _with_minutes(summary: SpaceSummary) -> SpaceSummary:
    """The summary with minutes from short trainings on this machine."""
    from archsearch.study.training.calibration import predicted_minutes

    if summary.cost.pictures is None:
        to_stderr("no estimate in minutes: the number of pictures is unknown until they are read")
        return summary
    candidates = summary.design.candidates if summary.design else summary.candidates
    minutes = predicted_minutes(candidates, summary.cost.trainings, summary.cost.pictures)
    return replace(summary, cost=replace(summary.cost, minutes=minutes))


def _space_json(summary: SpaceSummary) -> dict[str, object]:
    """The stable keys of ``space --json``."""
    cost, design = summary.cost, summary.design
    balance = None if design is None else design.balance
    return {
        "configurations": summary.configurations,
        "sampled": summary.sampled,
        "feasible_share": summary.feasible_share,
        "distinct": summary.distinct,
        "rules": dict(summary.rules),
        "latent_size": _spread_json(summary.latent_size),
        "bottleneck_before_latent": summary.narrower,
        "correlations": dict(summary.correlations),
        "params": _spread_json(summary.params),
        "examples": {
            rule: {"point": dict(found.values), "detail": found.detail}
            for rule, found in summary.examples.items()
        },
        "detectable_correlation": summary.detectable,
        "trunks": summary.trunks or None,
        "design": None
        if design is None
        else {
            "candidates": len(design.candidates),
            "correlations": None if balance is None else dict(balance.correlations),
            "random_correlations": None if balance is None else dict(balance.random),
            "strata": None if balance is None else list(balance.counts),
        },
        "cost": {
            "trainings": cost.trainings,
            "macs_per_picture": cost.macs_per_picture,
            "pictures": cost.pictures,
            "epochs": cost.epochs,
            "macs": cost.total_macs,
            "minutes": cost.minutes,
        },
        "notes": [*summary.notes, *(() if design is None else design.notes)],
    }


def _spread_json(spread: Spread) -> dict[str, object]:
    return {
        "min": spread.minimum,
        "max": spread.maximum,
        "quantiles": {f"{share:g}": value for share, value in spread.quantiles.items()},
        "histogram": {"edges": list(spread.edges), "counts": list(spread.counts)},
    }


def _space_lines(summary: SpaceSummary, study: StudyFile) -> Iterator[str]:
    """The summary for people."""
    total = summary.configurations
    size = (
        "configurations that can't be counted" if total is None else count(total, "configuration")
    )
    looked = "all of them" if summary.whole else f"{summary.sampled:,} random ones"
    from archsearch.space import cost_line

    yield f"{study.settings.name}: {size}; examined {looked}"
    yield f"feasible       {summary.feasible_share:.1%}, {count(summary.distinct, 'architecture')}"
    for rule, share in summary.rules.items():
        found = summary.examples[rule]
        point = ", ".join(f"{name}={value}" for name, value in found.values.items())
        yield f"  forbidden    {share:6.1%}  {rule}"
        yield f"               e.g. {point}: {found.detail}"
    yield from ("", "latent size", *_histogram(summary.latent_size))
    if summary.narrower:
        yield f"  {summary.narrower:.1%} have a bottleneck that is narrower than their latent:"
        yield "  there bottleneck.size, not latent.size, limits the information"
    yield from ("", "parameters", *_histogram(summary.params), "")
    yield "rank correlation of latent size, over random candidates, with"
    for name, rho in summary.correlations.items():
        yield f"  {name:24} {'  –' if isnan(rho) else f'{rho:+.2f}'}"
    yield ""
    yield from _design(summary, study)
    yield cost_line(summary.cost)


def _design(summary: SpaceSummary, study: StudyFile) -> Iterator[str]:
    from archsearch.space import design_lines

    search = study.settings.search
    if summary.design is None:
        yield f"design         none: {search.method} chooses by results, so no ρ can be measured"
        return
    drawn = count(len(summary.design.candidates), "architecture")
    yield f"design         {search.method}, {drawn}"
    for line in (*design_lines(summary.design), *summary.notes):
        yield f"  {line}"
    yield f"can detect     {_power(summary)}"


def _power(summary: SpaceSummary) -> str:
    """What its report is likely to show, by the verdict that the report gives."""
    trunks = f" within its {summary.trunks} trunks" if summary.trunks else ""
    if summary.detectable is None:
        return f"no |ρ| up to 0.99{trunks}: too few architectures"
    return f"a true |ρ| of {summary.detectable:.2f}{trunks} in four of five such studies"


def _histogram(spread: Spread) -> Iterator[str]:
    widest = max(10, min(40, shutil.get_terminal_size((80, 24)).columns - 40))
    most = max(spread.counts)
    for low, high, found in zip(spread.edges, spread.edges[1:], spread.counts, strict=False):
        bar = "█" * round(widest * found / most) or ("▏" if found else "")
        yield f"  {low:>9,.0f} – {high:<9,.0f} {bar} {found:,}"
    middle = ", ".join(f"{share:.0%} {value:,.0f}" for share, value in spread.quantiles.items())
    yield f"  quantiles: {middle}"
