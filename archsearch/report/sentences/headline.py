"""The answer in plain sentences, made from the numbers and never surer than they are."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from archsearch.report.analysis.findings import Findings, TrialRow
from archsearch.report.analysis.trial_table import BETTER, LEAKS, NOT_BETTER
from archsearch.report.analysis.verdict import Answer
from archsearch.report.analysis.warnings import search_method
from archsearch.report.formatting import decimal, error, interval, percent, with_interval
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import is_shown
from archsearch.report.statistics.rivals import RIVALS

__all__ = ["answer", "caption", "given_others", "headline"]


def answer(findings: Findings) -> list[str]:
    """The page's opening paragraphs: correlation, rivals, baselines, the best, collapse."""
    paragraphs = [
        headline(findings),
        _marked(findings, within_tasks(findings)),
        _without_collapsed(findings),
        _marked(findings, _strength(findings)),
        _marked(findings, _rivals(findings)),
        _against_linear_codes(findings),
        _codes(findings),
        _best(findings),
    ]
    return [paragraph for paragraph in paragraphs if paragraph]


def _marked(findings: Findings, sentence: str) -> str:
    """The sentence, marked where its numbers are of trials that a search chose."""
    if findings.study.designed or not sentence:
        return sentence
    return f"Among the trials it chose: {sentence[0].lower()}{sentence[1:]}"


def headline(findings: Findings) -> str:
    """Does the error correlate with latent size? One or two sentences."""
    if findings.answer.estimate.value is None:
        return f"The report can't say whether latent size and error correlate. {_why_not(findings)}"
    claim = _claim(findings.answer, _over(findings.answer.estimate.n, len(findings.sample.seeds)))
    if findings.study.designed:
        return claim
    method = search_method(findings.study)
    return (
        f"No answer: {method} chose these trials by their errors, so their correlation is not "
        f"that of the space. Among the trials it chose, {_measured(findings.answer)}."
    )


def within_tasks(findings: Findings) -> str:
    """Where the task is searched over: the correlation within each task by itself."""
    if not findings.by_task:
        return ""
    told = []
    for task, estimate in findings.by_task.items():
        if estimate.value is None:
            told.append(f"{task} too few ({_architectures(estimate.n)})")
        else:
            told.append(f"{task} {decimal(estimate.value)} ({interval(estimate)}, n {estimate.n})")
    return (
        "These are several tasks together, and the task itself changes the error. So that number "
        f"doesn’t describe the latent alone. Spearman ρ within each: {'; '.join(told)}."
    )


def caption(estimate: Estimate) -> str:
    """A correlation with its interval, for a figure."""
    if estimate.value is None:
        return f"Spearman ρ: not computed (the warnings say why), {_architectures(estimate.n)}"
    return (
        f"Spearman ρ = {decimal(estimate.value)}, 95 % interval {interval(estimate)}, "
        f"n = {_architectures(estimate.n)}"
    )


def _claim(answer: Answer, over: str) -> str:
    """What the verdict says, with the numbers that it is made of."""
    measured = f"{_measured(answer)}, {over}"
    if answer.verdict == "too-few":
        return f"Too few architectures for an answer: {measured}."
    if answer.verdict == "little":
        return f"Latent size has little effect on the validation error: {measured}."
    if answer.verdict == "not-shown":
        return f"No effect of latent size on the validation error is shown: {measured}. " + _power(
            answer
        )
    high = answer.estimate.high or 0.0
    opening, way = ("Yes", "lower") if high < 0 else ("Yes, but unexpectedly", "higher")
    claim = f"{opening}: architectures with a larger latent have a {way} validation error"
    return f"{claim}; {measured}."


def _power(answer: Answer) -> str:
    """What such a study would have shown, so that silence isn't taken for absence."""
    where = " within trunks" if answer.trunks else ""
    if answer.detectable is None:
        return f"So few architectures don't show any correlation{where} reliably."
    return (
        f"There may still be one: four of five studies of this size show a true correlation"
        f"{where} of ±{decimal(answer.detectable)} or stronger."
    )


def _measured(answer: Answer) -> str:
    """The number behind the verdict, with its interval."""
    estimate = answer.estimate
    if not answer.trunks:
        return f"Spearman ρ = {decimal(estimate.value or 0)} (95 % interval {interval(estimate)})"
    change, low, high = (percent(2 ** (part or 0.0) - 1) for part in estimate[:3])
    return (
        f"among architectures of one trunk ({answer.trunks} trunks), a latent twice as large "
        f"changes the error by {change} (95 % interval {low} to {high})"
    )


def _why_not(findings: Findings) -> str:
    reasons = {warning.code: warning.message for warning in findings.warnings}
    for code in ("too-few-architectures", "constant-latent"):
        if code in reasons:
            return reasons[code]
    return "All architectures have the same error."


def _strength(findings: Findings) -> str:
    """The change of the error per doubling of the latent."""
    slope = findings.found.slopes["latent_size"]
    if slope.value is None or slope.low is None or slope.high is None:
        return ""
    change = [2**exponent - 1 for exponent in (slope.value, slope.low, slope.high)]
    where = "Over all trunks together, a" if findings.answer.trunks else "A"
    text = (
        f"{where} latent twice as large comes with an error changed by {percent(change[0])} (95 % "
        f"interval {percent(change[1])} to {percent(change[2])}; slope {decimal(slope.value)} on "
        "log–log axes)."
    )
    if slope.clear and not findings.found.measures["latent_size"]["spearman"].clear:
        text += " By ranks nothing is shown."
    return text


def given_others(findings: Findings) -> str:
    """The correlation with the other sizes held equal, which asks another question; or ""."""
    partial = findings.found.measures["latent_size"]["partial_spearman"]
    if partial.value is None:
        return ""
    rest = (
        "Among architectures of similar parameters, MACs and latent height×width, which is another "
        "question (there a larger latent has a narrower trunk), the correlation is "
        f"{with_interval(partial)}"
    )
    if not partial.clear:
        return (
            f"{rest}: with these held equal, an effect of latent size is neither shown nor ruled "
            "out."
        )
    if not is_shown(findings.secondary.single.get("partial")):
        return (
            f"{rest}, which isn't shown to differ from 0 after correction for {_looks(findings)}."
        )
    return f"{rest}: latent size explains something that these don't."


def _looks(findings: Findings) -> str:
    return f"all {findings.secondary.looks} comparisons"


def _rivals(findings: Findings) -> str:
    parts = []
    for size in findings.found.distinct[1:]:
        estimate = findings.found.measures[size]["spearman"]
        if estimate.value is not None:
            parts.append(f"{RIVALS[size]} {with_interval(estimate)}")
    told = ", ".join(parts)
    return (
        f"For comparison, the error’s ρ with other sizes, each by itself: {told}." if parts else ""
    )


def _without_collapsed(findings: Findings) -> str:
    collapsed, spare = len(findings.sample.collapsed), findings.secondary.without_collapsed
    if spare is None:
        return ""
    runs = f"the {spare.word} run" if collapsed == 1 else f"the {collapsed} {spare.word} runs"
    answer = findings.answer_without_collapsed
    if answer.estimate.value is None:
        return f"Without {runs} too few architectures are left for an answer."
    left = len(findings.sample.runs) - collapsed
    over = f"{_architectures(answer.estimate.n)}, {left} runs"
    if answer.verdict == findings.answer.verdict:
        return f"Without {runs} the answer is the same: {_measured(answer)}, {over}."
    if answer.estimate.clear and not is_shown(findings.secondary.single.get("without_collapsed")):
        return (
            f"Without {runs} the interval by itself gives another answer, but not after correction "
            f"for {_looks(findings)}: {_measured(answer)}, {over}."
        )
    claim = _claim(answer, over)
    return f"Without {runs}: {claim[0].lower()}{claim[1:]}"


def _against_linear_codes(findings: Findings) -> str:
    """How many models a linear code of the same size beats, and what that means."""
    shown = findings.shown
    judged = shown[shown["verdict"].isin([BETTER, NOT_BETTER, LEAKS])]
    if judged.empty:
        return ""
    beaten = int((judged["verdict"] == BETTER).sum())
    by_pca = int((judged["pca_val"] < judged["val_mse"]).sum())
    by_patch = int((judged["patch_pca_val"] < judged["val_mse"]).sum())
    leaking = int((judged["verdict"] == LEAKS).sum())
    total = len(judged)
    opening = (
        f"A linear code of the same size (PCA, or patch PCA of the latent's own shape) beats "
        f"{beaten} of {total} models (PCA {by_pca}, patch PCA {by_patch}). "
    )
    mapped = judged["linear_val"].notna().any()
    if mapped:
        opening = (
            "The best linear map from the input, through as many numbers as the latent, beats "
            f"{beaten} of {total} models. "
        )
    return opening + " ".join(
        _verdicts(beaten, total - beaten - leaking, leaking, merged=bool(mapped))
    )


def _verdicts(beaten: int, others: int, leaking: int, *, merged: bool) -> Iterator[str]:
    """What follows for the beaten, for the others, and for those with a second path."""
    if beaten:
        yield (
            "There the nets, or their training, leave capacity unused. That doesn't mean that size "
            "has no effect."
        )
    if others and (beaten or leaking):
        yield f"For {others} no such code does better."
    if leaking:
        other = ", or the exact luminance is merged in" if merged else ""
        yield (
            f"For {leaking} this comparison isn't fair: there the decoder also reads encoder "
            f"layers{other}, so the latent isn't the only code."
        )


def _codes(findings: Findings) -> str:
    """How much of their latents the models use, where that was measured."""
    shown = findings.shown.dropna(subset=["rank", "active"])
    if shown.empty:
        return ""
    share = 100 * (shown["rank"] / shown["latent_size"]).median()
    active = 100 * (shown["active"] / shown["latent_size"]).median()
    text = (
        f"In the median model {active:.0f} % of the latent's numbers are active, and "
        f"{share:.0f} % as many principal components explain 99 % of the codes' variance"
    )
    rounded = shown.dropna(subset=["mse_8bit", "mse_4bit"])
    if rounded.empty:
        return f"{text}."
    loss = [100 * (rounded[f"mse_{bits}bit"] / rounded["code_mse"] - 1).median() for bits in (8, 4)]
    return (
        f"{text}; rounding the codes to 8 bits raises the error by {loss[0]:.1f} %, to 4 bits by "
        f"{loss[1]:.0f} %."
    )


def _best(findings: Findings) -> str:
    if findings.best is None:
        return ""
    row = findings.trial(findings.best)
    text = (
        f"The lowest validation error is {error(row.real('val_mse'))} (trial {findings.best}, "
        f"latent {row.whole('latent_size'):,}, {row.whole('params'):,} parameters), on the test "
        f"split {error(row.real('test_mse'))}."
    )
    return f"{text} {_latent_use(findings, row)}".strip()


def _latent_use(findings: Findings, row: TrialRow) -> str:
    """How many PCA components do as well as the best trial; silent without a curve."""
    curves, latent_use = findings.study.curves, row.real("equal_pca")
    if curves is None or not curves.pca or not isfinite(latent_use):
        return ""
    fewest = curves.pca[0]
    if row.real("val_mse") >= fewest.val:
        return f"PCA with {fewest.components:,} number{'s'[: fewest.components > 1]} does as well."
    if row.real("val_mse") < min(point.val for point in curves.pca):
        return f"PCA doesn't reach this error with {curves.pca[-1].components:,} numbers."
    return f"PCA needs about {latent_use:,.0f} numbers per picture for this error."


def _over(number: int, seeds: int) -> str:
    return f"{_architectures(number)} × {seeds} seed" + ("s" if seeds > 1 else "")


def _architectures(number: int) -> str:
    return f"{number} architecture" + ("" if number == 1 else "s")
