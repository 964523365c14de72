"""Who trains, who validates, who tests: indices from a seed, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from archsearch.errors import DataError

__all__ = ["Indices", "Mask", "Split", "split_by_region", "split_evenly", "split_officially"]

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint indices into the pictures of a source, in the seed's order."""

    train: Indices
    val: Indices
    test: Indices


def split_evenly(pictures: int, limit: int | None, seed: int) -> Split:
    """Split 80/10/10 by a seeded permutation of all pictures.

    The first ``limit`` of the permutation are taken, all without a limit or where there
    are fewer. Validation and test get ⌊n/10⌋ each, training the rest.

    Example:
        >>> split = split_evenly(60_000, limit=12_000, seed=0)
        >>> len(split.train), len(split.val), len(split.test)
        (9600, 1200, 1200)
    """
    order = np.random.default_rng(seed).permutation(pictures)[:limit]
    tenth = len(order) // 10
    return _checked(Split(order[2 * tenth :], order[:tenth], order[tenth : 2 * tenth]), len(order))


def split_officially(
    pictures: int, test_part: Mask | None, val_part: Mask | None, limit: int | None, seed: int
) -> Split:
    """Keep the source's own parts; a seeded tenth of the training part is the one it lacks.

    A limit keeps the shares of the parts: ⌊limit · tests / pictures⌋ of the test part are
    taken, as many of the validation part, but for rounding, and the rest trains.

    Args:
        pictures: N, how many there are.
        test_part: True for pictures of the test part, N; None without one.
        val_part: the same for the validation part.
        limit: how many to take; all where it is None or more than there are.
        seed: of the order.

    Example:
        >>> test_part = np.arange(60_000) >= 50_000
        >>> split = split_officially(60_000, test_part, None, limit=None, seed=0)
        >>> len(split.train), len(split.val), len(split.test)
        (45000, 5000, 10000)
    """
    order = np.random.default_rng(seed).permutation(pictures)
    of_test, of_val = (
        order[:0] if part is None else order[part[order]] for part in (test_part, val_part)
    )
    rest = order[~np.isin(order, np.concatenate([of_test, of_val]))]
    taken = min(pictures, limit if limit is not None else pictures)
    tests = taken * len(of_test) // pictures
    held = taken * (len(of_test) + len(of_val)) // pictures
    test, val, train = of_test[:tests], of_val[: held - tests], rest[: taken - held]
    tenth = len(train) // 10
    if val_part is None:
        val, train = train[:tenth], train[tenth:]
    elif test_part is None:
        test, train = train[:tenth], train[tenth:]
    return _checked(Split(train, val, test), taken)


def split_by_region(regions: npt.NDArray[np.int64], limit: int | None, seed: int) -> Split:
    """Split near 80/10/10 so that pictures of one region stay together.

    Regions are laid in a seeded order: those whose middle lies in the first tenth of all
    pictures test, those in the second validate, the rest trains. A limit takes 80/10/10 of its
    number from the three, in a seeded order, as far as each reaches; what one lacks the
    others give.
    """
    generator = np.random.default_rng(seed)
    numbers, counts = np.unique(regions, return_counts=True)
    dealt = generator.permutation(len(numbers))
    middle = np.cumsum(counts[dealt]) - counts[dealt] / 2
    part = np.minimum(middle * 10 // len(regions), 2)
    pools = [np.flatnonzero(np.isin(regions, numbers[dealt[part == who]])) for who in range(3)]
    test, val, train = (generator.permutation(pool) for pool in pools)
    taken = min(len(regions), limit if limit is not None else len(regions))
    train_n, val_n, test_n = _quotas(
        taken, len(train), len(val), len(test), capped=limit is not None
    )
    return _checked(Split(train[:train_n], val[:val_n], test[:test_n]), taken)


def _quotas(taken: int, train: int, val: int, test: int, *, capped: bool) -> tuple[int, int, int]:
    if not capped or taken == train + val + test:
        return train, val, test
    val_n, test_n = min(val, taken // 10), min(test, taken // 10)
    train_n = min(train, taken - val_n - test_n)
    val_n = min(val, taken - train_n - test_n)
    return train_n, val_n, taken - train_n - val_n


def _checked(split: Split, taken: int) -> Split:
    sizes = len(split.train), len(split.val), len(split.test)
    if min(sizes) == 0:
        raise DataError(
            f"{taken} pictures are too few to split: {sizes[0]} would train, "
            f"{sizes[1]} validate and {sizes[2]} test",
            help="each part needs at least one; 80/10/10 needs at least 10 pictures. "
            "Give more pictures, or a larger `limit`.",
        )
    return split
