"""What is said of a net is so: what it was, what beats it, and which picture and number are its."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from PIL import Image

from archsearch.records import StudyRecord, TrialRecord
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import Code, PictureRow
from archsearch.report.statistics.factors import label_of
from tests.report.rules.told import NUMBER, Told, real, rule

UNTRIED = re.compile(r"(?i)\b(?:never|not) (?:trained|tried|drawn)\b[^:]*: ?(.*)")
BEST = r"(?i)\bbest (?:net|trial)\b(?!s)"
MSE = r"(\d+(?:\.\d+)?(?:e-\d+)?)"


@rule("Nothing that a trained net has is called never tried.")
def untried(page: Told) -> Iterator[str]:
    trained = _trained_levels(page.findings.study)
    for sentence in page.sentences:
        told = UNTRIED.search(sentence.text)
        for part in re.split(r"; | and (?=\d+ more)", told[1].rstrip(".") if told else ""):
            name = max((name for name in trained if part.startswith(name)), key=len, default="")
            levels = set(part.removeprefix(name).strip(" :").split(", ")) if name else {part}
            had = levels & (trained[name] if name else set().union(*trained.values()))
            if had:
                yield f"{name} {', '.join(sorted(had))} was trained, but “{sentence.text}”"


def _trained_levels(study: StudyRecord) -> dict[str, set[str]]:
    """By the name that is searched, what nets with a result have."""
    found: dict[str, set[str]] = {"": set()}
    for trial in study.trials:
        for name, value in trial.values.items():
            found.setdefault(name, set())
            if trial.results:
                found[name].add(label_of(value))
    return found


@rule("A net that collapsed is neither the best nor said to beat anything.")
def collapsed_is_no_winner(page: Told) -> Iterator[str]:
    winning = r"\b(?:beats?|best|lowest|winner)\b"
    trials = page.findings.study.trials
    collapsed = {trial.number for trial in trials if _collapsed(trial, any)}
    called = {
        trial.number: page.findings.subject.called(trial.number)
        for trial in trials
        if _collapsed(trial, all)
    }
    for sentence in page.sentences:
        if not re.search(winning, sentence.text, re.IGNORECASE):
            continue
        named = [n for n, name in called.items() if re.search(rf"(?i)\b{name}\b", sentence.text)]
        if named or re.search(r"\bcollapsed\b", sentence.text):
            yield f"“{sentence.text}”"
        if page.findings.best in called and re.search(BEST, sentence.text):
            yield f"all collapsed, but “{sentence.text}”"
    for table in page.tables:
        for row in table.rows if table.name == "best" else ():
            if row.trial in collapsed and "collapsed" not in _row_text(row.cells):
                yield f"trial {row.trial} is among the best, and has collapsed"


def _collapsed(trial: TrialRecord, some: Callable[[list[bool]], bool]) -> bool:
    return some([bool(result.collapsed) for result in trial.results]) and bool(trial.results)


@rule("A net that reads past its latent is never the best, and where all do it is said.")
def leaking_is_no_winner(page: Told) -> Iterator[str]:
    leaks = {
        trial.number
        for trial in page.findings.study.trials
        if trial.plan and trial.plan.effective_size > trial.plan.latent_size
    }
    for section in page.page.sections:
        if section.name == "best":
            texts = " ".join(each.text for each in page.texts if each.section == "best")
            numbers = [r.trial for t in page.tables if t.name == "best" for r in t.rows]
            if leaks & set(numbers) and not re.search(r"past|only code|encoder layers", texts):
                yield f"{sorted(leaks & set(numbers))} are among the best, and nothing says so"
    for sentence in page.sentences:
        if page.findings.best in leaks and re.search(BEST, sentence.text):
            yield f"all read past their latents, but “{sentence.text}”"
        for number in leaks:
            name = page.findings.subject.called(number)
            if re.search(rf"(?i)\b{name}\b[^.]*\b(?:is the best|beats)\b", sentence.text):
                yield f"“{sentence.text}”"


@rule("What is said of the best net is that net's.")
def best_is_the_best(page: Told) -> Iterator[str]:
    best = page.findings.best
    sizes = {t.number: t.plan.latent_size for t in page.findings.study.trials if t.plan}
    complete = {t.number for t in page.findings.study.trials if t.state == "complete"}
    for sentence in page.sentences:
        told = re.search(rf"best net.*its latent has {NUMBER}", sentence.text)
        if told and best is not None and real(told[1]) != sizes[best]:
            yield f"“{sentence.text}”, and its latent has {sizes[best]}"
    for section in page.page.sections:
        specs = [b.trial for b in section.blocks if isinstance(b, Code) and b.trial is not None]
        texts = " ".join(each.text for each in page.texts if each.section == section.name)
        if specs and re.search(r"\bspecs of the best\b", texts, re.IGNORECASE):
            if specs[0] != best:
                yield f"the best specs start with trial {specs[0]}, and the best is {best}"
            if not set(specs) <= complete:
                yield f"trials {sorted(set(specs) - complete)} are among the best specs"


@rule("What is said of PCA and other linear codes is so of the nets that it is said of.")
def linear_codes(page: Told) -> Iterator[str]:
    rows = compared(page)
    rows = rows.dropna(subset="pca_val")
    beaten = rows["pca_val"] < rows["val_mse"]
    for sentence in page.sentences:
        text, holds = sentence.text, True
        counted = re.search(rf"PCA of the same size beats {NUMBER} of {NUMBER}", text)
        start = re.search(rf"From {NUMBER} numbers on\b.*PCA of the same size is", text)
        if re.search(r"(?i)at every size.*PCA of the same size is", text):
            holds = bool(beaten.all())
        elif start:
            after = rows["latent_size"] >= real(start[1])
            holds = bool(after.any() and beaten[after].all())
        elif re.search(r"PCA of the same size (?:does no better|is no better|beats none)", text):
            holds = not beaten.any()
        elif counted:
            holds = (real(counted[1]), real(counted[2])) == (beaten.sum(), len(rows))
        named = re.search(r"\(PCA (\d+), patch PCA (\d+)\)", text)
        if named and int(named[1]) != beaten.sum():
            holds = False
        if not holds:
            yield f"“{text}”: PCA is better for {int(beaten.sum())} of {len(rows)}"


def compared(page: Told) -> pd.DataFrame:
    """The nets whose latent is their only code and whose outputs vary."""
    rows = page.findings.shown
    return rows[~(rows["effective_size"] > rows["latent_size"]) & ~rows["collapsed"]]


@rule("No text says that a linear code is better, and another that none is.")
def linear_codes_agree(page: Told) -> Iterator[str]:
    code = r"(?:PCA|linear code|linear map|such code)"
    denied = rf"\bno {code}.*\bbetter|{code}.* (?:does|is) no better|{code}.* beats none"
    none = [s.text for s in page.sentences if re.search(denied, s.text, re.IGNORECASE)]
    some = [
        s.text
        for s in page.sentences
        if re.search(rf"{code}\b.*\b(?:better|beats)\b", s.text, re.IGNORECASE)
        and s.text not in none
        and not re.search(r"\(PCA 0,|\bFor \d+ |\bbeats 0 of\b|\bIf\b|\bwhere\b", s.text)
    ]
    if none and some:
        yield f"“{none[0]}” and “{some[0]}”"


@rule("Pictures have the error of the run that made them, and the size of its net.")
def pictures_are_the_runs(page: Told) -> Iterator[str]:
    trials = {trial.number: trial for trial in page.findings.study.trials}
    for block in page.pictures:
        for row in block.rows:
            if row.trial is not None:
                yield from _of_another(row, trials[row.trial])


def _of_another(row: PictureRow, trial: TrialRecord) -> Iterator[str]:
    label = f"{row.label}: {row.small}"
    size, told = re.search(rf"{NUMBER} numbers", label), re.search(rf"MSE {MSE}", label)
    if size and trial.plan and real(size[1]) != trial.plan.latent_size:
        yield f"“{label}”, and the latent has {trial.plan.latent_size}"
    seed = re.search(r"seed (\d+)", label)
    runs = [s.result for s in trial.seeds if s.result and (not seed or s.seed == int(seed[1]))]
    if not told or len(runs) != 1:
        yield f"“{label}” names no run with its error, of {len(trial.results)}"
    elif told[1] not in (error(runs[0].val.mse), error(runs[0].test.mse)):
        yield f"“{label}”, and that run has {error(runs[0].val.mse)}"


@rule("Pictures that stand in one column are of one picture.")
def columns_are_one_picture(page: Told) -> Iterator[str]:
    """Told by the reconstructions of :func:`strip_of`, which are 20 darker than the originals."""
    if page.findings.study.artifacts is not None or page.findings.subject.kind == "runs":
        return
    for block in page.pictures:
        first = next((row for row in block.rows if row.label.startswith("original")), None)
        for row in block.rows:
            if first is not None and row.trial is not None and not _darker(first, row):
                yield f"“{row.label} {row.small}” in {block.name}"


def _darker(first: PictureRow, row: PictureRow) -> bool:
    true, made = (
        np.asarray(Image.open(io.BytesIO(one.png)).convert("RGBA")).astype(int)
        for one in (first, row)
    )
    if true.shape != made.shape:
        return False
    seen = true[..., 3] > 0
    return np.array_equal(np.clip(true - 20, 0, 255)[seen][:, :3], made[seen][:, :3])


@rule("The mean over a trial's runs is called a mean.")
def means_are_called_so(page: Told) -> Iterator[str]:
    means = {}
    for trial in page.findings.study.trials:
        errors = [result.val.mse for result in trial.results]
        one_by_one = {error(value) for value in errors}
        if len(errors) > 1 and error(float(np.mean(errors))) not in one_by_one:
            means[error(float(np.mean(errors)))] = trial.number
    for each in page.prose:
        for told in re.findall(rf"(?<![\w.]){MSE}(?![\w%]|\.\d)", each.text):
            if told in means and len(told) > 4 and not re.search(r"\b(?:mean|seed)\b", each.text):
                yield f"“{each.text}”: {told} is the mean of trial {means[told]}"
    for table in page.tables:
        for place, column in enumerate(table.columns):
            cells = {row.cells[place].text for row in table.rows if row.trial is not None}
            errors = re.search(r"\b(?:MSE|error)\b", f"{column.name}")
            if (
                errors
                and cells & set(means)
                and not re.search(
                    r"\bmean\b", f"{column.name} {column.help} {table.title} {table.note}"
                )
            ):
                yield f"the column “{column.name}” of {table.name or table.title}"


@rule("Where nets did several tasks, it is said where the answer stands.")
def tasks_are_named(page: Told) -> Iterator[str]:
    tasks = page.findings.code_sample.runs["task"].dropna().unique()
    shown = " ".join(each.text for each in page.prose if each.open)
    answered = page.findings.answer.verdict in ("yes", "little", "not-shown")
    if len(tasks) > 1 and answered and not re.search(r"\btasks?\b", shown):
        yield f"{', '.join(tasks)} are taken together, and no open text says so"


@rule("Every trial that is named exists.")
def named_trials_exist(page: Told) -> Iterator[str]:
    numbers = {trial.number for trial in page.findings.study.trials}
    for each in page.texts:
        for number in re.findall(r"(?i)\btrials? (\d+)\b", each.text):
            if int(number) not in numbers and page.findings.subject.kind == "study":
                yield f"“{each.text}”"


def _row_text(cells: tuple[object, ...]) -> str:
    return " ".join(map(str, cells))
