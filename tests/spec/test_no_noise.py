"""One message a mistake: mistakes put into valid files come out, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archsearch.config.model import Model
from archsearch.spec import Source, parse_spec

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))


@dataclass(frozen=True)
class Mistake:
    """A line's pattern, what to write instead, and the code to expect."""

    sort: str
    code: str
    pattern: str
    instead: str

    def apply(self, line: str) -> str | None:
        changed, count = re.subn(self.pattern, self.instead, line, count=1)
        return changed if count else None


_CONV = r"^( *- conv: \{)channels: (\d+)([^}]*)\}"
_LAYER = r"^(  - (?:conv|pool|upsample): \{[^}]*\})"
MISTAKES = (
    Mistake(
        "near key", "unknown-key", _CONV.replace("[^}]*", "[^}k]*"), r"\1channels: \2\3, kernal: 3}"
    ),
    Mistake("far key", "unknown-key", _CONV, r"\1channels: \2\3, colour: red}"),
    Mistake("zero", "value-not-allowed", _CONV, r"\1channels: 0\3}"),
    Mistake(
        "word",
        "value-not-allowed",
        _CONV.replace("[^}]*", "[^}a]*"),
        r"\1channels: \2\3, activation: rleu}",
    ),
    Mistake("mapping", "wrong-type", _CONV, r"\1channels: {n: 8}\3}"),
    Mistake("name", "unknown-name", _CONV, r"\1channels: $nothing\3}"),
    Mistake("sign", "bad-expression", _CONV, r"\1channels: $(8 ^ 2)\3}"),
    Mistake("division", "expression-value", _CONV, r"\1channels: $(1 // 0)\3}"),
    Mistake("fraction", "expression-value", _CONV, r"\1channels: $(\2 + 0.5)\3}"),
    Mistake("twice", "duplicate-key", _CONV, r"\1channels: \2\3, channels: 9}"),
    Mistake("null", "null-value", _CONV, r"\1channels: \3}"),
    Mistake("merge", "yaml-merge-key", _CONV, r"\1<<: {kernel: 3}\3}"),
    Mistake("groups", "groups-dont-divide", _CONV, r"\1channels: 12\3, groups: 11}"),
    Mistake("quotes", "needs-quotes", _CONV, r"\1channels: $(max(\2, 2))\3}"),
    Mistake("kind", "unknown-kind", r"^( *- )(conv|upsample|pool|dense):", r"\1x\2:"),
    Mistake("far kind", "unknown-kind", r"^( *- )(upsample|pool): \{.*", r"\1lstm: {size: 8}"),
    Mistake("two kinds", "two-kinds", _LAYER, r"\1\n    dropout: 0.1"),
    Mistake("layer name", "bad-name", _LAYER, r"\1\n    name: latent"),
    Mistake("no layer", "unknown-layer", _LAYER, r"\1\n  - concat: nowhere"),
    Mistake("no block", "unknown-block", _LAYER, r"\1\n  - block: {use: nowhere}"),
    Mistake("no kind", "missing-kind", _LAYER, r"\1\n  - {when: true}"),
    Mistake("scalar", "wrong-type", _LAYER, r"\1\n  - 8"),
    Mistake("repeat", "missing-key", _LAYER, r"\1\n  - repeat: {layers: [pool: {}]}"),
    Mistake(
        "times", "value-not-allowed", _LAYER, r"\1\n  - repeat: {times: -1, layers: [pool: {}]}"
    ),
    Mistake("choice", "choose-no-branch", _LAYER, r"\1\n  - choose: {by: 1, of: {2: [pool: {}]}}"),
    Mistake("empty", "empty-section", _LAYER, r"\1\n  - residual: {layers: []}"),
    Mistake("when", "unknown-name", _LAYER, r"\1\n  - pool: {}\n    when: $nowhere"),
    Mistake("pooling", "pool-padding", _LAYER, r"\1\n  - pool: {kernel: 2, padding: 2}"),
    Mistake("dense", "dense-size", _LAYER, r"\1\n  - dense: {activation: relu}"),
    Mistake("top key", "unknown-key", r"^description:", "descriptoin:"),
    Mistake("height", "value-not-allowed", r"^(input: .*height: )32", r"\g<1>0"),
    Mistake("input key", "unknown-key", r"^(input: .*)height:", r"\1hieght:"),
)


def places(text: str) -> Iterator[tuple[int, Mistake]]:
    for number, line in enumerate(text.splitlines()):
        for mistake in MISTAKES:
            if mistake.apply(line) is not None:
                yield number, mistake


def codes_of(text: str) -> list[str]:
    source = Source("spec.yaml", text)
    family = parse_spec(source)
    if family is None:
        return sorted(item.code for item in source.diagnostics)
    return sorted(item.code for item in Model(family).resolve().diagnostics)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_gallery_has_no_problems(path: Path):
    assert codes_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.sort)
def test_each_mistake_alone_gives_its_code(mistake: Mistake):
    applied = 0
    for path in SPECS:
        lines = path.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            changed = mistake.apply(line)
            if changed is None:
                continue
            text = "\n".join([*lines[:number], changed, *lines[number + 1 :]]) + "\n"
            assert codes_of(text) == [mistake.code], text
            applied += 1
    assert applied >= 5


IN_DEFAULTS = {
    "0": "value-not-allowed",
    "$nothing": "unknown-name",
    "$(8 ^ 2)": "bad-expression",
    "{n: 8}": "wrong-type",
    "": "null-value",
    "$(1 // 0)": "expression-value",
    "$(8 - 8)": "expression-value",
}


@pytest.mark.parametrize("field", ["conv: {channels", "pool: {stride"])
@pytest.mark.parametrize("value", IN_DEFAULTS)
def test_a_mistake_in_defaults_is_not_told_again_at_the_layers(field: str, value: str):
    text = f"""\
input: {{channels: auto, height: 8, width: 8}}
defaults: {{{field}: {value}}}}}
encoder: [conv: {{{"" if field.startswith("conv") else "channels: 4"}}}, pool: {{}}]
decoder: [upsample: {{}}, conv: {{channels: auto}}]
"""
    assert codes_of(text) == [IN_DEFAULTS[value]], text


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_several_mistakes_give_their_codes_and_no_more(data: st.DataObject):
    path = data.draw(st.sampled_from(SPECS))
    lines = path.read_text("utf-8").splitlines()
    chosen: dict[int, Mistake] = {}
    options = list(places("\n".join(lines)))
    for number, mistake in data.draw(st.lists(st.sampled_from(options), min_size=1, max_size=5)):
        if number not in chosen and mistake.sort not in {m.sort for m in chosen.values()}:
            chosen[number] = mistake
    for number, mistake in chosen.items():
        lines[number] = mistake.apply(lines[number]) or ""
    text = "\n".join(lines) + "\n"
    assert codes_of(text) == sorted(mistake.code for mistake in chosen.values()), text
