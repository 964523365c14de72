"""Designs in one line."""

from archsearch import space as drawn
from archsearch.config import SearchSettings
from archsearch.space import Design, SearchSpace

__all__ = ["draw_design"]


def draw_design(
    space: SearchSpace, method: str, trials: int, seed: int, over: str | None = None
) -> Design:
    """The design of a study with these settings."""
    search = SearchSettings(method=method, trials=trials, seed=seed, over=over)
    return drawn.draw_design(space, search)
