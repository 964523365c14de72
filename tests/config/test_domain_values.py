"""Searched values that nothing can be made of are found by `check`, each at its place."""

from pathlib import Path

import pytest

from archsearch.config import ChoiceDomain, IntDomain, load, load_study, value_problems
from archsearch.config.checking import check_files
from archsearch.errors import InputError
from archsearch.space import Rejection, SearchSpace
from archsearch.spec import Diagnostic, Raw
from archsearch.study.overrides import overridden

OF_VALUES = {"expression-value", "choose-no-branch"}
FAMILY = """\
input: {channels: auto, height: 16, width: 16}
params:
  width: 8
  deep: false
  kernel: 3
  down: pool
  levels: 1
  less: 0
  noise: 0.0
  border: same
  way: 1
encoder:
  - repeat:
      times: $(levels - less)
      as: i
      layers:
        - conv: {channels: $width, kernel: [$kernel, 3], padding: $border}
  - conv: {channels: 4}
    when: $(levels > 1 and deep)
  - dropout: $noise
    when: $deep
  - choose: {by: $down, of: {pool: [pool: {}], stride: [conv: {channels: 4, stride: 2}]}}
  - block: {use: twice, c: $(width * 2)}
  - choose: {by: $way, of: {1: [conv: {channels: 2}], 3: [conv: {channels: 3}]}}
decoder:
  - upsample: {}
  - conv: {channels: auto, bias: true}
blocks:
  twice: {params: {c: 4}, layers: [conv: {channels: $c}]}
"""


def checked(tmp_path: Path, space: str, task: str = "reconstruct") -> tuple[Diagnostic, ...]:
    """What `check` says of a study whose space has these lines, parted by `;`."""
    (tmp_path / "family.yaml").write_text(FAMILY)
    lines = ["model: family.yaml", f"task: {task}", "space:", *space.split(";")]
    (tmp_path / "study.yaml").write_text("\n  ".join(lines).replace("\n  ", "\n", 2) + "\n")
    return check_files([tmp_path / "study.yaml"]).diagnostics


@pytest.mark.parametrize(
    ("space", "value", "reason"),
    [
        ("deep: {choice: [true, no]}", "no", "write false: YAML 1.2 reads `no` as a text"),
        ("deep: {choice: [Yes]}", "Yes", "write true: YAML 1.2 reads `Yes` as a text"),
        ("deep: {choice: [on], when: $(levels > 1)};levels: {int: [1, 2]}", "on", "write true"),
        (
            "deep: {int: [0, 1]};levels: {int: [1, 2]}",
            "0",
            "`when` must be true or false, and this is 0",
        ),
        ("deep: {choice: [true, maybe]};levels: {int: [1, 2]}", "maybe", "line 21: `when` must be"),
        ("width: {int: [0, 8]}", "0", "`channels` of conv would be 0"),
        ("width: {float: [4, 8]}", "5.52786", "would be 5.52786; `channels` takes a whole number"),
        ("width: {choice: [8, wide]}", "wide", "`channels` of conv would be wide"),
        ("kernel: {choice: [3, [3, 5]]}", "[3, 5]", "`kernel`"),
        ("border: {choice: [same, reflect]}", "reflect", "`padding` of conv would be reflect"),
        ("down: {choice: [pool, strid]}", "strid", "`choose` has no branch for strid"),
        ("noise: {float: [0, 1.5]};deep: {choice: [true, false]}", "1.5", "`dropout`"),
        ("encoder[3].choose.by: {choice: [stride, max]}", "max", "no branch for max"),
        ("encoder[4].block.c: {int: [0, 3]}", "0", "`channels` of conv would be 0"),
        ("decoder[1].conv.bias: {choice: [yes, false]}", "yes", "write true: YAML 1.2"),
        ("defaults.conv.kernel: {float: [1, 3]}", "1.76393", "`kernel` takes a whole number"),
        ("way: {int: [1, 3]}", "2", "no branch for 2; there are: 1, 3"),
        ("train.lr: {float: [0, 0.1]}", "0", "it must be > 0"),
        ("train.optimizer: {choice: [adam, adem]}", "adem", "did you mean `adam`?"),
        ("less: {int: [2, 9]};levels: {int: [1, 8]}", "9", "`times`"),
    ],
)
def test_a_value_that_nothing_can_take_is_told_at_its_place(tmp_path, space, value, reason):
    (found,) = checked(tmp_path, space)
    assert found.code == "value-not-allowed"
    assert found.message.endswith(f"can't be {value}")
    assert reason in found.help
    written = (tmp_path / "study.yaml").read_text().splitlines()[found.line - 1]
    assert written[found.column - 1 :].startswith(value if value in space else "[")


@pytest.mark.parametrize(("word", "meant"), [("yes", "true"), ("off", "false")])
def test_an_option_of_the_task_gets_the_same_hint(tmp_path, word, meant):
    (found,) = checked(tmp_path, f"task.keep_luminance: {{choice: [{word}]}}", "colorize")
    assert found.help == f"write {meant}: YAML 1.2 reads `{word}` as a text"


@pytest.mark.parametrize(
    "space",
    [
        "deep: {choice: [true, false]};levels: {int: [1, 3]}",
        "width: {int: [1, 32], log: true};kernel: {choice: [1, 3, 5]}",
        "border: {choice: [same, 1, valid]};kernel: {choice: [3]}",
        "less: {int: [0, 7]};levels: {int: [1, 8]}",  # 7 of 8: only some go together
        "noise: {float: [0, 0.5], when: $deep};deep: {choice: [true, false]}",
        "noise: {float: [0, 1.5], when: $(width > 99)}",  # never searched
        "down: {choice: [stride, pool]}",
        "way: {int: [1, 4], step: 2}",  # 4 is never drawn
        "encoder[3].choose.by: {choice: [stride, pool]}",
    ],
)
def test_values_that_serve_somewhere_pass(tmp_path, space):
    assert [item for item in checked(tmp_path, space) if item.code != "step-misses-end"] == []


def test_a_value_is_refused_where_it_fails_and_serves_at_no_point_of_the_space(tmp_path):
    (tmp_path / "family.yaml").write_text(FAMILY)
    model = load(tmp_path / "family.yaml")
    others = {"levels": IntDomain(low=1, high=2), "deep": ChoiceDomain(choices=(True, False))}
    tried: dict[str, tuple[Raw, ...]] = {
        "less": (0, 1, 2, 9),
        "down": ("pool", "stride", "none"),
        "noise": (0.0, 0.5, 1.0),
        "border": ("same", "valid", 0, -1, "reflect"),
    }
    points = [{"levels": levels, "deep": deep} for levels in (1, 2) for deep in (True, False)]
    verdicts = []
    for name, values in tried.items():
        for value in values:
            outcomes = [
                (model.resolve(values={**at, name: value}), model.plan(values=at)) for at in points
            ]
            failing = [
                any(item.code in OF_VALUES for item in got.diagnostics) for got, _ in outcomes
            ]
            serving = [
                not fails and (got.plan is None or got.plan.key != without.key)
                for fails, (got, without) in zip(failing, outcomes, strict=True)
            ]
            space = {**others, name: ChoiceDomain(choices=(value,))}
            verdicts.append(bool(list(value_problems(model, space))))
            assert verdicts[-1] == (any(failing) and not any(serving)), (name, value)
    assert True in verdicts
    assert False in verdicts


def test_a_default_that_yaml_reads_as_text_gets_the_hint(tmp_path):
    path = tmp_path / "family.yaml"
    path.write_text(FAMILY.replace("deep: false", "deep: yes"))
    found = load(path).resolve(values={"levels": 1}).diagnostics
    assert [(item.code, item.help) for item in found if item.severity == "error"] == [
        ("expression-value", "write true: YAML 1.2 reads `yes` as a text")
    ]


def test_values_given_beside_the_file_are_held_to_the_same(tmp_path):
    assert checked(tmp_path, "levels: {int: [1, 2]}") == ()
    study = load_study(tmp_path / "study.yaml")
    for given in ("deep=yes", "down=strid", "width=0"):
        with pytest.raises(InputError, match="can't be"):
            overridden(study, [given])
    fixed = overridden(study, ["deep=true"])
    outcome = SearchSpace.of(fixed.settings, fixed.model).resolve({"deep": True, "levels": 1})
    assert not isinstance(outcome, Rejection)


def test_a_large_space_is_given_up_before_it_takes_long(tmp_path, monkeypatch):
    """Of fifty names each value would be tried beside each of the others; few values come first."""
    names = [f"p{index}" for index in range(50)]
    layers = "".join(f"  - conv: {{channels: ${name}}}\n    when: $deep\n" for name in names)
    params = "".join(f"  {name}: 4\n" for name in names)
    text = FAMILY.replace("  way: 1\n", f"  way: 1\n{params}").replace(
        "decoder:", layers + "decoder:"
    )
    (tmp_path / "family.yaml").write_text(text)
    model = load(tmp_path / "family.yaml")
    calls = []
    resolve = model.resolve
    monkeypatch.setattr(model, "resolve", lambda **given: calls.append(1) or resolve(**given))
    many = {name: IntDomain(low=1, high=9) for name in names}
    assert list(value_problems(model, many)) == []
    assert len(calls) < 1_100
    flag = {"deep": ChoiceDomain(choices=(True, "no"))}
    for space in (many | flag, flag | many):
        assert [problem.name for problem in value_problems(model, space)] == ["deep"]
