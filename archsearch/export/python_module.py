"""A built model as one Python file that needs torch and safetensors alone.

What stands in the file is read off the model, module by module, so it can't differ from what
was trained.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from textwrap import indent

from archsearch.export.contract import Contract
from archsearch.export.section_source import SectionSource
from archsearch.nn import Autoencoder
from archsearch.printable import printable
from archsearch.spec.plan.model import ModelPlan, Section

__all__ = ["PythonModule", "python_module"]

_TAKEN = {"x", "images", "latent", "self", "torch", "nn", "functional", "Path", "Tensor"}

_MOST_BESIDE = 73
"""Columns of parameters beside ``def decode(`` in a line of 100."""

_FILE = '''\
"""{title}

{contract}
To use it, with its weights beside it (it needs torch and safetensors):

    from model import load

    model = load()
    output = model(images)
    latent = model.encode(images){first}
"""

from pathlib import Path

{torch}from safetensors.torch import load_file
from torch import Tensor, nn
{others}

class Autoencoder(nn.Module):
    """{shapes}"""

    def __init__(self) -> None:
        super().__init__()
{layers}

    def encode(self, images: Tensor) -> {encoded}:
        """{of_encode}"""
{encode}

    def decode({given}) -> Tensor:
        """{of_decode}"""
{decode}

    def forward(self, images: Tensor) -> Tensor:
        """The whole way, picture to output."""
        return self.decode({star}self.encode(images))


def load(weights: str | Path = Path(__file__).with_name("{weights}")) -> Autoencoder:
    """The net with its trained weights, ready to be used."""
    model = Autoencoder()
    model.load_state_dict(load_file(weights))
    return model.eval()
'''

_AVERAGE = '''

class RealPixelAverage(nn.Module):
    """The mean of each window's real pixels, for borders that differ between two sides."""

    def __init__(self, kernel_size, stride, padding) -> None:
        super().__init__()
        self.border = nn.ZeroPad2d(padding)
        self.sums = nn.AvgPool2d(kernel_size, stride, divisor_override=1)

    def forward(self, x: Tensor) -> Tensor:
        real = torch.ones_like(x[:1, :1])
        return self.sums(self.border(x)) / self.sums(self.border(real))
'''


@dataclass(frozen=True)
class PythonModule:
    """The text of a file, and what the weights are called in it.

    Attributes:
        text: the file.
        names: module of the built model → module in the file.
    """

    text: str
    names: dict[str, str]

    def renamed(self, weight: str) -> str:
        """The name in the file of a weight of the built model."""
        module, _, last = weight.rpartition(".")
        return f"{self.names[module]}.{last}"


def python_module(model: Autoencoder, contract: Contract, weights: str) -> PythonModule:
    """Write down a built model.

    Args:
        model: from ``build``.
        contract: what it is fed and gives.
        weights: the name of the file beside it.

    Raises:
        InputError: a layer isn't made of torch's own modules, as an extension's may be.
    """
    plan, variables = model.plan, _variables(model.plan)
    encoder = _section(model, "encoder", variables)
    decoder = _section(model, "decoder", variables)
    skips = [variables[index] for index in sorted(model.skip_names)]
    layers = [*encoder.constructor(), *decoder.constructor()]
    methods, others = (_lines(encoder, skips), _lines(decoder, [])), _other_modules(layers)
    latent = plan.encoder[-1].output
    beside = ", and what the decoder reads besides" if skips else ""
    text = _FILE.format(
        title=_in_docstring(": ".join(filter(None, [plan.name, plan.description]))),
        first="[0]" if skips else "",
        torch="import torch\n" if "torch." in "".join([*methods, others]) else "",
        contract=_in_docstring(contract.text),
        others=others,
        shapes=f"{plan.input} → latent {latent} → {plan.output}; {plan.params:,} parameters.",
        layers=indent("\n".join(layers or ["pass"]), " " * 8),
        encoded="tuple[Tensor, ...]" if skips else "Tensor",
        of_encode=f"Pictures N×{plan.input} → latent N×{latent}{beside}.",
        encode=methods[0],
        given=_given(["self", *(f"{name}: Tensor" for name in ["latent", *skips])]),
        of_decode=f"Latent N×{latent} → output N×{plan.output}.",
        decode=methods[1],
        star="*" if skips else "",
        weights=weights,
    )
    return PythonModule(text, {**encoder.names, **decoder.names})


def _section(model: Autoencoder, name: Section, variables: dict[int, str]) -> SectionSource:
    plan = model.plan
    layers = plan.encoder if name == "encoder" else plan.decoder
    kept = plan.kept - {len(plan.encoder)}
    source = SectionSource(name, "images" if name == "encoder" else "latent")
    modules = model.get_submodule(name).named_children()
    for layer, (number, module) in zip(layers, modules, strict=True):
        source.add(layer, module, f"{name}.{number}", variables)
        if layer.index in plan.unpooled:
            source.run(f"x, {variables[-layer.index]}")
        if layer.index in kept:
            source.keep(variables[layer.index])
    source.run()
    return source


def _variables(plan: ModelPlan) -> dict[int, str]:
    """A variable for each tensor that a layer may read: what the spec calls the layer."""
    found, taken = {0: "images"}, set(_TAKEN)
    for layer in plan.layers:
        name = layer.name or ""
        fits = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
        if not fits or name in taken:
            name = f"layer_{layer.index}"
        while name in taken:
            name += "_"
        taken.add(name)
        found[layer.index] = name
    for pool in plan.unpooled:
        name = f"places_{pool}"
        while name in taken:
            name += "_"
        found[-pool] = name
    return found | {len(plan.encoder): "latent"}


def _given(parameters: list[str]) -> str:
    """The parameters of ``decode``; those of a net with many skips have a line each."""
    told = ", ".join(parameters)
    if len(told) <= _MOST_BESIDE:
        return told
    return "\n" + "".join(f"        {each},\n" for each in parameters) + "    "


def _lines(source: SectionSource, skips: list[str]) -> str:
    """The body of a method; what is assigned last is returned."""
    lines = list(source.body())
    result = ", ".join([source.current, *skips])
    if not skips and lines and lines[-1].startswith(f"{source.current} = "):
        result = lines.pop().partition(" = ")[2]
    return indent("\n".join([*lines, f"return {result}"]), " " * 8)


def _other_modules(layers: list[str]) -> str:
    """The only module that torch hasn't, where it is used."""
    return _AVERAGE if any("RealPixelAverage(" in line for line in layers) else ""


def _in_docstring(text: str) -> str:
    """Names of people's own, so that they neither end the docstring nor escape in it."""
    lines = (printable(line) for line in text.split("\n"))
    return "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
