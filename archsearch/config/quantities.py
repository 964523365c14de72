"""What is known of an architecture or measured of its training: every number, declared once.

Study files, searches, tables, figures and summaries read this table. A number of the plan is
declared here; a score is declared by its metric.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["OBJECTIVES", "PLANNED", "QUANTITIES", "Direction", "Quantities", "Quantity", "Role", "planned"]

Direction = Literal["minimize", "maximize"]
Role = Literal["objective", "constraint", "spread", "rival", "correlated", "confounder", "brief"]
"""What a number may be used for.

``objective``: a study can ask for less of it, or more. ``constraint``: constraints may name it.
``spread``: a stratified design can spread it evenly. ``rival``: reports hold it against latent
size as another explanation of the error. ``correlated``: reports correlate it with the error by
all measures. ``confounder``: designs tell how far latent size goes with it. ``brief``: short
tables have a column of it.
"""


@dataclass(frozen=True)
class Quantity:
    """One number of an architecture or of its training.

    Attributes:
        name: as study files write it. In a plan it is also where the number is found.
        label: as people read it.
        column: its name in records and tables.
        roles: what it may be used for.
        unit: what one of it is, where that must be said.
        metric: the metric that measures it, on validation pictures and as a mean over seeds;
            empty for what the plan tells.
        direction: which way is better.
        whole: whether it is a whole number.
        typical: what autoencoders of natural pictures give, for a candidate that isn't trained.
        each_epoch: whether every epoch tells it, so that a training can be pruned by it.
    """

    name: str
    label: str
    column: str
    roles: frozenset[Role]
    unit: str = ""
    metric: str = ""
    direction: Direction = "minimize"
    whole: bool = True
    typical: float = 0.0
    each_epoch: bool = False

    @property
    def measured(self) -> bool:
        """Whether a training tells it; otherwise the plan does."""
        return bool(self.metric)

    @property
    def title(self) -> str:
        """The label with its unit, e.g. for an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def sign(self) -> float:
        """Times it, less is better."""
        return -1.0 if self.direction == "maximize" else 1.0


_CHOOSING: frozenset[Role] = frozenset({"objective", "constraint"})
_SIZE: frozenset[Role] = _CHOOSING | {"spread", "rival"}
_COST: frozenset[Role] = _SIZE | {"correlated", "confounder", "brief"}

PLANNED: tuple[Quantity, ...] = (
    Quantity("latent.size", "latent size", "latent_size", _COST),
    Quantity("latent.effective_size", "effective latent size", "effective_size", _SIZE),
    Quantity("bottleneck.size", "bottleneck size", "bottleneck_size", _SIZE | {"correlated"}),
    Quantity("latent.channels", "latent channels", "latent_channels", _CHOOSING | {"rival"}),
    Quantity("latent.height", "latent height", "latent_height", _CHOOSING),
    Quantity("latent.width", "latent width", "latent_width", _CHOOSING),
    Quantity("latent.area", "latent height×width", "latent_area", frozenset({"rival"})),
    Quantity(
        "latent.compression",
        "compression",
        "compression",
        frozenset({"constraint"}),
        whole=False,
    ),
    Quantity("params", "parameters", "params", _COST),
    Quantity("macs", "MACs", "macs", _COST, unit="per picture"),
    Quantity(
        "encoder_depth", "encoder depth", "encoder_depth", _CHOOSING | {"rival", "confounder"}
    ),
)
"""What a plan tells, in the order of tables."""

_SCORES: tuple[Quantity, ...] = (
    Quantity(
        "val.mse",
        "validation MSE",
        "val_mse",
        frozenset({"objective"}),
        metric="mse",
        whole=False,
        typical=0.03,
        each_epoch=True,
    ),
    Quantity(
        "val.psnr",
        "validation PSNR",
        "val_psnr",
        frozenset({"objective"}),
        unit="dB",
        metric="psnr",
        direction="maximize",
        whole=False,
        typical=15.0,
        each_epoch=True,
    ),
    Quantity(
        "val.ssim",
        "validation SSIM",
        "val_ssim",
        frozenset({"objective"}),
        metric="ssim",
        direction="maximize",
        whole=False,
        typical=0.5,
    ),
)


class Quantities(Mapping[str, Quantity]):
    """Quantities by name, in the order in which they are told of.

    The scores follow the metrics that there are now, so that an installed metric is among them.

    Args:
        role: of those wanted; none: all of them.
    """

    def __init__(self, role: Role | None = None) -> None:
        self._role = role

    def __getitem__(self, name: str) -> Quantity:
        """The quantity called ``name``.

        Raises:
            KeyError: there is none, or it doesn't have the role.
        """
        for each in self._all():
            if each.name == name:
                return each
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return (each.name for each in self._all())

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self._all())

    def _all(self) -> Iterator[Quantity]:
        everything = (*PLANNED, *_SCORES)
        return (each for each in everything if self._role is None or self._role in each.roles)


QUANTITIES = Quantities()
"""All of them."""
OBJECTIVES = Quantities("objective")
"""What a study can be judged by."""


def planned(role: Role) -> tuple[Quantity, ...]:
    """What a plan tells and has this role, in the order of tables.

    Example:
        >>> [each.name for each in planned("brief")]
        ['latent.size', 'params', 'macs']
    """
    return tuple(each for each in PLANNED if role in each.roles)
