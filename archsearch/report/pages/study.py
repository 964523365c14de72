"""The page of a study, and that of trained runs: the same sections, for the same findings."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from archsearch.arguments import as_path, require_type
from archsearch.records import (
    StudyRecord,
    epochs_frame,
    objective_names,
    trial_counts,
    trials_frame,
)
from archsearch.report.findings import Findings, find
from archsearch.report.first_screen import answer, best, sureness
from archsearch.report.first_screen.ladder import ladder
from archsearch.report.first_screen.lead import led_by_best
from archsearch.report.first_screen.scatter import chart
from archsearch.report.pages.page import Page
from archsearch.report.pages.summary import summarize
from archsearch.report.pages.write import ReportFiles, write_page
from archsearch.report.sections import (
    choices,
    colors,
    correlations,
    front,
    glossary,
    groups,
    latent_use,
    noise,
    provenance,
    ranges,
    training,
    trials,
)
from archsearch.report.sections.blocks import Chart, PictureRows, Section
from archsearch.report.subject import Subject, of_study

__all__ = ["page_of", "write_report", "write_subject"]


def write_report(study: StudyRecord, out: str | PathLike[str], *, seed: int = 0) -> ReportFiles:
    """Write the report of ``study`` into the folder ``out``.

    Nothing is trained. Paths of the machine are shortened in all files.

    Args:
        study: the record to report, finished or not.
        out: a folder, made if missing.
        seed: of resamples and permutations; equal seeds, equal numbers.

    Raises:
        ArgumentTypeError: an argument of another type than the above.

    Example:
        >>> results = archsearch.load_results("quickstart")  # doctest: +SKIP
        >>> write_report(results, "reports/quickstart").index  # doctest: +SKIP
        PosixPath('reports/quickstart/index.html')
    """
    give = 'give what archsearch.run_study or archsearch.load_results("NAME") returns'
    require_type(study, StudyRecord, "write_report(study)", help=give)
    folder = as_path(out, "write_report(out)", help='name a folder, such as "reports/mine"')
    return write_subject(of_study(study), folder, seed=seed)


def write_subject(subject: Subject, out: Path, *, seed: int = 0) -> ReportFiles:
    """Write the page of a study, or of runs."""
    findings = find(subject, seed=seed)
    page, study = page_of(findings), subject.study
    return write_page(
        page,
        out,
        summary=summarize(findings, page.sections),
        trials=trials_frame(study).to_csv(index=False, lineterminator="\n"),
        epochs=epochs_frame(study).to_csv(index=False, lineterminator="\n"),
        complete=trial_counts(study)["complete"],
    )


def page_of(findings: Findings) -> Page:
    """What stands open, then what is folded."""
    study = findings.study
    return Page(
        kind="archsearch report",
        name=study.name,
        description=str(study.settings.get("description") or ""),
        facts=provenance.facts_line(study, findings.sample),
        answer=_answer(findings),
        first=tuple(filter(None, _first(findings))),
        sections=tuple(filter(None, _sections(findings))),
    )


_ERRORS = (("val.mse",), ("val.psnr",))
"""What a search is for that ranks nets as their validation error does."""


def _answer(findings: Findings) -> Section:
    """What latent size does; of a search for the lowest error, which net is best."""
    opening = answer.section(findings)
    sought = findings.answer.verdict == "searched" and objective_names(findings.study) in _ERRORS
    return led_by_best(opening, findings) if sought else opening


def _first(findings: Findings) -> Iterator[Chart | PictureRows | None]:
    yield chart(findings)
    if findings.colors is None:  # the section on colors shows the same pictures
        yield ladder(findings)


def _sections(findings: Findings) -> Iterator[Section | None]:
    if findings.colors:
        yield from colors.sections(findings.colors)
    yield best.section(findings)
    yield sureness.section(findings)
    yield from _about_latent_size(findings)
    yield noise.section(findings.noise, findings.sample, findings.collapsed_word)
    yield latent_use.section(
        findings.shown, findings.best, findings.study.curves, findings.subject.called
    )
    yield choices.section(
        findings.choices,
        findings.study,
        findings.sample,
        looks=findings.looks,
        word=findings.collapsed_word,
    )
    yield front.section(findings.study, findings.front, noun=findings.subject.noun)
    yield training.section(
        findings.study, findings.sample, findings.epochs, names=findings.subject.names
    )
    yield trials.section(findings.subject, findings.sample, findings.trials, ranked=findings.ranked)
    yield provenance.section(findings.subject, findings.sample)
    yield glossary.section()


def _about_latent_size(findings: Findings) -> Iterator[Section | None]:
    study, looks = findings.study, findings.looks
    table = findings.code_sample.architectures()
    pooled = findings.correlations.rivals[0].estimate
    yield correlations.section(
        study,
        findings.correlations,
        sample=findings.sample,
        answer=findings.answer,
        looks=looks,
        collapsed_word=findings.collapsed_word,
    )
    yield groups.section(findings.groups, pooled=pooled, looks=looks, designed=study.designed)
    yield ranges.section(
        findings.ranges, table, pooled=pooled, looks=looks, designed=study.designed
    )
