"""What is known of an architecture or measured of its training: every number, declared once.

Study files, searches, tables, figures and summaries read this table. A number of the plan is
declared here; a score is declared by its metric.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from archsearch.config.metrics import METRICS, Direction, MetricKind

__all__ = [
    "OBJECTIVES",
    "PLANNED",
    "Objectives",
    "Quantity",
    "Role",
    "planned",
    "score",
]

Role = Literal[
    "objective", "constraint", "spread", "rival", "correlated", "confounder", "brief", "exported"
]
"""What a number may be used for.

``objective``: a study can ask for less of it, or more. ``constraint``: constraints may name it.
``spread``: a stratified design can spread it evenly. ``rival``: reports compare it with latent
size as another explanation of the error. ``correlated``: reports correlate it with the error by
all measures. ``confounder``: designs tell how far latent size correlates with it. ``brief``: short
tables have a column of it. ``exported``: trials and trackers have it as a plain number.
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


_SCORE_ROLES: frozenset[Role] = frozenset({"objective"})
_CHOOSING: frozenset[Role] = frozenset({"objective", "constraint"})
_SIZE: frozenset[Role] = _CHOOSING | {"spread", "rival"}
_COST: frozenset[Role] = _SIZE | {"correlated", "confounder", "brief", "exported"}

PLANNED: tuple[Quantity, ...] = (
    Quantity("latent.size", "latent size", "latent_size", _COST),
    Quantity(
        "latent.effective_size", "effective latent size", "effective_size", _CHOOSING | {"spread"}
    ),
    Quantity(
        "bottleneck.size", "bottleneck size", "bottleneck_size", _SIZE | {"correlated", "exported"}
    ),
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

_SCORE = "val."


class Objectives(Mapping[str, Quantity]):
    """What a study can be judged by, in the order of its listing.

    The scores follow the metrics that there are now: an installed metric's is among them.
    Iterating gives names only, so that no package is loaded that isn't asked for.
    """

    def __getitem__(self, name: str) -> Quantity:
        """The quantity called ``name``.

        Raises:
            KeyError: no objective is called so.
            ExtensionError: the package that declares its metric can't be loaded.
        """
        if name.startswith(_SCORE):
            return score(METRICS[name.removeprefix(_SCORE)])
        return {each.name: each for each in planned("objective")}[name]

    def __iter__(self) -> Iterator[str]:
        """The names, scores first."""
        yield from (_SCORE + name for name in METRICS)
        yield from (each.name for each in planned("objective"))

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        """Whether there is such an objective; loads nothing."""
        return name in set(self)


def score(metric: MetricKind) -> Quantity:
    """What a metric measures on validation pictures, as a quantity.

    Example:
        >>> score(METRICS["psnr"]).title
        'validation PSNR (dB)'
    """
    return Quantity(
        name=_SCORE + metric.name,
        label=f"validation {metric.label}",
        column=f"val_{metric.name}",
        roles=_SCORE_ROLES,
        unit=metric.unit,
        metric=metric.name,
        direction=metric.direction,
        whole=False,
        typical=metric.typical,
        each_epoch=metric.each_epoch,
    )


OBJECTIVES = Objectives()
"""What a study can be judged by."""


def planned(role: Role) -> tuple[Quantity, ...]:
    """What a plan tells and has this role, in the order of tables.

    Example:
        >>> [each.name for each in planned("brief")]
        ['latent.size', 'params', 'macs']
    """
    return tuple(each for each in PLANNED if role in each.roles)
