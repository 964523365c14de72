"""The page of trained runs: that of a study, whose nets somebody wrote by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from archsearch.printable import count
from archsearch.report.findings import Findings, find
from archsearch.report.first_screen.lead import led_by_best
from archsearch.report.pages.page import Page
from archsearch.report.pages.run_tables import epochs_csv, run_json, runs_csv
from archsearch.report.pages.study import page_of
from archsearch.report.pages.summary import summarize
from archsearch.report.pages.write import ReportFiles, write_page
from archsearch.report.runs import TrainedRun, of_runs, read_runs, with_equal_pictures
from archsearch.report.sections import provenance, trained_runs
from archsearch.report.sections.blocks import Section, Text

__all__ = ["runs_page", "write_runs_report"]

_MOST_NAMED = 3


def write_runs_report(folders: Sequence[Path], out: Path, *, seed: int = 0) -> ReportFiles:
    """Write the page of trained runs into ``out``.

    Beside it lie ``runs.csv``, one row a run, and what lies beside a study's page.

    Args:
        folders: run directories, in the order shown.
        out: a folder, made if missing.
        seed: of resamples and permutations.

    Raises:
        InputError: a folder holds no finished run, or a spec that can't be read.
    """
    runs = read_runs(folders)
    findings = find(of_runs(with_equal_pictures(runs)), seed=seed)
    page = runs_page(findings, runs)
    summary = summarize(findings, page.sections)
    return write_page(
        page,
        out,
        summary={"version": 1, "runs": list(map(run_json, runs)), **summary},
        trials=runs_csv(runs),
        epochs=epochs_csv(runs),
        complete=len(runs),
        table="runs.csv",
    )


def runs_page(findings: Findings, runs: Sequence[TrainedRun]) -> Page:
    """The page of a study; what is told of the runs stands where the study's file would.

    Args:
        findings: of the runs that can be compared.
        runs: all of them.
    """
    page, subject = page_of(findings), findings.subject
    own = trained_runs.section(runs, subject.study, subject.names)
    return replace(
        page,
        kind="archsearch runs",
        facts=_facts(findings),
        answer=_answer(page.answer, findings, runs),
        sections=tuple(own if part.name == own.name else part for part in page.sections),
    )


def _facts(findings: Findings) -> str:
    """One line: nets and runs, pictures, epochs."""
    study = findings.study
    nets, runs = len(study.trials), len(study.results)
    told = count(nets, "net") if nets == runs else f"{count(nets, 'net')}, {count(runs, 'run')}"
    return " · ".join([told, *provenance.trained_on(study)])


def _answer(answer: Section, findings: Findings, runs: Sequence[TrainedRun]) -> Section:
    """Which net is best, where they are too few for more; and which runs are left out."""
    if findings.answer.verdict == "too-few":
        answer = led_by_best(answer, findings)
    left = _left_out(runs)
    return replace(answer, blocks=(*answer.blocks, *([Text(left)] if left else [])))


def _left_out(runs: Sequence[TrainedRun]) -> str:
    """The runs whose errors can't be compared with the others'."""
    kept = {run.name for run in with_equal_pictures(runs)}
    names = [run.name for run in runs if run.name not in kept]
    if not names:
        return ""
    return f"Left out, since they saw other pictures: {', '.join(_named(names))}."


def _named(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_MOST_NAMED]
    if len(names) > _MOST_NAMED:
        yield f"and {len(names) - _MOST_NAMED} more"
