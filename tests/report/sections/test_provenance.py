"""How it was run: facts, the timeline, and what is odd about the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from archsearch.records import StudyRecord
from archsearch.records.run_files import checksum
from archsearch.report.sections import provenance
from archsearch.report.sections.blocks import Code, Drawing, Facts, Section
from archsearch.report.sections.timeline import timeline, timeline_figure
from archsearch.report.statistics.sample import headline_sample
from archsearch.report.subject import of_study
from tests.synthetic import StudyRecipe, synthetic_study

PNG = b"\x89PNG and so on"


def section(study: StudyRecord) -> Section:
    return provenance.section(of_study(study), headline_sample(study))


def messages(study: StudyRecord) -> dict[str, str]:
    return {warning.code: warning.message for warning in section(study).warnings}


def changed_seeds(study: StudyRecord, **updates: object) -> StudyRecord:
    """The study with the first trial's seeds changed; ``result`` updates its results."""
    first, *others = study.trials
    result = updates.pop("result", {})
    seeds = tuple(
        seed.model_copy(
            update=updates | {"result": seed.result.model_copy(update=result)},
        )
        for seed in first.seeds
    )
    trials = (first.model_copy(update={"seeds": seeds}), *others)
    return study.model_copy(update={"trials": trials})


def test_it_can_be_repeated_from_the_facts():
    study = synthetic_study()
    found = section(study)
    (facts,) = [dict(block.pairs) for block in found.blocks if isinstance(block, Facts)]
    assert facts["command"] == study.command
    assert facts["when"] == "2023-11-14 22:13 to 22:50 UTC"
    assert facts["wall-clock"] == "20 min 34 s"
    assert facts["pictures"] == "photos: 9,600 train, 1,200 val, 1,200 test"
    assert facts["versions"] == "archsearch 0.1.0, torch 2.10.0, python 3.11.9"
    assert facts["seeds in the numbers"] == "0, 1"
    (settings,) = [block for block in found.blocks if isinstance(block, Code)]
    assert '"batch_size": 128' in settings.text
    untimed = study.model_copy(update={"seconds": 0.0})
    (facts,) = [dict(block.pairs) for block in section(untimed).blocks if isinstance(block, Facts)]
    assert "wall-clock" not in facts


def test_the_line_under_the_title_says_how_much_was_done():
    study = synthetic_study()
    told = provenance.facts_line(study, headline_sample(study))
    assert told.startswith("24 architectures × 2 seeds · 12,000 pictures (photos) · 6 epochs · ")
    nothing = synthetic_study(StudyRecipe(complete=0))
    assert "architecture" not in provenance.facts_line(nothing, headline_sample(nothing))


def test_pictures_that_were_jpegs():
    note = "JPEG: all 60 pictures, chroma at half resolution"
    study = synthetic_study().model_copy(update={"source_note": note})
    assert messages(study) == {"jpeg-pictures": f"About the pictures: {note}."}
    assert messages(synthetic_study()) == {}


def test_other_pictures():
    study = changed_seeds(synthetic_study(), result={"data_fingerprint": "other"})
    assert messages(study) == {"mixed-data": "Runs saw 2 different data sets."}


def trained_by(study: StudyRecord, *trials: Sequence[str | None]) -> StudyRecord:
    """The study with the reason why torch trained each run; None: the native engine did."""
    made = []
    for trial, reasons in zip(study.trials, trials, strict=True):
        seeds = []
        for seed, reason in zip(trial.seeds, reasons, strict=True):
            update = {"engine": "torch" if reason else "native", "engine_reason": reason}
            environment = seed.result.environment.model_copy(update=update)
            result = seed.result.model_copy(update={"environment": environment})
            seeds.append(seed.model_copy(update={"result": result}))
        made.append(trial.model_copy(update={"seeds": tuple(seeds)}))
    return study.model_copy(update={"trials": tuple(made)})


NATIVE, FOREIGN = (None, None), "its layer encoder[0].own is of the kind own, which isn't built in"


def facts_of(study: StudyRecord) -> dict[str, str]:
    (facts,) = [dict(b.pairs) for b in section(study).blocks if isinstance(b, Facts)]
    return facts


def test_who_trained_is_a_fact_where_it_was_not_torch_alone():
    study = synthetic_study(StudyRecipe(complete=2))
    assert "engine" not in facts_of(study)
    assert "engine" not in facts_of(trained_by(study, ("x", "x"), ("x", "x")))
    assert facts_of(trained_by(study, NATIVE, NATIVE))["engine"] == "native"
    told = facts_of(trained_by(study, NATIVE, (FOREIGN, FOREIGN)))["engine"]
    assert told == f"native; torch, because {FOREIGN}"


def test_runs_by_one_engine_are_not_spoken_of():
    study = synthetic_study(StudyRecipe(complete=2))
    for each in (NATIVE, ("x", "x")):
        assert messages(trained_by(study, each, each)) == {}


def test_candidates_that_torch_trained_are_counted_with_the_reason():
    study = synthetic_study(StudyRecipe(complete=3))
    told = messages(trained_by(study, NATIVE, (FOREIGN, FOREIGN), NATIVE))
    assert told == {
        "mixed-engines": f"2 runs of 6 were trained by torch, the others by the native engine: "
        f"{FOREIGN} (2). The two round differently, so equal seeds give other numbers."
    }


def test_an_architecture_with_runs_by_both_engines_is_told():
    """As where one of two workers lacks llvmlite."""
    study = synthetic_study(StudyRecipe(complete=2))
    told = messages(trained_by(study, (None, "llvmlite isn't installed"), NATIVE))["mixed-engines"]
    assert told.startswith("1 run of 4 was trained by torch")
    assert told.endswith("other numbers. 1 architecture has runs by both.")


def test_runs_of_an_earlier_version_beside_native_ones_are_told():
    study = synthetic_study(StudyRecipe(complete=2))
    both = trained_by(study, NATIVE, NATIVE)
    mixed = both.model_copy(update={"trials": (both.trials[0], study.trials[1])})
    assert "a version without another engine (2)." in messages(mixed)["mixed-engines"]


def test_many_reasons_are_counted():
    study = synthetic_study(StudyRecipe(complete=3))
    told = messages(trained_by(study, ("a", "b"), ("c", "d"), ("a", None)))["mixed-engines"]
    assert "native engine: a (2); b (1); c (1); 1 other reason. The two" in told


@pytest.fixture
def kept(tmp_path: Path) -> StudyRecord:
    """A study whose first trial keeps pictures."""
    (tmp_path / "grid").write_bytes(PNG)
    study = synthetic_study(StudyRecipe(complete=4)).model_copy(update={"artifacts": str(tmp_path)})
    return changed_seeds(study, pictures="grid", pictures_sha256=checksum(PNG))


def test_pictures_within_reach_are_not_spoken_of(kept):
    assert messages(kept) == {}


def test_pictures_that_are_gone(kept, tmp_path):
    (tmp_path / "grid").unlink()
    told = messages(kept)["pictures-out-of-reach"]
    assert told == f"Reconstructions were kept in …/{tmp_path.name}, which can’t be read from here."


def test_pictures_that_are_not_what_was_stored(kept, tmp_path):
    (tmp_path / "grid").write_bytes(PNG + b"!")
    assert set(messages(kept)) == {"pictures-damaged"}
    assert messages(kept)["pictures-damaged"].startswith("Reconstructions of 2 runs in …/")


def test_whether_pictures_are_in_reach_is_asked_of_the_subject(kept):
    subject = replace(of_study(kept), pictures=lambda seed: None)
    found = provenance.section(subject, headline_sample(kept))
    assert [warning.code for warning in found.warnings] == ["pictures-out-of-reach"]


def drawn(study: StudyRecord) -> tuple[Drawing, Figure]:
    drawing = timeline(study)
    assert drawing is not None
    made = drawing.draw()
    assert made is not None
    return drawing, made


def test_the_timeline_says_when_the_best_run_ended():
    study = synthetic_study(StudyRecipe(complete=12, pruned=1))
    drawing, made = drawn(study)
    assert drawing.title == "The best run ended after 4 of 5 minutes"
    upper, lower = made.axes
    assert upper.get_ylabel() == "validation MSE"
    assert lower.get_xlabel() == "minutes since the first run"
    legends = [text.get_text() for each in made.legends for text in each.get_texts()]
    assert legends == ["complete", "pruned"]
    assert "pauses are cut" in drawing.caption


def test_every_run_is_a_bar_and_a_failed_one_can_be_seen():
    study = synthetic_study(StudyRecipe(complete=6, failed=1))
    _, made = drawn(study)
    bars = [path.vertices for each in made.axes[1].collections for path in each.get_paths()]
    assert len(bars) == sum(len(trial.seeds) for trial in study.trials)
    assert min(abs(bar[1, 0] - bar[0, 0]) for bar in bars) > 0


def test_without_times_there_is_no_timeline():
    study = synthetic_study(StudyRecipe(complete=1))
    assert timeline(changed_seeds(study, ended=None)) is None
    assert timeline_figure(changed_seeds(study, ended=None)) is None
    assert timeline(synthetic_study(StudyRecipe(complete=0))) is None


def test_runs_that_all_failed_have_a_timeline_without_a_best():
    study = synthetic_study(StudyRecipe(complete=0, failed=2))
    late = tuple(each.model_copy(update={"ended": 1.8e9}) for each in study.trials[0].seeds)
    first = study.trials[0].model_copy(update={"seeds": late})
    drawing, made = drawn(study.model_copy(update={"trials": (first, study.trials[1])}))
    assert drawing.title == "No run ended with an error"
    assert not made.axes[0].get_visible()
