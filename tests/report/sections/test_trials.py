"""Every trial is accounted for; the best stand in a table, with specs that train again."""

from __future__ import annotations

import re

import pytest
import yaml

from archsearch.config import BASELINES
from archsearch.records import Baselines, StudyRecord, TrialRecord, Unreadable, trial_counts
from archsearch.report.findings import find
from archsearch.report.sections import trials
from archsearch.report.sections.blocks import Cell, Code, Facts, Section, Table, Text
from archsearch.report.statistics.sample import headline_sample
from archsearch.report.subject import Subject, of_study
from archsearch.report.trial_table import equal_pca, trial_table
from tests.synthetic import StudyRecipe, synthetic_study

MIXED = StudyRecipe(collapsed=2, failed=2, pruned=2, infeasible=2, waiting=2, untouched=2)


def made(subject: Subject) -> Section:
    found = trials.section(
        subject,
        headline_sample(subject.study),
        trial_table(subject.study),
        ranked=find(subject).ranked,
    )
    assert found is not None
    return found


def section(study: StudyRecord) -> Section:
    return made(of_study(study))


def the_table(found: Section) -> Table:
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    return table


def column(table: Table, name: str) -> list[Cell]:
    place = [each.name for each in table.columns].index(name)
    return [row.cells[place] for row in table.rows]


def facts(found: Section) -> dict[str, str]:
    return {
        term: text
        for block in found.blocks
        if isinstance(block, Facts)
        for term, text in block.pairs
    }


def messages(study: StudyRecord) -> dict[str, str]:
    return {warning.code: warning.message for warning in section(study).warnings}


def changed(study: StudyRecord, number: int, **updates: object) -> StudyRecord:
    trials = tuple(
        trial.model_copy(update=updates) if trial.number == number else trial
        for trial in study.trials
    )
    return study.model_copy(update={"trials": trials})


def test_every_trial_is_accounted_for_with_the_reason_of_its_end():
    study = synthetic_study(MIXED)
    told = facts(section(study))
    for state, number in trial_counts(study).items():
        assert (state in told) == (number > 0)
        assert number == 0 or told[state].split(" ")[0] == str(number)
    assert told["failed"] == "2 (loss became NaN in epoch 2)"
    assert len(the_table(section(study)).rows) == len(study.trials)


def test_only_the_commonest_reasons_are_named():
    study = synthetic_study(StudyRecipe(complete=1, failed=5))
    failed = [trial.number for trial in study.trials if trial.state == "failed"]
    for number, reason in zip(failed, "aabcd", strict=True):
        study = changed(study, number, reason=reason)
    assert re.fullmatch(r"5 \(2 × a; 1 × [bcd]; 2 other reasons\)", facts(section(study))["failed"])


def test_rows_are_by_rising_error_and_linked_with_the_chart():
    study = synthetic_study(MIXED)
    table = the_table(section(study))
    errors = [cell.sort for cell in column(table, "val MSE")]
    known = [error for error in errors if error is not None]
    assert known == sorted(known)
    assert errors[len(known) :] == [None] * (len(errors) - len(known))
    assert [row.trial for row in table.rows] == [cell.sort for cell in column(table, "trial")]
    assert table.sortable


def test_how_a_trial_ended_stands_under_its_number():
    study = synthetic_study(MIXED)
    first = next(trial.number for trial in study.trials if trial.state == "complete")
    study = changed(study, first, duplicate_of=99)
    small = {row.trial: row.cells[0].small for row in the_table(section(study)).rows}
    for trial in study.trials:
        collapsed = any(result.collapsed for result in trial.results)
        told = "collapsed" if collapsed else "" if trial.state == "complete" else trial.state
        assert small[trial.number] == ("same net as 99" if trial.number == first else told)


def test_of_many_the_best_two_hundred_and_the_specs_of_twenty():
    study = synthetic_study(StudyRecipe(complete=230, seeds=1, epochs=1))
    found = section(study)
    table = the_table(found)
    best = sorted(study.trials, key=lambda trial: trial.value)
    assert [row.trial for row in table.rows] == [trial.number for trial in best[:200]]
    assert table.note == "The best 200 of 230. trials.csv has every run."
    specs = [block for block in found.blocks if isinstance(block, Code)]
    assert [spec.trial for spec in specs] == [trial.number for trial in best[:20]]


def test_a_spec_with_its_layers_can_be_copied_as_it_is():
    study = synthetic_study(StudyRecipe(complete=3))
    plans = {trial.number: trial.plan for trial in study.trials}
    specs = [block for block in section(study).blocks if isinstance(block, Code)]
    assert len(specs) == 3
    for code in specs:
        plan = plans[code.trial]
        assert yaml.safe_load(code.text) == yaml.safe_load(plan.spec)
        lines = [line for line in code.text.splitlines() if line.startswith("# ")]
        assert len(lines) == 1 + len(plan.layers)
        assert all(
            f"{layer.params:,}" in line for layer, line in zip(plan.layers, lines[1:], strict=True)
        )


def test_no_text_of_a_layer_leaves_its_comment():
    study = synthetic_study(StudyRecipe(complete=1))
    plan = study.trials[0].plan
    layers = tuple(each.model_copy(update={"formula": "a\nencoder: []"}) for each in plan.layers)
    plan = plan.model_copy(update={"layers": layers})
    found = section(changed(study, 0, plan=plan))
    (code,) = [block for block in found.blocks if isinstance(block, Code)]
    assert yaml.safe_load(code.text) == yaml.safe_load(plan.spec)


def test_the_familys_text_stands_once_and_old_records_have_none():
    study = synthetic_study(StudyRecipe(complete=3))
    family = study.model_copy(update={"model_text": "params: {width: 3}\n"})
    codes = [block for block in section(family).blocks if isinstance(block, Code)]
    assert [code.text for code in codes].count(family.model_text) == 1
    assert "family" in " ".join(b.text for b in section(family).blocks if isinstance(b, Text))
    assert "family" not in str(section(study).blocks)


def test_a_net_that_reads_past_its_latent_says_how_much_and_is_judged_by_no_code():
    study = synthetic_study()
    fair = next(t for t in study.trials if t.value < t.results[0].baselines.val("pca"))
    size = fair.plan.latent_size
    leak = fair.plan.model_copy(update={"effective_size": size + 4096})
    table = the_table(section(changed(study, fair.number, plan=leak)))
    sizes, verdicts = (
        {row.trial: cell.text for row, cell in zip(table.rows, column(table, name), strict=True)}
        for name in ("latent", "linear code")
    )
    assert sizes[fair.number] == f"{size:,} of {size + 4096:,}"
    assert sum(" of " in size for size in sizes.values()) == 1
    assert verdicts[fair.number] == "not the only path"
    assert list(verdicts.values()).count("not the only path") == 1


def test_the_bottleneck_is_told_only_where_it_is_narrower():
    study = synthetic_study(StudyRecipe(complete=6))
    assert "bottleneck" not in {each.name for each in the_table(section(study)).columns}
    plan = study.trials[2].plan.model_copy(update={"bottleneck_size": 1})
    table = the_table(section(changed(study, 2, plan=plan)))
    assert "1" in [cell.text for cell in column(table, "bottleneck")]


def test_each_trial_has_its_verdict_and_what_it_is_worth():
    study = synthetic_study()
    table = the_table(section(study))
    beaten = {
        trial.number
        for trial in study.trials
        if trial.results[0].baselines.val("pca") < trial.value  # patch PCA is worse here
    }
    told = {
        row.trial: cell.text
        for row, cell in zip(table.rows, column(table, "linear code"), strict=True)
    }
    assert {number for number, verdict in told.items() if verdict == "better"} == beaten
    assert 0 < len(beaten) < 24
    worths = column(table, "PCA needs")
    assert worths[-1].text == "≤ 1"
    for cell, error in zip(worths, column(table, "val MSE"), strict=True):
        assert cell.text.endswith(f"{equal_pca(study.curves, error.sort):,.0f}")


def with_baselines(study: StudyRecord, errors: Baselines) -> StudyRecord:
    def measured(trial: TrialRecord) -> TrialRecord:
        seeds = tuple(
            seed.model_copy(update={"result": seed.result.model_copy(update={"baselines": errors})})
            for seed in trial.seeds
        )
        return trial.model_copy(update={"seeds": seeds})

    return study.model_copy(update={"trials": tuple(map(measured, study.trials))})


def test_each_baseline_of_any_run_is_told_in_a_column_or_once():
    names = (*BASELINES, "nearest")  # of a newer version, which this one calls by its name
    errors = Baselines.model_validate(
        {f"{name}_{split}": 0.02 for name in names for split in ("val", "test")}
    )
    found = section(with_baselines(synthetic_study(StudyRecipe(complete=6, seeds=1)), errors))
    heads = {each.name for each in the_table(found).columns}
    once = facts(found)
    for label, size in [*((b.label, b.size) for b in BASELINES.values()), ("nearest", "")]:
        assert (label in heads, label in once) == (bool(size), not size), label
        told = [cell.text for cell in column(the_table(found), label)] if size else [once[label]]
        assert all("0.0200" in text for text in told)


def test_nets_that_have_names_are_called_by_them():
    study = synthetic_study(StudyRecipe(complete=3))
    subject = Subject(study, "runs", lambda seed: None, {0: "wide net", 1: "b", 2: "c"})
    found = made(subject)
    assert "wide net" in [row.cells[0].text for row in the_table(found).rows]
    assert "wide net" in [block.title for block in found.blocks if isinstance(block, Code)]
    assert found.title == "All nets"


def test_fewer_trials_than_asked_for():
    study = synthetic_study().model_copy(update={"note": "the space has 3 candidates"})
    assert messages(study)["fewer-trials"].endswith("asked for: the space has 3 candidates.")
    assert messages(synthetic_study()) == {}


def test_a_trial_without_results_yet_is_unfinished():
    told = messages(synthetic_study(StudyRecipe(untouched=3)))["unfinished"]
    assert told == "3 trials of 27 not finished; numbers use what every one has: seeds 0, 1."
    stopped = messages(synthetic_study(StudyRecipe(waiting=4)))["unfinished"]
    assert stopped.endswith(": seed 0.")
    nothing = messages(synthetic_study(StudyRecipe(complete=0, untouched=1)))["unfinished"]
    assert nothing == "1 trial of 1 not finished."


@pytest.mark.parametrize(("number", "words"), [(1, "1 trial "), (2, "2 trials ")])
def test_failed_and_pruned_trials_are_left_out_aloud(number, words):
    told = messages(synthetic_study(StudyRecipe(failed=number, pruned=number)))
    assert told["failed-trials"].startswith(f"{words}failed")
    assert told["pruned-trials"].startswith(f"{words}pruned")


def test_records_that_cannot_be_read_are_named():
    lost = tuple(Unreadable(name=f"trial {n}", reason="damaged") for n in range(7))
    study = synthetic_study().model_copy(update={"unreadable": lost})
    told = messages(study)["unreadable-records"]
    assert told.startswith("7 stored records can’t be read and are left out: trial 0 (damaged); ")
    assert told.endswith("trial 4 (damaged) and 2 more.")


def test_an_empty_study_has_no_such_section():
    study = synthetic_study(StudyRecipe(complete=0))
    subject = of_study(study)
    assert trials.section(subject, headline_sample(study), trial_table(study), ranked=[]) is None
