"""The pictures that are looked at are unlike each other."""

import torch

from archsearch.train.unlike import unlike


def groups(sizes: list[int]) -> tuple[torch.Tensor, list[int]]:
    """Pictures of as many kinds as there are sizes, in a mixed order, and the kind of each."""
    made = torch.Generator().manual_seed(0)
    kinds = torch.rand(len(sizes), 3, 4, 4, generator=made).repeat_interleave(8, 2)
    kinds = kinds.repeat_interleave(8, 3)
    of = torch.cat([torch.full((size,), kind) for kind, size in enumerate(sizes)])
    of = of[torch.randperm(len(of), generator=made)]
    noise = torch.randn(len(of), 3, 32, 32, generator=made) * 0.02
    return kinds[of] + noise, of.tolist()


def test_each_kind_is_shown_once_however_rare() -> None:
    images, of = groups([200, 5, 40, 1, 90, 3, 8, 60])
    places = unlike(images, 8)
    assert places == sorted(places)
    assert {of[place] for place in places} == set(range(8))
    assert unlike(images, 8) == places


def test_a_group_gives_its_most_ordinary_picture() -> None:
    light = torch.tensor([0.0, 0.1, 0.05, 1.0, 0.9, 0.95])
    assert unlike(light.reshape(6, 1, 1, 1), 2) == [2, 5]


def test_few_pictures_and_equal_ones() -> None:
    assert unlike(torch.rand(3, 3, 8, 8), 8) == [0, 1, 2]
    assert len(set(unlike(torch.zeros(20, 1, 5, 5), 8))) == 8
