"""A number is the same, with the same interval, wherever it stands; and counts add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import exp, isfinite

from archsearch.records import trial_counts
from archsearch.report.findings import Findings
from archsearch.report.formatting import error
from archsearch.report.formatting import with_interval as formatted
from archsearch.report.pages.summary import summarize
from archsearch.report.sections.blocks import Chart
from archsearch.report.statistics.intervals import Estimate
from tests.report.rules.told import NUMBER, Told, real, rule, with_interval

OWN_ESTIMATES = ("color",)
"""Sections whose numbers aren't among the findings: they read runs themselves."""


@rule("Every number with an interval is one that was found, with the interval it was found with.")
def intervals_are_found(page: Told) -> Iterator[str]:
    known = {tuple(map(str, shown)) for found in _found(page.findings) for shown in _ways(*found)}
    for each in page.texts:
        if each.section.startswith(OWN_ESTIMATES):
            continue
        for shown in with_interval(each.text):
            told = tuple(f"{abs(part):g}" for part in sorted((shown.low, shown.value, shown.high)))
            if tuple(sorted(told)) not in known:
                yield f"{each.section}: {shown.text} in “{each.text}”"


def _ways(value: float, low: float, high: float) -> Iterator[tuple[str, ...]]:
    """How a page may write it, without signs: a correlation, a share, a change, a doubling."""
    parts = (value, low, high)
    for made, digits in (
        (parts, 2),
        (tuple(100 * part for part in parts), 0),
        (tuple(100 * (exp(min(part, 20)) - 1) for part in parts), 0),
        (tuple(100 * (2 ** min(part, 20) - 1) for part in parts), 0),
    ):
        yield tuple(sorted(f"{abs(float(f'{part:.{digits}f}')):g}" for part in made))
    # An end that isn't 0 is never rounded to 0.
    yield tuple(sorted(f"{abs(_not_nothing(part)):g}" for part in parts))
    if all(0 <= part <= 1 for part in parts):  # a share is never rounded to all
        yield tuple(sorted(f"{min(round(100 * part), 99):g}" for part in parts))


def _not_nothing(value: float) -> float:
    """Two decimals; of a smaller number its first digit."""
    return float(f"{value:.2f}" if abs(value) >= 0.005 else f"{value:.1g}")


def _found(value: object) -> Iterator[tuple[float, float, float]]:
    """All numbers with an interval in what was found."""
    if hasattr(value, "low") and hasattr(value, "high"):
        middle = getattr(value, "value", getattr(value, "share", None))
        if middle is not None and value.low is not None and value.high is not None:
            yield middle, value.low, value.high
    if is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, field.name) for field in fields(value)]
    else:
        parts = list(value.values()) if isinstance(value, dict) else value
    if isinstance(parts, list | tuple):
        for part in parts:
            yield from _found(part)


@rule("The correlation of latent size and error has one interval, from one method.")
def one_interval(page: Told) -> Iterator[str]:
    found = page.findings
    whole = found.correlations.sizes.measures["latent_size"]["spearman"]
    others: list[tuple[str, Estimate]] = [
        (f"rival {one.name}", one.estimate)
        for one in found.correlations.rivals
        if one.name == "latent_size"
    ]
    others += [
        (f"pooled by {one.by}", one.pooled) for one in found.groups if one.pooled.n == whole.n
    ]
    others += [
        (f"epoch {at.epoch}", at.spearman) for at in found.epochs[-1:] if at.spearman.n == whole.n
    ]
    if not found.answer.trunks:
        others.append(("answer", found.answer.estimate))
    for where, other in others:
        if other.value is not None and formatted(other) != formatted(whole):
            yield f"{where}: {formatted(other)}, not {formatted(whole)}"


@rule("What is said of all together is the headline's correlation.")
def all_together(page: Told) -> Iterator[str]:
    whole = page.findings.correlations.sizes.measures["latent_size"]["spearman"].value
    for each in page.prose:
        together = re.search(
            rf"{NUMBER} (?:over|with|for) all (?:of them|together)"
            rf"|(?:over|with) all of them(?: together)?,? {NUMBER}",
            each.text,
        )
        if together and (whole is None or abs(real(together[1] or together[2]) - whole) > 0.0051):
            yield f"“{each.text}”, and the headline's is {whole}"


@rule("How much a doubling of the latent changes the error is one number.")
def one_slope(page: Told) -> Iterator[str]:
    known = {f"{100 * abs(2**value - 1):.0f}" for value in _slopes(page.findings)}
    for sentence in page.sentences:
        told = re.search(r"\bdoubling\b[^.(]*? (?:by|about|by about) [−+]?(\d+) %", sentence.text)
        if told and told[1] not in known:
            yield f"{told[1]} % in “{sentence.text}”, and not one of {sorted(known)}"


def _slopes(found: Findings) -> Iterator[float]:
    for sizes in (found.correlations.sizes, found.correlations.without_collapsed):
        yield from (slope.value for slope in sizes.slopes.values() if slope.value is not None)
    for answer in (found.answer, found.answer_without_collapsed):
        if answer.trunks and answer.estimate.value is not None:
            yield answer.estimate.value


@rule("No interval comes from two architectures, or from fewer.")
def enough_for_an_interval(page: Told) -> Iterator[str]:
    for estimate in _estimates(page.findings):
        if estimate.n <= 2 and estimate.low is not None:
            yield f"{estimate}"


def _estimates(value: object) -> Iterator[Estimate]:
    if isinstance(value, Estimate):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _estimates(tuple(getattr(value, field.name) for field in fields(value)))
    elif isinstance(value, dict):
        yield from _estimates(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _estimates(part)


@rule("Of m things that are counted there are as many as are counted elsewhere, and never n > m.")
def counts_add_up(page: Told) -> Iterator[str]:
    counted = [
        (sentence, found)
        for sentence in page.sentences
        for found in re.findall(
            rf"{NUMBER} of (?:the )?{NUMBER} (architecture|net|run|trial)s?\b", sentence.text
        )
    ]
    known = _totals(page.findings) if counted else {}
    for sentence, (part, whole, noun) in counted:
        if real(part) > real(whole) or real(whole) not in known[noun]:
            yield f"“{sentence.text}”: {noun}s are {sorted(known[noun])}"


def _totals(found: Findings) -> dict[str, set[int]]:
    samples = [found.sample, found.code_sample]
    samples += [one.without_collapsed() for one in samples]
    trials = {len(one.runs["number"].unique()) for one in samples}
    complete = [trial for trial in found.study.trials if trial.state == "complete"]
    results = found.study.results
    return {
        "architecture": {len(one.architectures()) for one in samples},
        "net": trials | {len(complete), int((~found.shown["collapsed"]).sum())} | _compared(found),
        "run": {len(one.runs) for one in samples} | {len(results)} | _with_curves(found),
        "trial": trials | {len(complete), len(found.study.trials), found.study.planned},
    }


def _compared(found: Findings) -> set[int]:
    rows = found.shown
    kept = rows[~(rows["effective_size"] > rows["latent_size"]) & ~rows["collapsed"]]
    names = [name for name in kept if str(name).endswith("_val")]
    return {len(kept), *(len(kept.dropna(subset=name)) for name in names)}


def _with_curves(found: Findings) -> set[int]:
    """Runs whose convergence can be told: those that didn't collapse."""
    from archsearch.records import convergence

    wanted = set(zip(found.sample.runs["number"], found.sample.runs["seed"], strict=True))
    runs = [
        seed.result
        for trial in found.study.trials
        for seed in trial.seeds
        if seed.result and (trial.number, seed.seed) in wanted
    ]
    known = [run for run in runs if convergence(run)]
    return {len(known), len([run for run in known if not run.collapsed])}


@rule("What is counted twice is as many both times.")
def counts_agree(page: Told) -> Iterator[str]:
    told: dict[str, set[str]] = {}
    collapsed = len(page.findings.sample.collapsed)
    for sentence in page.sentences:
        for number, what in re.findall(
            r"(\d[\d,]* of \d[\d,]*) ((?:runs?|nets?|architectures?) [\w’]+ \w+)", sentence.text
        ):
            told.setdefault(what, set()).add(number)
        for number in re.findall(
            rf"{NUMBER} (?:of \d+ runs? collapsed|collapsed runs?)\b", sentence.text
        ):
            if real(number) != collapsed:
                yield f"“{sentence.text}”: {collapsed}"
    yield from (f"{what}: {counts}" for what, counts in told.items() if len(counts) > 1)


@rule("One seed is said of nets that have no other.")
def one_seed(page: Told) -> Iterator[str]:
    runs = page.findings.sample.runs
    most = int(runs.groupby("number").size().max()) if len(runs) else 0
    for sentence in page.sentences:
        if most > 1 and re.search(r"\bOne seed (?:for )?each\b", sentence.text):
            yield f"“{sentence.text}”, and a net has {most} runs"


@rule("The noise of one seed is one number.")
def one_noise(page: Told) -> Iterator[str]:
    with_or_without = r"(?i)\bwith(?:out)? (?:it|them|\d|collapsed)"
    told = {
        found[1]
        for sentence in page.sentences
        if (found := re.search(r"[Oo]ne seed’s noise is (\d+) %", sentence.text))
        and not re.search(with_or_without, sentence.text)
    }
    if len(told) > 1:
        yield f"{sorted(told)} %"


@rule("As many architectures and seeds answer as the line of facts says, but for those with skips.")
def as_many_architectures(page: Told) -> Iterator[str]:
    found = page.findings
    n = len(found.sample.architectures())
    facts = re.search(rf"{NUMBER} architectures? × (\d+) seed", page.page.facts)
    if facts and (real(facts[1]), int(facts[2])) != (n, len(found.sample.seeds)):
        yield f"“{page.page.facts}” of {n} × {len(found.sample.seeds)}"
    spare = found.answer_without_collapsed.estimate.n
    allowed = {n, found.answer.estimate.n, spare, len(found.code_sample.architectures()), 6}
    for sentence in page.sentences:
        if sentence.of.section in ("answer", "sure"):
            for told in re.findall(
                rf"(?<!\d of )(?<![\d,]){NUMBER} architectures?\b", sentence.text
            ):
                if real(told) not in allowed:
                    yield f"“{sentence.text}”, not one of {sorted(allowed)}"


@rule("As many are said to be left out as are.")
def left_out(page: Told) -> Iterator[str]:
    found, counts = page.findings, trial_counts(page.findings.study)
    leaking = len(found.sample.architectures()) - len(found.code_sample.architectures())
    expected = {
        "failed": counts["failed"], "pruned": counts["pruned"], "read": leaking,
        "reads": leaking,
    }  # fmt: skip
    for sentence in page.sentences:
        if not re.match(r"Left out\b", sentence.text):
            continue
        for number, word in re.findall(
            rf"{NUMBER} (?:nets? that )?(failed|pruned|reads?)\b", sentence.text
        ):
            if real(number) != expected[word]:
                yield f"“{sentence.text}”: {word} {expected[word]}"


@rule("A net's validation error is the same in the table of the best and in the main figure.")
def one_error_a_net(page: Told) -> Iterator[str]:
    charts = [block.data() for block in page.page.first if isinstance(block, Chart)]
    for data in charts:
        drawn = dict(zip(data["numbers"], data["error"]["mean"], strict=True))
        for table in page.tables:
            place = next((i for i, c in enumerate(table.columns) if c.name == "val MSE"), None)
            numbers = [row.trial for row in table.rows]
            for row in table.rows if len(set(numbers)) == len(numbers) else ():
                if place is None or row.trial is None or drawn.get(row.trial) is None:
                    continue
                if row.cells[place].text != error(drawn[row.trial]):
                    yield (
                        f"trial {row.trial}: {row.cells[place].text} in the table {table.name}, "
                        f"{error(drawn[row.trial])} in the figure"
                    )


@rule("The summary for programs names the best net of the page, and the page's warnings once.")
def summary_agrees(page: Told) -> Iterator[str]:
    summary = summarize(page.findings, page.page.sections)
    best = summary["best"] and summary["best"]["number"]
    rows = [table.rows[0].trial for table in page.tables if table.name == "best"]
    if rows and rows[0] != best:
        yield f"best: {best} in the summary, {rows[0]} on the page"
    codes = [warning["code"] for warning in summary["warnings"]]
    if len(codes) > len(set(codes)):
        yield f"warnings: {codes}"


@rule("A number that couldn't be computed is left out, not printed.")
def finite(page: Told) -> Iterator[str]:
    for found in _found(page.findings):
        if not all(map(isfinite, found)):
            yield f"{found}"
