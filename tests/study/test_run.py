from pathlib import Path

from toys import ToyTrainer, logged, write_study

from archsearch.study import RunOptions, run_study


def test_every_slot_is_trained_once_with_every_seed(tmp_path: Path, url: str, log: Path) -> None:
    study = write_study(tmp_path, trials=6, seeds=2)
    events = []
    record = run_study(
        study, url, options=RunOptions(workers=2), trainer=ToyTrainer(log), on_event=events.append
    )
    for e in events: print(e)
    assert [trial.state for trial in record.trials] == ["complete"] * 6
    starts = logged(log, "start")
    assert len(starts) == 12
    assert len(set(starts)) == 12
