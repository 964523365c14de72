"""How sure is this? Three to five items: power, rivals, seeds, convergence, what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import exp

from archsearch.printable import count
from archsearch.records import trial_counts
from archsearch.report.findings import Findings
from archsearch.report.first_screen.answer import answer_sentence
from archsearch.report.formatting import decimal
from archsearch.report.outcome import ends_of
from archsearch.report.sections.blocks import Item, Items, Mark, ReportWarning, Section
from archsearch.report.sections.correlations import confounders, is_ahead
from archsearch.report.sections.untried import never_drawn
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.statistics.sample import runs_of

__all__ = ["section"]

_MOST, _MOST_BESIDE_COLORS = 5, 3
_NOISY = 0.5
_MOST_NAMED = 2
_CHOSEN = ReportWarning(
    "hand-written", "Somebody chose these nets: this describes them, not a space of nets."
)
_ORDER: tuple[Mark, ...] = ("bad", "caution", "plain", "good")


def section(findings: Findings) -> Section | None:
    """The weightiest items, at most five; None without a result."""
    if findings.sample.runs.empty:
        return None
    made = [
        *_power(findings),
        *_tasks(findings),
        *_collapsed(findings),
        *_left_out(findings),
        *_confounded(findings),
        *_stronger(findings),
        *_convergence(findings),
        *_seeds(findings),
        *_untried(findings),
    ]
    most = _MOST if findings.colors is None else _MOST_BESIDE_COLORS
    ranked = sorted(made, key=lambda item: _ORDER.index(item.mark))[:most]
    items = tuple(item for item in made if item in ranked)
    limits = (_CHOSEN,) if findings.subject.kind == "runs" else ()
    return Section("sure", "How sure is this?", (Items(items),), limits, open=True)


def _power(findings: Findings) -> Iterator[Item]:
    answer = findings.answer
    n = count(answer.estimate.n, "architecture")
    told = answer.verdict == "not-shown" and not answer.trunks  # by the answer itself
    if told or answer.verdict in ("searched", "too-few"):
        return
    detectable = answer.detectable
    if detectable is None:
        yield Item("bad", f"{n} are too few to show a correlation reliably.")
    else:
        where = " within trunks" if answer.trunks else ""
        mark: Mark = "plain" if answer.verdict in ("yes", "little") else "caution"
        least = f"±{decimal(detectable)}"
        yield Item(mark, f"{n}: a correlation{where} weaker than {least} would often go unseen.")


def _tasks(findings: Findings) -> Iterator[Item]:
    if findings.correlations.by_task:
        yield Item(
            "caution",
            "Several tasks: only correlations within each, folded below, are of the latent alone.",
        )


def _collapsed(findings: Findings) -> Iterator[Item]:
    """Whether the answer hangs on runs whose output is the same for every picture."""
    word = findings.collapsed_word
    if not word:
        return
    runs = count(len(findings.sample.collapsed), f"{word} run")
    spare = findings.answer_without_collapsed
    other = answer_sentence(_without_collapsed(findings))
    if other.partition(":")[0] == answer_sentence(findings).partition(":")[0]:
        yield Item("plain", f"{runs} included; without, the answer is the same.")
    elif spare.estimate.clear and not is_shown(findings.without_collapsed_p):
        yield Item(
            "caution",
            f"{runs} included; without, the answer isn’t shown to differ, corrected for "
            f"{findings.looks} comparisons.",
        )
    else:
        yield Item("bad", f"{runs} included. Without: {other}")


def _without_collapsed(findings: Findings) -> Findings:
    found = findings.correlations
    return replace(
        findings,
        answer=findings.answer_without_collapsed,
        sample=findings.sample.without_collapsed(),
        code_sample=findings.code_sample.without_collapsed(),
        correlations=replace(found, sizes=found.without_collapsed),
    )


def _left_out(findings: Findings) -> Iterator[Item]:
    table = findings.sample.architectures()
    leaking = len(table) - len(findings.code_sample.architectures())
    counts = trial_counts(findings.study)
    told = []
    if leaking and leaking < len(table):
        told.append(f"{count(leaking, 'net')} that read past the latent")
    told += [f"{counts[state]} {state}" for state in ("failed", "pruned") if counts[state]]
    if told:
        yield Item("caution", f"Left out: {', '.join(told)}.")
    unfinished = counts["waiting"] + counts["running"]
    if unfinished:
        yield Item(
            "caution",
            f"{unfinished} of {count(findings.study.planned, findings.subject.noun)} unfinished.",
        )


def _confounded(findings: Findings) -> Iterator[Item]:
    tied = confounders(findings.code_sample.architectures())
    if tied:
        yield Item(
            "caution",
            f"Larger latents here also differ in {' and '.join(tied)}: their effects can’t be "
            "told apart.",
        )


def _stronger(findings: Findings) -> Iterator[Item]:
    """A rival that correlates with the error more strongly than latent size."""
    ahead = [rival for rival in findings.correlations.rivals if is_ahead(rival)]
    if ahead:
        best = min(ahead, key=lambda one: one.gap.value if one.gap and one.gap.value else 0.0)
        yield Item("caution", f"The error correlates more strongly with {RIVALS[best.name]}.")


def _convergence(findings: Findings) -> Iterator[Item]:
    known = ends_of(result for _, _, result in runs_of(findings.study, findings.sample))
    failed = sum(end.failed for end in known)
    if failed:
        yield Item(
            "caution",
            f"{failed:,} of {count(len(known), 'run')} haven’t converged: more epochs, or a lower "
            "rate at the end, could change the order.",
        )
    elif 2 * sum(end.annealed for end in known) > len(known):
        yield Item("plain", "Learning rates end near 0, so curves are flat: more epochs may help.")
    elif known:
        yield Item("good", "No training ended while its error still fell fast, or had risen.")


def _seeds(findings: Findings) -> Iterator[Item]:
    runs = findings.sample.runs.groupby("number").size()
    once = int((runs == 1).sum())
    if once:
        which = "One seed each" if once == len(runs) else f"One seed only of {once} nets"
        yield Item("caution", f"{which}: a single difference between nets may be chance.")
        return
    noise = findings.noise.kept
    if noise is None:
        return
    told = f"One seed’s noise is {100 * (exp(noise.rest) - 1):.0f} % of the error"
    if noise.low < _NOISY:
        yield Item("caution", f"{told}: it may hide what the architecture does.")
    else:
        yield Item(
            "good",
            f"{told}; nets over {100 * (noise.discernible - 1):.0f} % apart can be told apart.",
        )


def _untried(findings: Findings) -> Iterator[Item]:
    missing = never_drawn(findings.study)
    told = [f"{name} {', '.join(levels)}" for name, levels in missing.items()]
    if told:
        more = f" and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
        yield Item("plain", f"Never trained: {'; '.join(told[:_MOST_NAMED])}{more}.")
