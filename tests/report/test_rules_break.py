"""Rules can fail: contradictions that stood on pages, put back one by one, break the rule."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from archsearch.report.first_screen import ladder, sureness
from archsearch.report.first_screen.answer import answer_sentence
from archsearch.report.formatting import error
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import (
    Cell,
    Code,
    Column,
    Item,
    Items,
    PictureRows,
    ReportWarning,
    Row,
    Section,
    Table,
    Text,
)
from archsearch.report.statistics.pairs import Paired
from archsearch.report.subject import of_study
from tests.report.rules import RULES, Told, told
from tests.report.varied import as_subject, changed, leaking, pca_is, pictured
from tests.synthetic import StudyRecipe

RULE = {rule.name: rule for rule in RULES}


@pytest.fixture(scope="module")
def plain() -> Told:
    """Fifteen nets, one of them leaking, one collapsed; PCA is better than each."""
    recipe = StudyRecipe(complete=14, collapsed=1, failed=1, slope=0.9, seed=3)
    study = changed(recipe, partial(leaking, lambda place: place == 4), pictured)
    return told(as_subject(pca_is(0.5, study)))


def breaks(name: str, page: Told, before: Told) -> bool:
    """Whether ``page`` breaks the rule in a place that was right before."""
    return bool(set(RULE[name].broken(page)) - set(RULE[name].broken(before)))


def saying(page: Told, *texts: str, **fields: object) -> Told:
    """The page with another folded section that says so."""
    section = Section("more", "More", tuple(map(Text, texts)), **fields)
    return with_sections(page, *page.page.sections, section)


def with_sections(page: Told, *sections: Section) -> Told:
    return Told(page.findings, replace(page.page, sections=sections))


def answering(page: Told, text: str) -> Told:
    """The page with another answer."""
    first, *others = page.page.answer.blocks
    answer = replace(page.page.answer, blocks=(replace(first, text=text), *others))
    return Told(page.findings, replace(page.page, answer=answer))


def titled(page: Told, title: str) -> Told:
    """The page with another title of its main figure."""
    chart, *others = page.page.first
    drawn = replace(chart, drawing=replace(chart.drawing, title=title))
    return Told(page.findings, replace(page.page, first=(drawn, *others)))


CLEAR = "rank correlation −0.42, 95 % interval −0.70 to −0.05"
ACROSS = "rank correlation −0.99, 95 % interval −1.00 to 0.99"
"""Of ten architectures in perfect order but one swap, as an earlier version told it."""

SENTENCES = [
    # Contradictions that stood on pages.
    ("all_together", "−0.31 inside the groups, against −0.20 with all of them together."),
    ("untried", "Not tried: activation gelu."),
    ("untried", "Never trained: width 7; residual false, true."),
    ("not_shown_follows", "Not shown: width −13 % (−24 % to −1 %)."),
    ("not_shown_follows", "No effect is shown: width: −13 % (−24 % to −1 %)."),
    ("left_out", "Left out of the answer: 2 failed."),
    ("left_out", "Left out of the answer: 3 nets that read past the latent."),
    ("intervals_are_found", "Spearman ρ −0.42 (−0.79 to 0.08)."),
    ("intervals_are_found", f"By another method it is {CLEAR}."),
    # Others of their kind.
    ("linear_codes", "PCA of the same size does no better than any of these nets."),
    ("linear_codes", "PCA of the same size beats 3 of 10 nets: those are limited by training."),
    ("linear_codes_agree", "For all nets no linear code does any better: none is better."),
    ("one_slope", "Each doubling of the latent lowers the error by about 77 %."),
    ("counts_add_up", "3 of 77 nets haven’t converged."),
    ("counts_add_up", "14 of 11 architectures have a narrow bottleneck."),
    ("counts_agree", "3 of 30 runs haven’t converged yet. 4 of 30 runs haven’t converged yet."),
    ("counts_agree", "9 collapsed runs included."),
    ("files_exist", "The file runs.csv has every run."),
    ("one_seed", "One seed each: a difference may be chance."),
    ("one_noise", "One seed’s noise is 77 % of the error."),
    ("never_too_sure", "The architecture explains 100 % (95 % interval 100 to 100 %)."),
    ("best_is_the_best", "PCA needs 12 numbers for the best net’s error; its latent has 7."),
    ("no_slips", "It is corrected for 0 comparisons."),
    ("no_slips", "It needs 1 numbers."),
    ("means_are_called_so", "Its error is {mean}."),
    ("named_trials_exist", "Trial 99 took longest."),
    ("never_too_sure", "Latent size has no effect."),
    ("collapsed_is_no_winner", "2 collapsed runs, and the best net beats them."),
    ("collapsed_is_no_winner", "Trial {collapsed} beats one constant chroma."),
    ("leaking_is_no_winner", "Trial {leaking} is the best."),
    ("no_slips", "It is None."),
    ("no_slips", "One run in 1 nets."),
    ("no_slips", "By two  spaces."),
    ("no_slips", "It changes by −0 %."),
    ("no_slips", "It has 0.1234567891 of them."),
    ("whole_sentences", "and no end"),
    ("all_prose", "word " * 1201),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SENTENCES)
def test_a_sentence_that_contradicts_breaks_its_rule(plain: Told, name: str, text: str) -> None:
    trials = plain.findings.study.trials
    runs = [[result.val.mse for result in trial.results] for trial in trials if trial.results]
    text = text.format(
        mean=next(error(np.mean(each)) for each in runs if each[0] / each[1] > 1.05),
        collapsed=next(t.number for t in trials if any(r.collapsed for r in t.results)),
        leaking=next(t.number for t in trials if t.plan.effective_size > t.plan.latent_size),
    )
    assert breaks(name, saying(plain, text), plain)


ANSWERS = [
    ("verdict_opens", f"Little or none: {CLEAR}."),
    ("verdict_opens", "Maybe: who knows."),
    ("verdict_follows", f"Yes: a larger latent has a lower error ({ACROSS})."),
    ("verdict_follows", "Yes: it falls (rank correlation −0.42, 95 % interval −0.70 to 0.00)."),
    ("verdict_follows", f"Not shown: {CLEAR}; 12 architectures would have shown one of 0.75."),
    ("verdict_follows", f"Little or none: {ACROSS}."),
    ("verdict_follows", "Yes: nets with a larger latent have a lower error."),
    ("direction_follows", f"Yes: each doubling raises the error by about 3 % ({CLEAR})."),
    ("title_agrees", f"Yes: nets with a larger latent have a lower error ({CLEAR})."),
    ("answer_is_short", "Yes: " + "long " * 30),
    ("as_many_architectures", "Yes: 99 architectures say so."),
]


@pytest.mark.parametrize(("name", "text"), ANSWERS)
def test_an_answer_that_does_not_follow_breaks_its_rule(plain: Told, name: str, text: str) -> None:
    assert plain.findings.answer.verdict == "yes"
    assert breaks(name, answering(plain, text), plain)


def test_a_title_with_another_number_breaks_its_rule(plain: Told) -> None:
    assert breaks("title_agrees", titled(plain, CLEAR), plain)
    assert breaks("direction_follows", titled(plain, "A larger latent raises the error"), plain)
    assert breaks("figures_have_titles", titled(plain, ""), plain)


def test_open_prose_is_counted_apart(plain: Told) -> None:
    short = with_sections(plain)
    assert breaks("open_prose", saying(short, "word " * 250, open=True), short)
    assert not breaks("open_prose", saying(short, "word " * 250), short)


def test_two_intervals_of_one_correlation_break_their_rule(plain: Told) -> None:
    """ρ stood in two rows of a page with two intervals, each of another method."""
    found = plain.findings
    (first, *others) = found.correlations.rivals
    other = first._replace(estimate=first.estimate._replace(low=-0.99))
    rivals = replace(found.correlations, rivals=(other, *others))
    assert breaks("one_interval", Told(replace(found, correlations=rivals), plain.page), plain)


def test_an_interval_from_two_architectures_breaks_its_rule(plain: Told) -> None:
    found = plain.findings
    estimate = found.answer.estimate._replace(n=2, low=-0.131, high=-0.13)
    pair = Paired("width", "4 → 8", "latent size", 1, estimate, None)
    effects = replace(found.choices.all, paired=(pair,))
    choices = replace(found.choices, all=effects)
    altered = Told(replace(found, choices=choices), plain.page)
    assert breaks("enough_for_an_interval", altered, plain)
    assert breaks("finite", Told(_infinite(found), plain.page), plain)


def _infinite(found):
    estimate = found.answer.estimate._replace(low=float("-inf"))
    return replace(found, answer=found.answer._replace(estimate=estimate))


def test_a_level_that_nets_have_is_not_called_never_trained(plain: Told, monkeypatch) -> None:
    """“Not tried: classes” stood on a page where five of twelve nets had them."""
    monkeypatch.setattr(sureness, "never_drawn", lambda *_: {"activation": ["gelu"]})
    monkeypatch.setattr(sureness, "_MOST", 99)
    assert breaks("untried", Told(plain.findings, page_of(plain.findings)), plain)


def test_pictures_under_others_break_their_rule(plain: Told, monkeypatch) -> None:
    """Columns 9 to 17 of a page showed other pictures than the originals above them."""

    def mixed(seed) -> bytes:
        strip = np.asarray(Image.open(io.BytesIO(plain.findings.subject.pictures(seed))))
        turned = np.roll(strip, 16 * int(seed.pictures.partition("-")[0]), axis=1)
        file = io.BytesIO()
        Image.fromarray(turned).save(file, "PNG")
        return file.getvalue()

    subject = replace(of_study(plain.findings.study), pictures=mixed)
    findings = replace(plain.findings, subject=subject)
    assert not breaks("columns_are_one_picture", Told(findings, page_of(findings)), plain)
    monkeypatch.setattr(ladder, "same_columns", lambda g: (list(range(len(g))), [0, 1, 2]))
    assert breaks("columns_are_one_picture", Told(findings, page_of(findings)), plain)


def with_labels(page: Told, small: Callable[[str], str]) -> Told:
    def changed_rows(block: PictureRows) -> PictureRows:
        return replace(
            block, rows=tuple(row._replace(small=small(row.small)) for row in block.rows)
        )

    first = tuple(
        changed_rows(block) if isinstance(block, PictureRows) else block
        for block in page.page.first
    )
    return Told(page.findings, replace(page.page, first=first))


def test_a_mean_beside_one_runs_pictures_breaks_its_rule(plain: Told) -> None:
    """“Worst: MSE 0.0606” stood beside the pictures of that trial's good seed."""
    assert any(row.trial is not None for block in plain.pictures for row in block.rows)
    mean = with_labels(plain, lambda small: small.rpartition(" ")[0] + " 0.0606")
    assert breaks("pictures_are_the_runs", mean, plain)
    unnamed = with_labels(plain, lambda small: small.replace(", seed", ", run"))
    assert breaks("pictures_are_the_runs", unnamed, plain)


def with_best(page: Told, change: Callable[[Table], Table]) -> Told:
    sections = []
    for section in page.page.sections:
        blocks = tuple(
            change(block) if isinstance(block, Table) and block.name == "best" else block
            for block in section.blocks
            if section.name != "best" or not isinstance(block, Text)
        )
        sections.append(replace(section, blocks=blocks))
    return with_sections(page, *sections)


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("collapsed_is_no_winner", lambda t: any(result.collapsed for result in t.results)),
        ("leaking_is_no_winner", lambda t: t.plan.effective_size > t.plan.latent_size),
    ],
)
def test_a_net_that_may_not_win_breaks_the_rule(plain: Told, name: str, which) -> None:
    number = next(trial.number for trial in plain.findings.study.trials if which(trial))
    added = Row((Cell(f"trial {number}"), *(Cell("") for _ in range(5))), number)
    won = with_best(plain, lambda table: replace(table, rows=(added, *table.rows)))
    assert breaks(name, won, plain)
    assert breaks("summary_agrees", won, plain)


def test_another_error_in_the_table_breaks_its_rule(plain: Told) -> None:
    def other(table: Table) -> Table:
        place = [column.name for column in table.columns].index("val MSE")
        first, *rows = table.rows
        cells = (*first.cells[:place], Cell("0.0606"), *first.cells[place + 1 :])
        return replace(table, rows=(first._replace(cells=cells), *rows))

    def unnamed(table: Table) -> Table:
        return replace(table, columns=tuple(Column(column.name) for column in table.columns))

    assert breaks("one_error_a_net", with_best(plain, other), plain)
    assert breaks("means_are_called_so", with_best(plain, unnamed), plain)


def test_what_the_others_alone_would_say_breaks_its_rule(plain: Told) -> None:
    """The share of a doubling was that of all runs in a sentence on those without collapse."""
    wrong = answer_sentence(plain.findings)
    page = saying(plain, f"2 collapsed runs included. Without: {wrong}")
    assert breaks("without_collapsed", page, plain)
    claim = f"Without: Yes: larger latents have a lower error ({ACROSS})."
    assert breaks("verdict_follows", saying(plain, claim), plain)


def test_nets_of_several_tasks_are_not_taken_together_silently(plain: Told) -> None:
    """“L1: −48 %” stood over several tasks, each of which has errors of its own."""
    found, runs = plain.findings, plain.findings.code_sample.runs
    mixed = runs.assign(task=["colorize", "colorize-chroma"] * (len(runs) // 2))
    page = Told(replace(found, code_sample=replace(found.code_sample, runs=mixed)), plain.page)
    assert breaks("tasks_are_named", page, plain)
    assert not breaks("tasks_are_named", saying(page, "These are two tasks.", open=True), plain)


def test_specs_of_others_than_the_best_break_their_rule(plain: Told) -> None:
    codes = tuple(Code(f"Trial {n}", "", n) for n in reversed(plain.findings.ranked))
    section = Section("trials", "All trials", (Text("Specs of the best:"), *codes))
    assert breaks("best_is_the_best", with_sections(plain, section), plain)


def test_an_empty_table_breaks_its_rule(plain: Told) -> None:
    empty = Section("more", "More", (Table("t", "", (Column("a"),), ()),))
    assert breaks("nothing_empty", with_sections(plain, empty), plain)
    assert breaks("nothing_empty", with_sections(plain, Section("more", "More", ())), plain)


def test_a_warning_twice_breaks_its_rule(plain: Told) -> None:
    warning = ReportWarning("noise", "Noise may be larger than the effect.")
    alone = with_sections(plain)
    once, twice = (saying(alone, warnings=(warning,) * times) for times in (1, 2))
    assert breaks("warnings_once", twice, once)
    assert breaks("summary_agrees", twice, once)
    item = Section("items", "Items", (Items((Item("bad", "Noise.", "noise"),)),))
    assert breaks("warnings_once", with_sections(once, *once.page.sections, item), once)


def test_each_rule_is_broken_by_one_of_these() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [rule.name for rule in RULES if f'"{rule.name}"' not in source] == []
