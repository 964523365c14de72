"""Many trials, many processes: exact counts, and what grows with them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from archsearch.study.store.storage import open_engine
from tests.reliability.campaign import Campaign, Outcome
from tests.reliability.commands import faults, run, start
from tests.reliability.place import STUDY, new_place, said, values_of
from tests.study.postgres import programs, remove, start_server

LONGEST = 5_500.0
SIZES = (
    ("SQLite", 200, 4),
    ("PostgreSQL", 200, 4),
    ("SQLite", 100, 16),
    ("PostgreSQL", 100, 16),
    ("SQLite", 100, 32),
    ("PostgreSQL", 100, 32),
    ("SQLite", 10_000, 8),
    ("PostgreSQL", 10_000, 8),
)
"""Where a study is stored, its trials and its workers."""
AT_ONCE = 2
"""Studies that begin at once, with one empty cache."""
TENTHS = """
select tenth, max(datetime_complete), count(*) from (
    select datetime_complete, ntile(10) over (order by datetime_complete) as tenth from trials
) as ended group by tenth order by tenth
"""


def many(seed: int) -> Outcome:
    """A study of one-step trainings, or two of them that share a cache."""
    if seed % (len(SIZES) + 1) == len(SIZES):
        return _side_by_side()
    where, trials, workers = SIZES[seed % len(SIZES)]
    case = f"{trials:,} trainings of one step, {workers} workers, {where}"
    if where == "PostgreSQL" and programs() is None:
        return Outcome(case, "not tried: PostgreSQL isn't installed here")
    with new_place() as folder, _database(where) as url:
        (folder / "study.yaml").write_text(_study(trials))
        words = ("study", "run", "study.yaml", f"--storage={url}", f"--workers={workers}")
        words = (*words, "--artifacts=kept/artifacts")
        before = _stored(url, folder)
        began = time.monotonic()
        ended = run(words, folder, seconds=LONGEST)
        each = (time.monotonic() - began) / trials
        found = faults(ended, {0})
        wrong, growth = ([], "") if found else _looked_into(_absolute(url, folder), trials)
        size = (_stored(url, folder) - before) / trials
    how = f"{said(ended)}, {each:.2f} s and {size / 1000:.0f} kB a training{growth}"
    return Outcome(case, f"{case}: {how}", tuple(found + wrong))


def _study(trials: int) -> str:
    study = STUDY.replace("trials: 4", f"trials: {trials}").replace("epochs: 2", "epochs: 1")
    study = study.replace("batch_size: 8", "batch_size: 64")
    return study.replace("{width: {int: [1, 6]}}", "{train.lr: {float: [1.0e-4, 1.0e-2]}}")


def _side_by_side() -> Outcome:
    """Studies in databases of their own that prepare the same pictures at once."""
    trials, workers = 50, 4
    with new_place() as folder:
        (folder / "study.yaml").write_text(_study(trials))
        urls = [f"sqlite:///kept/study{number}.db" for number in range(AT_ONCE)]
        begun = [
            start(
                ("study", "run", "study.yaml", f"--storage={url}", f"--workers={workers}"), folder
            )
            for url in urls
        ]
        ended = [one.wait(LONGEST) for one in begun]
        found = [fault for one in ended for fault in faults(one, {0})]
        for url in urls:
            found += _looked_into(_absolute(url, folder), trials)[0] if not found else []
        one, *others = [values_of(folder / f"kept/study{number}.db") for number in range(AT_ONCE)]
        found += ["the studies' results differ" for other in others if other != one]
    case = f"{AT_ONCE} studies of {trials} trainings at once, {workers} workers each, one cache"
    return Outcome(case, f"{case}: {', '.join(said(one) for one in ended)}", tuple(found))


def _absolute(url: str, folder: Path) -> str:
    """A file's URL that is the same from everywhere."""
    return url.replace("sqlite:///", f"sqlite:///{folder}/")


@contextmanager
def _database(where: str) -> Iterator[str]:
    """The URL of an empty database."""
    if where == "SQLite":
        yield "sqlite:///kept/small.db"
        return
    server = start_server()
    try:
        yield server.url()
    finally:
        remove(server)


def _stored(url: str, folder: Path) -> int:
    """Bytes of the database and of the files beside it."""
    size = sum(p.stat().st_size for p in (folder / "kept").rglob("*") if p.is_file())
    if url.startswith("postgresql"):
        with open_engine(url).begin() as opened:
            size += opened.execute(text("select pg_database_size(current_database())")).scalar_one()
    return size


def _looked_into(url: str, trials: int) -> tuple[list[str], str]:
    """Counts that aren't exact; how much slower the last tenth went than the second."""
    claims = "select state, count(*) from archsearch_claims where slot >= 0 group by state"
    with open_engine(url).begin() as opened:
        states = {row[0]: row[1] for row in opened.execute(text(claims))}
        ours = "select state, count(*) from trials group by state"
        optuna = {str(row[0]): row[1] for row in opened.execute(text(ours))}
        tenths = list(opened.execute(text(TENTHS)))
    found = [] if states == {"complete": trials} else [f"claims: {states}"]
    found += [] if optuna == {"COMPLETE": trials} else [f"trials: {optuna}"]
    if found:
        return found, ""
    ends = [time.mktime(time.strptime(str(row[1])[:19], "%Y-%m-%d %H:%M:%S")) for row in tenths]
    second, last = ends[1] - ends[0], ends[9] - ends[8]
    return found, f"; the second tenth took {second:.0f} s, the last {last:.0f} s"


LOAD = Campaign(
    "load",
    "studies of one-step trainings: "
    + ", ".join(f"{t:,} over {w} workers on {where}" for where, t, w in SIZES)
    + f"; {AT_ONCE} studies at once with one cache",
    "Each training is done once and all are complete. The seconds hold the start, in which all "
    "trials are written to the storage: minutes of the 10,000. Two studies at once give the same "
    "results. `tests/study` has more of this, with "
    "restarts of the server and a lost Ray node.",
    wanted=len(SIZES) + 1,
    few=(),
    try_one=many,
)
