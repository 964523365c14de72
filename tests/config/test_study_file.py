"""Study files: what is read, and what is refused where."""

from pathlib import Path

import pytest

from archsearch.config import ChoiceDomain, FloatDomain, IntDomain, load, load_study
from archsearch.errors import InputError
from archsearch.spec import DiagnosticsError

ROOT = Path(__file__).parents[2]
STUDY = """\
name: tiny
model: SPEC
space:
  depth: {int: [1, 3]}
"""


def study(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "study.yaml"
    path.write_text(text.replace("SPEC", str(ROOT / "specs/family.yaml")))
    return path


def codes(path: Path) -> list[tuple[str, int]]:
    with pytest.raises(DiagnosticsError) as caught:
        load_study(path)
    return [(item.code, item.line) for item in caught.value.diagnostics]


def test_the_example_is_read_whole() -> None:
    read = load_study(ROOT / "studies/latent-vs-mse.yaml")
    space = read.settings.space
    assert space["depth"] == IntDomain(low=1, high=3)
    assert space["width"] == IntDomain(low=4, high=32, log=True)
    assert space["residual"] == ChoiceDomain(choices=(True, False))
    assert (read.settings.train.epochs, read.settings.train.batch_size) == (10, 64)
    assert read.settings.constraints[0] == "latent.size <= 2048"
    assert Path(read.settings.model) == ROOT / "specs/family.yaml"
    assert read.model.name == "family"


def test_numbers_may_be_written_as_floats(tmp_path: Path) -> None:
    text = STUDY + "  train.lr: {float: [1.0e-3, 1]}\ntrain: {epochs: 2.0}\n"
    read = load_study(study(tmp_path, text)).settings
    assert read.train.epochs == 2
    assert read.space["train.lr"] == FloatDomain(low=1e-3, high=1.0)


def test_a_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    read = load_study(study(tmp_path, STUDY + "data: {source: folder:pictures}\n"))
    assert read.settings.data.source == f"folder:{tmp_path.resolve() / 'pictures'}"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("  widht: {int: [1, 3]}\n", "bad-path", 5),
        ("  width: {int: [3, 1]}\n", "bad-domain", 5),
        ("  width: {int: [0, 8], log: true}\n", "bad-domain", 5),
        ("  width: {int: 3}\n", "bad-domain", 5),
        ("  width: {itn: [1, 3]}\n", "bad-domain", 5),
        ("  width: {int: [1, 3.5]}\n", "bad-domain", 5),
        ("  defaults.conv.kernel: {choice: [3, big]}\n", "value-not-allowed", 5),
        ("  defaults.conv.kernel: {choice: [3, 3]}\n", "bad-domain", 5),
        ("  train.seed: {int: [1, 3]}\n", "bad-path", 5),
        ("  data.limit: {int: [100, 300]}\n", "bad-path", 5),
        ("  input.height: {choice: [16, 32]}\n", "bad-path", 5),
        ("constraints: [latent.siz < 3]\n", "unknown-name", 5),
        ("constraints: [latent.size <]\n", "bad-expression", 5),
        ("train: {epochs: 0}\n", "value-not-allowed", 5),
        ("train: {epochs: ten}\n", "value-not-allowed", 5),
        ("train: {seed: 3}\n", "value-not-allowed", 5),
        ("train: {epoch: 3}\n", "unknown-key", 5),
        ("trian: {epochs: 3}\n", "unknown-key", 5),
        ("search: {method: tpf}\n", "value-not-allowed", 5),
        ("objectives: [test.mse]\n", "value-not-allowed", 5),
        ("data: {limit: 3}\n", "value-not-allowed", 5),
    ],
)
def test_a_mistake_is_told_once_at_its_place(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    assert codes(study(tmp_path, STUDY + text)) == [(code, line)]


def test_several_mistakes_are_told_together(tmp_path: Path) -> None:
    text = STUDY + "  widht: {int: [1, 3]}\ntrain: {epoch: 3}\nsearch: {trials: 0}\n"
    assert codes(study(tmp_path, text)) == [
        ("bad-path", 5),
        ("unknown-key", 6),
        ("value-not-allowed", 7),
    ]


@pytest.mark.parametrize(
    ("train", "meant"),
    [
        ("{early_stopping: {patiens: 3}}", "patience"),
        ("{log: mlflo}", "mlflow"),
        ("{log: {mlflow: {experimen: nets}}}", "experiment"),
    ],
)
def test_what_was_meant_is_told_in_settings_that_may_be_left_out(
    tmp_path: Path, train: str, meant: str
) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        load_study(study(tmp_path, STUDY + f"train: {train}\n"))
    (found,) = caught.value.diagnostics
    assert (found.code, found.help) == ("unknown-key", f"did you mean `{meant}`?")


def test_a_missing_spec_is_told_at_its_name(tmp_path: Path) -> None:
    assert codes(study(tmp_path, STUDY.replace("SPEC", "nowhere.yaml"))) == [("missing-model", 2)]


def test_a_broken_spec_is_told_at_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("name: x\n")
    assert codes(study(tmp_path, STUDY.replace("SPEC", "broken.yaml"))) == [("broken-model", 2)]


def test_a_missing_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_study(tmp_path / "nothing.yaml")


def test_a_spec_is_no_study_and_a_study_no_spec() -> None:
    with pytest.raises(InputError, match="is a spec, not a study"):
        load_study(ROOT / "specs/unet.yaml")
    with pytest.raises(InputError, match="is a study, not a spec"):
        load(ROOT / "studies/quickstart.yaml")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("  dropout_p: {float: [0, 0.3], when: $residul}\n", "unknown-name", 5),
        ("  dropout_p: {float: [0, 0.3], when: $depth}\n", "bad-condition", 5),
        ("  dropout_p: {float: [0, 0.3], when: $(depth >)}\n", "bad-expression", 5),
        ("  dropout_p: {float: [0, 0.3], when: residual}\n", "value-not-allowed", 5),
        ("  train.lr: {float: [0.1, 0.3], when: $(train.lr > 1)}\n", "bad-condition", 5),
        ("constraints: [nowhere.height > 3]\n", "unknown-name", 5),
        ("objectives: [val.mse, val.mse]\n", "value-not-allowed", 5),
        ("objectives: [val.mze]\n", "value-not-allowed", 5),
        ("objectives: []\n", "value-not-allowed", 5),
        ("objectives: [params]\nprune: asha\n", "value-not-allowed", 6),
        ("objectives: [val.mse, params]\nprune: median\n", "value-not-allowed", 6),
        ("search: {method: random, over: latent.size}\n", "value-not-allowed", 5),
        ("search: {method: stratified, over: latent.shape}\n", "value-not-allowed", 5),
        ("search: {method: cmaes}\nobjectives: [val.mse, params]\n", "value-not-allowed", 5),
    ],
)
def test_what_a_search_cannot_be_is_told_at_its_place(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    assert codes(study(tmp_path, STUDY + text)) == [(code, line)]


def test_a_test_error_as_objective_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticsError) as caught:
        load_study(study(tmp_path, STUDY + "objectives: [test.psnr]\n"))
    (found,) = caught.value.diagnostics
    assert "isn't a test" in found.message
    assert "`val.psnr`" in found.help


def test_the_whole_language_of_studies_is_read(tmp_path: Path) -> None:
    text = STUDY + (
        "  residual: {choice: [true, false]}\n"
        "  dropout_p: {float: [0, 0.3], when: $residual}\n"
        "  width: {int: [4, 8], when: $(residual and depth > 1)}\n"
        "objectives: [val.psnr]\nprune: hyperband\n"
        "search: {method: stratified, over: latent.size}\n"
    )
    read = load_study(study(tmp_path, text)).settings
    assert read.space["dropout_p"].when == "$residual"
    assert (read.search.method, read.search.over) == ("stratified", "latent.size")
    assert (read.objectives, read.prune) == (("val.psnr",), "hyperband")
