"""``summary.json``: the findings for programs. Keys stay; more may be added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from archsearch.config import OBJECTIVES, planned
from archsearch.records import trial_counts
from archsearch.report.analysis.findings import Findings
from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.analysis.trial_table import BETTER, LEAKS, NOT_BETTER, front_objectives
from archsearch.report.statistics.correlation import Correlations
from archsearch.report.statistics.effects import FactorTest
from archsearch.report.statistics.intervals import Estimate, nothing
from archsearch.report.statistics.pairs import Paired

__all__ = ["summarize"]


def summarize(findings: Findings, figures: list[str]) -> dict[str, object]:
    """What ``summary.json`` says; None stands for what can't be computed.

    For an adaptive method ``correlations`` and ``slope_loglog`` are empty of
    numbers and ``details`` is None; ``correlations_adaptive`` and
    ``details_adaptive`` have those of the chosen trials.
    """
    study, designed = findings.study, findings.study.designed
    found, spare, answer = findings.found, findings.without_collapsed, findings.answer
    slope = found.slopes["latent_size"] if designed else None
    summary: dict[str, object] = {
        "version": 1,
        "study": study.name,
        "trials": trial_counts(study),
        "correlations": _measures(found, known=designed),
        "correlations_without_collapsed": _measures(spare, known=designed),
        "slope_loglog": estimate_json(slope, found.n),
        "slope_within_trunks": estimate_json(answer.estimate)
        if designed and answer.trunks
        else None,
        "answer": {
            "verdict": answer.verdict,
            "measure": answer.measure,
            **estimate_json(answer.estimate if designed else None, found.n),
            "trunks": answer.trunks or None,
            "detectable_correlation": answer.detectable,
        },
        "spearman_by_task": {
            task: estimate_json(estimate if designed else None, estimate.n)
            for task, estimate in findings.by_task.items()
        },
        "best": _trial(findings, findings.best),
        "pareto": [_trial(findings, number) for number in findings.front],
        "pareto_of": [
            OBJECTIVES[name].column if name in OBJECTIVES else name
            for name in front_objectives(study)
        ],
        "warnings": [warning._asdict() for warning in findings.warnings],
        "figures": figures,
        "details": _secondary(findings.secondary) if designed else None,
        "yardsticks": _linear_codes(findings),
        "outcomes": {
            name: int(findings.sample.runs[name].fillna(False).sum())
            for name in ("collapsed", "no_better_than_guess", "not_converged")
        },
    }
    if not designed:
        summary["correlations_adaptive"] = _measures(found, known=True)
        summary["details_adaptive"] = _secondary(findings.secondary)
    return summary


def _measures(found: Correlations, *, known: bool) -> dict[str, object]:
    return {
        size: {
            name: estimate_json(estimate if known else None, found.n)
            for name, estimate in measures.items()
        }
        for size, measures in found.measures.items()
    }


def estimate_json(estimate: Estimate | None, n: int = 0) -> dict[str, float | int | None]:
    """An estimate as a JSON object; all None but n where there is none."""
    return (estimate or nothing(n))._asdict()


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


def _secondary(secondary: SecondaryAnalyses) -> dict[str, object]:
    knee, noise, shares = secondary.knee, secondary.noise, secondary.importances
    spare = secondary.without_collapsed
    return {
        "rivals": {
            rival.name: {
                **estimate_json(rival.estimate),
                "p_holm": rival.p_holm,
                "latent_stronger_by": estimate_json(rival.gap) if rival.gap else None,
            }
            for rival in secondary.rivals
        },
        "within_families": {
            grouping.by: {
                "pooled": estimate_json(grouping.pooled),
                "within": estimate_json(grouping.within),
                "contrast": estimate_json(grouping.contrast),
                "p_holm": grouping.p_holm,
                "families": {one.label: estimate_json(one.estimate) for one in grouping.groups},
            }
            for grouping in secondary.groupings
        },
        "ranges": [
            {
                "latent_low": part.low,
                "latent_high": part.high,
                "left_out": part.left_out,
                "spearman": estimate_json(part.estimate),
                "p_holm": part.p_holm,
            }
            for part in secondary.ranges
        ],
        "line": _named(secondary.line),
        "knee": None if knee is None else {**_plain(knee._asdict()), "shown": knee.shown},
        "seed_noise": _named(noise),
        "epochs": [
            {
                "epoch": at.epoch,
                "spearman": estimate_json(at.spearman),
                "slope_loglog": estimate_json(at.slope),
                "agreement_with_last": at.agreement,
            }
            for at in secondary.epochs
        ],
        "factors": _factors(secondary.effects),
        "paired": _paired(secondary.paired),
        "without_collapsed": None
        if spare is None
        else {
            "seed_noise": _named(spare.noise),
            "factors": _factors(spare.effects),
            "paired": _paired(spare.paired),
        },
        "single_p_holm": dict(secondary.single),
        "looks": secondary.looks,
        "importances": {
            "evaluator": shares.evaluator,
            "shares": shares.shares,
            "chance": None if shares.refused else shares.noise_column,
            "refused": shares.refused or None,
            "n": shares.n,
        },
    }


def _paired(pairs: Sequence[Paired]) -> list[dict[str, object]]:
    return [
        {
            "what": each.what,
            "contrast": each.contrast,
            "held": each.held,
            "groups": each.groups,
            "log_mse": estimate_json(each.estimate),
            "p_holm": each.p_holm,
        }
        for each in pairs
    ]


def _factors(tests: Sequence[FactorTest]) -> dict[str, object]:
    return {
        test.factor: {
            "share": test.share,
            "p": test.p,
            "p_holm": test.p_holm,
            "log_mse": {
                effect.contrast: {
                    "alone": estimate_json(effect.alone),
                    "others_equal": estimate_json(effect.adjusted),
                }
                for effect in test.effects
            },
        }
        for test in tests
    }


def _named(record: object) -> dict[str, object] | None:
    fields = getattr(record, "_asdict", None)
    return None if fields is None else _plain(fields())


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value.item() if hasattr(value, "item") else value for name, value in values.items()
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
