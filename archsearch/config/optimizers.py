"""The optimizers by torch's names, with the numbers that each has.

Rate and weight decay are of the recipe (``train.lr``, ``train.weight_decay``), whatever the
optimizer. Weight decay λ adds λ·weight to the gradient (L2); with ``adamw`` and ``adafactor``
weights shrink by λ·rate instead, which is told apart from the gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializeAsAny, WithJsonSchema

from archsearch.config.named_settings import NamedForms, NamedSettings

__all__ = [
    "OPTIMIZERS",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "AnyOptimizer",
    "Asgd",
    "NAdam",
    "OptimizerSettings",
    "RAdam",
    "RmsProp",
    "Sgd",
    "WithBetas",
]

Share = Annotated[float, Field(ge=0, lt=1)]
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
_HELD = "By default 0.9, or what the schedule says of it; a value given here holds throughout."


class OptimizerSettings(NamedSettings):
    """Base of every optimizer's settings."""

    leaves_out_defaults: ClassVar[bool] = True  # earlier versions stored the names alone

    @property
    def held_momentum(self) -> float | None:
        """Momentum or β₁ where it was given, so that no schedule moves it; else None."""
        return None


class Sgd(OptimizerSettings):
    """Stochastic gradient descent with momentum."""

    name: Literal["sgd"] = "sgd"
    momentum: Annotated[Share | None, Field(description=f"Momentum. {_HELD}")] = None
    nesterov: Annotated[bool, Field(description="Nesterov's momentum.")] = True

    @property
    def held_momentum(self) -> float | None:
        """Its momentum, where it was given."""
        return self.momentum


class WithBetas(OptimizerSettings):
    """What Adam and its relatives have in common.

    β₂ is less than torch's 0.999: where gradients were small for long, the first large ones then
    make steps of the usual length, not of many times that, which can kill a net for good.
    """

    before: ClassVar[Mapping[str, object]] = {"betas": (None, 0.999)}  # as torch has it

    betas: Annotated[
        tuple[Annotated[Share | None, WithJsonSchema(_SHARE)], Share],
        Field(
            description="How much of the running means of gradients (β₁) and of their squares "
            "(β₂) a step keeps. By default 0.9, or what the schedule says of β₁, and 0.95; β₁ "
            "given here holds throughout."
        ),
    ] = (None, 0.95)
    eps: Annotated[float, Field(gt=0, le=1, description="Added to the divisor of the step.")] = 1e-8

    @property
    def held_momentum(self) -> float | None:
        """Its β₁, where it was given."""
        return self.betas[0]

    @property
    def beta2(self) -> float:
        """Its β₂."""
        return self.betas[1]


class Adam(WithBetas):
    """Kingma and Ba 2015, arXiv 1412.6980."""

    name: Literal["adam"] = "adam"


class AdamW(WithBetas):
    """Adam whose weight decay shrinks the weights (arXiv 1711.05101)."""

    name: Literal["adamw"] = "adamw"


class Adamax(WithBetas):
    """Adam with the largest gradient in place of the root mean square (arXiv 1412.6980)."""

    name: Literal["adamax"] = "adamax"


class NAdam(WithBetas):
    """Adam with Nesterov's momentum (Dozat 2016)."""

    name: Literal["nadam"] = "nadam"
    momentum_decay: Annotated[
        float, Field(ge=0, le=1, description="How fast β₁ rises over the first steps.")
    ] = 4e-3


class RAdam(WithBetas):
    """Adam whose first steps are rectified (arXiv 1908.03265)."""

    name: Literal["radam"] = "radam"


class RmsProp(OptimizerSettings):
    """Gradients over their root mean square (Hinton 2012)."""

    name: Literal["rmsprop"] = "rmsprop"
    alpha: Annotated[Share, Field(description="How much of the mean square a step keeps.")] = 0.99
    momentum: Annotated[Share, Field(description="Momentum.")] = 0.0
    centered: Annotated[
        bool, Field(description="Divide by the standard deviation, not the root mean square.")
    ] = False
    eps: Annotated[float, Field(gt=0, le=1, description="Added to the divisor of the step.")] = 1e-8


class Adagrad(OptimizerSettings):
    """Gradients over the root of the sum of all their squares (Duchi et al. 2011)."""

    name: Literal["adagrad"] = "adagrad"
    lr_decay: Annotated[
        float, Field(ge=0, le=1, description="The rate is divided by 1 + lr_decay·step.")
    ] = 0.0
    initial_accumulator_value: Annotated[
        float, Field(ge=0, le=100, description="What the sums of squares begin with.")
    ] = 0.0
    eps: Annotated[float, Field(gt=0, le=1, description="Added to the divisor of the step.")] = (
        1e-10
    )


class Adadelta(OptimizerSettings):
    """Steps as large as earlier ones were (arXiv 1212.5701); its rate is about 1."""

    name: Literal["adadelta"] = "adadelta"
    rho: Annotated[Share, Field(description="How much of the mean squares a step keeps.")] = 0.9
    eps: Annotated[float, Field(gt=0, le=1, description="Added to both mean squares.")] = 1e-6


class Asgd(OptimizerSettings):
    """Gradient descent with a falling rate (Polyak and Juditsky 1992).

    As in torch, the average of the weights is kept in checkpoints and isn't the net's.
    """

    name: Literal["asgd"] = "asgd"
    lambd: Annotated[float, Field(ge=0, le=1, description="Decay term of weights and rate.")] = 1e-4
    alpha: Annotated[float, Field(ge=0, le=10, description="Power by which the rate falls.")] = 0.75
    t0: Annotated[float, Field(ge=1, description="Step at which averaging begins.")] = 1e6


class Adafactor(OptimizerSettings):
    """Steps in proportion to the weights, with squares kept by row and column (arXiv 1804.04235).

    The rate is at most 1/√step.
    """

    name: Literal["adafactor"] = "adafactor"
    beta2_decay: Annotated[
        float, Field(ge=-1, lt=0, description="A step's share in the mean squares is step^this.")
    ] = -0.8
    eps: Annotated[
        float, Field(gt=0, le=1, description="Least root mean square that weights are taken for.")
    ] = 1e-3
    d: Annotated[float, Field(ge=1, le=100, description="Largest root mean square of a step.")] = (
        1.0
    )


OPTIMIZERS: Mapping[str, type[OptimizerSettings]] = MappingProxyType(
    {
        str(form.model_fields["name"].default): form
        for form in (
            Adam,
            AdamW,
            Sgd,
            Adamax,
            NAdam,
            RAdam,
            RmsProp,
            Adagrad,
            Adadelta,
            Asgd,
            Adafactor,
        )
    }
)
"""By name, in the order of their listing."""

_FULL_GRADIENT = "needs the gradient of all pictures at once, and steps here are of batches: "
_SPARSE = "SparseAdam is for sparse gradients, which no layer has: use adam"
LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "rprop": f"Rprop {_FULL_GRADIENT}rmsprop is its form for batches",
        "lbfgs": f"LBFGS {_FULL_GRADIENT}use adam",
        "sparse_adam": _SPARSE,
        "sparseadam": _SPARSE,
        "muon": "Muon is for matrices, and kernels of convolutions have four axes: use adamw",
    }
)
"""What else torch.optim has, with why it isn't here."""

AnyOptimizer = Annotated[
    SerializeAsAny[OptimizerSettings],
    NamedForms("optimizer", "{sgd: {momentum: 0.8}}", lambda: OPTIMIZERS, LEFT_OUT),
]
"""The settings of one optimizer, read from its name or ``{name: options}``."""
