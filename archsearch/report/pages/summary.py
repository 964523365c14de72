"""``summary.json``: the findings for programs. Keys stay; more may be added."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from archsearch.config import OBJECTIVES, planned
from archsearch.records import trial_counts
from archsearch.report.findings import Findings
from archsearch.report.sections import choices, colors, correlations, groups, ranges, training
from archsearch.report.sections.blocks import Section
from archsearch.report.sections.estimates import estimate_json, named_json
from archsearch.report.trial_table import BETTER, LEAKS, NOT_BETTER, front_objectives

__all__ = ["summarize"]


def summarize(findings: Findings, sections: Iterable[Section]) -> dict[str, object]:
    """What ``summary.json`` says; None stands for what can't be computed.

    For an adaptive method ``correlations`` and ``slope_loglog`` are empty of
    numbers and ``details`` is None; ``correlations_adaptive`` and
    ``details_adaptive`` have those of the chosen trials.

    Args:
        findings: the numbers.
        sections: the page's, whose warnings are told.
    """
    study, designed = findings.study, findings.study.designed
    answer = findings.answer
    summary: dict[str, object] = {
        "version": 1,
        "study": study.name,
        "trials": trial_counts(study),
        **correlations.to_json(findings.correlations, designed=designed),
        "slope_within_trunks": estimate_json(answer.estimate)
        if designed and answer.trunks
        else None,
        "answer": {
            "verdict": answer.verdict,
            "measure": answer.measure,
            **estimate_json(answer.estimate if designed else None, answer.estimate.n),
            "trunks": answer.trunks or None,
            "detectable_correlation": answer.detectable,
        },
        "best": _trial(findings, findings.best),
        "pareto": [_trial(findings, number) for number in findings.front],
        "pareto_of": [
            OBJECTIVES[name].column if name in OBJECTIVES else name
            for name in front_objectives(study)
        ],
        "warnings": [warning._asdict() for section in sections for warning in section.warnings],
        "details": _details(findings) if designed else None,
        "yardsticks": _linear_codes(findings),
        "outcomes": {
            name: int(findings.sample.runs[name].fillna(False).sum())
            for name in ("collapsed", "no_better_than_guess", "not_converged")
        },
    }
    if findings.colors:
        summary["color"] = colors.to_json(findings.colors)
    return summary if designed else summary | {"details_adaptive": _details(findings)}


def _trial(findings: Findings, number: int | None) -> dict[str, object] | None:
    if number is None:
        return None
    row = findings.trial(number)
    equal = row.real("equal_pca")
    return {
        "number": number,
        **{each.column: _whole(row.real(each.column)) for each in planned("spread")},
        "seeds": row.whole("seeds"),
        "val_mse": row.real("val_mse"),
        "test_mse": row.real("test_mse"),
        "verdict": row.text("verdict") or None,
        "equal_pca": round(equal, 1) if isfinite(equal) else None,
    }


def _whole(value: float) -> int | None:
    """A size; records of earlier versions don't have all."""
    return int(value) if isfinite(value) else None


def _details(findings: Findings) -> dict[str, object]:
    found, spare = findings.choices, findings.choices.without_collapsed
    single = {"partial": findings.correlations.partial_p}
    if findings.collapsed_word:
        single["without_collapsed"] = findings.without_collapsed_p
    return {
        "rivals": correlations.rivals_json(findings.correlations),
        "within_families": groups.to_json(findings.groups),
        **ranges.to_json(findings.ranges),
        "seed_noise": named_json(findings.noise.all),
        "epochs": training.to_json(findings.epochs),
        **choices.to_json(found),
        "without_collapsed": None
        if spare is None
        else {
            "seed_noise": named_json(findings.noise.without_collapsed),
            **choices.effects_json(spare),
        },
        "single_p_holm": single,
        "looks": findings.looks,
    }


def _linear_codes(findings: Findings) -> dict[str, object]:
    verdicts = findings.shown["verdict"]
    return {
        "linear_code_better": int((verdicts == BETTER).sum()),
        "linear_code_not_better": int((verdicts == NOT_BETTER).sum()),
        # The names of earlier versions, which claimed more than follows.
        "not_bottleneck_limited": int((verdicts == BETTER).sum()),
        "bottleneck_limited": int((verdicts == NOT_BETTER).sum()),
        "latent_not_the_only_path": int((verdicts == LEAKS).sum()),
    }
