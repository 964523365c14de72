"""Trained runs as a record in which each net is a trial."""

from __future__ import annotations

import numpy as np
import pytest

from archsearch.errors import InputError
from archsearch.records import load_run
from archsearch.records.run_files import SAMPLE_GRID_FILE
from archsearch.report.findings import find
from archsearch.report.runs import of_runs, read_runs, with_equal_pictures
from tests.report.trained import RunWriter, spec


@pytest.fixture(scope="module")
def runs(exercise_folders):
    return read_runs(exercise_folders)


@pytest.fixture(scope="module")
def findings(runs):
    return find(of_runs(with_equal_pictures(runs)))


@pytest.fixture
def written(tmp_path):
    return RunWriter(tmp_path)


def subject_of(*folders):
    return of_runs(with_equal_pictures(read_runs(folders)))


def test_each_net_is_a_trial_and_its_runs_are_its_seeds(findings):
    study, names = findings.study, findings.subject.names
    assert list(names.values()) == [
        "plain", "deep", "broad", "slim", "large-kernel", "strided", "concat-skip", "add-skip",
        "dead",
    ]  # fmt: skip
    assert [seed.seed for seed in study.trials[0].seeds] == [0, 1]
    assert all(len(trial.seeds) == 1 for trial in study.trials[1:])
    errors = [result.val.mse for result in study.trials[0].results]
    assert study.trials[0].value == pytest.approx(np.mean(errors))
    assert study.designed
    assert study.settings["search"] == {"method": "hand-written"}


def test_values_are_what_sets_the_nets_apart(findings):
    values = {findings.subject.names[t.number]: t.values for t in findings.study.trials}
    names = list(values["plain"])
    assert names == [
        "encoder depth", "first channels", "kernel", "downsampling", "reads past the latent",
        "train.lr",
    ]  # fmt: skip
    assert [list(one) for one in values.values()] == [names] * 9
    assert values["deep"]["encoder depth"] == 2
    assert values["broad"]["first channels"] == 8
    assert values["large-kernel"]["kernel"] == "5×5"
    assert values["strided"]["downsampling"] == "conv 2×2"
    assert values["plain"]["downsampling"] == "pool 2×2"
    assert values["dead"]["train.lr"] == 100.0
    leaking = [name for name, one in values.items() if one["reads past the latent"]]
    assert leaking == ["concat-skip", "add-skip"]


def test_every_run_of_a_net_counts_whatever_the_others_seeds(findings, written):
    row = findings.shown.set_index("number").loc[0]
    errors = [result.val.mse for result in findings.study.trials[0].results]
    assert row["val_mse"] == pytest.approx(np.mean(errors))
    assert (row["low"], row["high"]) == (min(errors), max(errors))
    apart = [written("a", seed=3), written("b", text=spec("net", channels=5), seed=8)]
    assert len(find(subject_of(*apart)).shown) == 2


def test_nets_that_read_past_their_latent_answer_nothing_and_never_win(findings):
    names = findings.subject.names
    judged = {names[int(n)] for n in findings.code_sample.runs["number"]}
    assert judged == set(names.values()) - {"concat-skip", "add-skip"}
    assert {"concat-skip", "add-skip"}.isdisjoint(names[n] for n in findings.ranked)
    assert [names[int(n)] for n in findings.sample.collapsed["number"]] == ["dead"]


def test_runs_that_saw_other_pictures_are_left_out(runs, findings):
    assert "elsewhere" not in findings.subject.names.values()
    alone = find(of_runs([run for run in runs if run.name != "elsewhere"]))
    assert findings.answer == alone.answer
    assert findings.shown.equals(alone.shown)


def test_of_equally_many_runs_those_like_the_first_stay(runs):
    plain, *_, elsewhere = runs
    assert with_equal_pictures([elsewhere, plain]) == (elsewhere,)
    assert with_equal_pictures([plain, elsewhere]) == (plain,)


def test_a_seed_that_comes_twice_makes_a_net_of_its_own(written):
    again = [written("b", mse=0.005), written("c", mse=0.006)]
    subject = subject_of(written("a"), *again, written("d", seed=1))
    assert [[s.seed for s in t.seeds] for t in subject.study.trials] == [[0, 1], [0], [0]]
    assert subject.study.trials[0].plan.key == subject.study.trials[1].plan.key


def test_a_folder_that_is_named_twice_is_read_once(written):
    folder = written("a")
    assert len(read_runs([folder, folder.parent / ".." / "runs" / "a"])) == 1


@pytest.mark.parametrize(
    ("names", "called"),
    [
        (["net-s0", "net-s1"], ["net"]),
        (["net", "net-seed1"], ["net"]),
        (["one", "two"], ["one (2 seeds)"]),
    ],
)
def test_a_net_of_several_runs_is_called_what_their_names_share(names, called, written):
    folders = [written(name, seed=seed) for seed, name in enumerate(names)]
    assert list(subject_of(*folders).names.values()) == called


def test_no_two_nets_are_called_the_same(written):
    folders = [written("net-s0"), written("net-s1", seed=1), written("net", lr=0.5)]
    assert list(subject_of(*folders).names.values()) == ["net-s0 (2 seeds)", "net"]


def test_runs_of_one_name_are_told_apart_without_the_machines_folders(written):
    places = [written("a/net"), written("b/net", seed=1)]
    assert [run.name for run in read_runs(places)] == ["a/net", "b/net"]


def test_options_of_a_task_are_told_where_it_isnt_the_usual_one(written):
    folders = [
        written("plain"),
        written("usual", task="denoise"),
        written("loud", task={"denoise": {"sigma": 0.3}}),
    ]
    values = [trial.values for trial in subject_of(*folders).study.trials]
    assert values == [
        {"task": "reconstruct"},
        {"task": "denoise", "task.sigma": 0.1},
        {"task": "denoise", "task.sigma": 0.3},
    ]


def test_pictures_are_those_of_the_run_and_damaged_ones_are_left_out(exercise_folders, runs):
    folders = exercise_folders
    subject = of_runs(with_equal_pictures(runs))
    for trial, folder in zip(subject.study.trials[1:9], folders[1:9], strict=True):
        assert subject.pictures(trial.seeds[0]) == (folder / SAMPLE_GRID_FILE).read_bytes()
    path = folders[1] / SAMPLE_GRID_FILE
    kept = path.read_bytes()
    path.write_bytes(kept[:-1])
    try:
        damaged = of_runs(with_equal_pictures(read_runs(folders)))
        assert damaged.pictures(damaged.study.trials[1].seeds[0]) is None
        assert damaged.pictures(damaged.study.trials[2].seeds[0]) is not None
    finally:
        path.write_bytes(kept)


def test_a_run_of_an_earlier_version_has_no_pictures(written):
    folder = written("a")
    (run,) = read_runs([folder])
    assert run.pictures is None
    assert not run.pictures_damaged
    assert load_run(folder).name == run.name


def test_a_folder_without_a_run_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no finished run"):
        read_runs([tmp_path])
