"""Random specs over all kinds and fields, compared with torch.

The net is built twice: by ``archsearch.nn`` from the plan, and by ``torch_oracle``
from the YAML alone. Shapes, parameters, numbers and costs must be the same.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from archsearch.config import Model
from archsearch.nn import Autoencoder, build
from archsearch.spec import KINDS, ModelPlan, Source, parse_spec

from .strategies import specs
from .torch_oracle import run_spec

SOME, MANY = 150, 2_000
OTHER_WORDS = (
    *("residual", "shortcut", "parallel", "repeat", "choose", "block", "when", "name"),
    *("concat", "add", "with", "place", "unpool", "mirror"),
)
PICTURES = 3


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def plan_of(text: str) -> ModelPlan | None:
    """The plan with what its input says, or None where ``check`` finds an error."""
    source = Source("drawn.yaml", text)
    family = parse_spec(source)
    assert family is not None
    assert not source.has_errors, [d.message for d in source.diagnostics]
    return Model(family).resolve().plan


def randomized(plan: ModelPlan) -> Autoencoder:
    """The built model in float64; norms start at 1 and 0, which would hide a mix-up."""
    model = build(plan, seed=0).double()
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.5, 0.5, generator=generator)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    return model


def outputs_of(model: Autoencoder, picture: Tensor) -> list[Tensor]:
    """What each layer gave, in file order."""
    found: list[Tensor] = []

    def note(_module: nn.Module, _inputs: Any, output: Any) -> None:
        found.append(output[0] if isinstance(output, tuple) else output)  # a pool with its places

    hooks = [module.register_forward_hook(note) for module in [*model.encoder, *model.decoder]]
    model(picture)
    for hook in hooks:
        hook.remove()
    return found


def hold_against_torch(text: str, plan: ModelPlan) -> None:
    model = randomized(plan)
    weights = [parameter.detach() for parameter in model.parameters()]
    assert sum(weight.numel() for weight in weights) == plan.params
    picture = torch.randn(
        PICTURES, *plan.input.as_tuple(), dtype=torch.float64, generator=torch.Generator()
    )
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        run = run_spec(text, picture, weights)
    assert weights == []
    assert len(run.layers) == len(plan.layers)
    assert run.latent[0].numel() == plan.latent.size
    assert counter.get_total_flops() == 2 * PICTURES * plan.macs
    with torch.no_grad():
        built = outputs_of(model, picture)
        latent, skips = model.encode_with_skips(picture)
        decoded = model.decode(latent, skips)
    for layer, expected, got in zip(plan.layers, run.outputs[1:], built, strict=True):
        shape = (layer.output.channels,) if layer.output.vector else layer.output.as_tuple()
        assert got.shape[1:] == expected.shape[1:] == shape, layer.path
        torch.testing.assert_close(got, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(decoded, built[-1])
    torch.testing.assert_close(latent, run.latent, rtol=1e-5, atol=1e-6)


def words_in(data: Any) -> Iterator[str]:
    """Each kind and each ``kind.field`` as often as the file has them."""
    if isinstance(data, list):
        for item in data:
            yield from words_in(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in KINDS.builtin or key in OTHER_WORDS:
                yield key
                if key in KINDS.builtin and isinstance(value, dict):
                    yield from (f"{key}.{field}" for field in value)
            yield from words_in(value)
    elif data == "mirror":
        yield "mirror"


def campaign(examples: int) -> Counter[str]:
    """So many specs; the same ones every time. Returns the counts."""
    counts: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # specs are small; shrinking one takes minutes
        suppress_health_check=list(HealthCheck),
    )
    @given(specs)
    def hold(text: str) -> None:
        plan = plan_of(text)
        counts["drawn"] += 1
        assume(plan is not None)
        assert plan is not None
        hold_against_torch(text, plan)
        counts["valid"] += 1
        counts.update(words_in(yaml.safe_load(text)))

    hold()
    return counts


def told(counts: Counter[str]) -> str:
    """A line a kind: how often it and each of its fields stood in a valid spec."""
    rest = ", ".join(f"{word} {counts[word]}" for word in OTHER_WORDS)
    lines = [f"{counts['valid']} valid specs of {counts['drawn']} drawn; {rest}"]
    for kind in KINDS.builtin.values():
        fields = ", ".join(f"{f.name} {counts[f'{kind.name}.{f.name}']}" for f in kind.fields)
        lines.append(f"{kind.name} {counts[kind.name]}" + ("" if kind.scalar else f" ({fields})"))
    return "\n".join(lines)


def missing(counts: Counter[str]) -> list[str]:
    """Kinds, fields and containers that never came."""
    words = [*KINDS.builtin, *OTHER_WORDS]
    words += [
        f"{k.name}.{f.name}" for k in KINDS.builtin.values() if not k.scalar for f in k.fields
    ]
    return [word for word in words if not counts[word]]


def test_random_specs_equal_torch() -> None:
    counts = campaign(SOME)
    print("\n" + told(counts))
    assert counts["valid"] >= SOME
    assert missing(counts) == []


@pytest.mark.full
def test_thousands_of_random_specs_equal_torch() -> None:
    counts = campaign(MANY)
    print("\n" + told(counts))
    assert counts["valid"] >= MANY
    assert min(counts[word] for word in [*KINDS.builtin, *OTHER_WORDS]) >= 100
    assert missing(counts) == []


MIRRORED = """\
input: {{channels: auto, height: 12, width: 12}}
encoder:
  - conv: {{channels: 6, kernel: [3, 5], dilation: 2, activation: relu}}
  - conv: {{channels: 8, kernel: 3, norm: batch}}
  - activation: tanh
  - conv: {{channels: 4, dilation: [1, 2], padding: valid}}
  - pool: {{kernel: {pool}}}
decoder: {{mirror: encoder, up: {up}, last: {{activation: sigmoid}}}}
"""


@pytest.mark.parametrize(
    ("up", "pool"), [("upsample", "[2, 1]"), ("conv_transpose", "[2, 1]"), ("pixel_shuffle", "2")]
)
def test_a_mirror_keeps_kernels_and_dilations(up: str, pool: str) -> None:
    text = MIRRORED.format(up=up, pool=pool)
    plan = plan_of(text)
    assert plan is not None
    hold_against_torch(text, plan)
