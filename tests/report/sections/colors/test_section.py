"""What the section on colors says: right, and no surer than the numbers."""

from __future__ import annotations

from archsearch.report.sections.blocks import (
    Block,
    Drawing,
    Facts,
    Items,
    PictureRows,
    Section,
    Table,
    Text,
)
from archsearch.report.sections.colors import sections
from tests.report.colored import Run, color_result, colors_of, strip_of

Short = tuple[str, float, dict[str, object], dict[str, object]]


def runs(*every: Short) -> list[Run]:
    return [(task, color_result(task, mse, **has), extra) for task, mse, has, extra in every]


def made(*every: Short, note: str = "", pictures: bytes | None = None) -> list[Section]:
    return list(sections(colors_of(*runs(*every), note=note, pictures=pictures)))


def block(section: Section, name: str) -> Block:
    """The block of that name."""
    return next(each for each in section.blocks if getattr(each, "name", "") == name)


def said(*every: Short) -> str:
    (text,) = (each.text for each in made(*every)[0].blocks if isinstance(each, Text))
    return text


def title(*every: Short) -> str:
    found = block(made(*every, pictures=strip_of())[0], "colors-fixed")
    assert isinstance(found, PictureRows)
    return found.title


def prose(section: Section) -> str:
    """Headings, notes and captions, as the page's words are counted."""
    told = [section.title]
    for each in section.blocks:
        if isinstance(each, Text):
            told.append(each.text)
        elif isinstance(each, Items):
            told += [item.text for item in each.items]
        elif isinstance(each, Table):
            told += [each.title, each.note]
        elif isinstance(each, PictureRows | Drawing):
            told += [each.title, each.caption]
    return " ".join(told)


TWO = (
    ("colorize", 0.0080, {"delta_e": 11.4}, {}),
    ("colorize", 0.0084, {"delta_e": 11.6, "seed": 1}, {}),
    ("colorize-chroma", 0.0047, {"saturation": 0.48}, {}),
    ("colorize-chroma", 0.0048, {"saturation": 0.52, "seed": 1}, {}),
)
THIRD = [(task, mse, has | {"seed": 2}, extra) for task, mse, has, extra in (TWO[0], TWO[2])]


def test_pictures_come_first_and_details_are_folded():
    shown, folded = made(*TWO, pictures=strip_of())
    assert isinstance(shown.blocks[0], PictureRows)
    assert (shown.open, folded.open) == (True, False)
    names = [getattr(each, "name", "") for each in folded.blocks]
    assert names == ["colors", "classes", "chroma", "saturation"]


def test_rows_of_pictures_are_of_the_same_ones_each_with_its_runs_numbers():
    found = block(made(*TWO, pictures=strip_of())[0], "colors-fixed")
    assert isinstance(found, PictureRows)
    assert [(row.label, row.small) for row in found.rows] == [
        ("gray", "what the nets see"),
        ("original", ""),
        ("net 1", "colorize-chroma, seed 0: val MSE 0.00470, ΔE 9.50"),
        ("net 0", "colorize, seed 0: val MSE 0.00800, ΔE 11.40"),
    ]
    assert [row.trial for row in found.rows] == [None, None, 1, 0]


def test_the_title_is_what_the_best_gains_over_one_color():
    assert title(*TWO).endswith(
        "has 85 % of the test error of one color for all pixels (84 to 86 %)"
    )
    assert title(TWO[2]).endswith(
        "has 84 % of the test error of one color for all pixels (one seed)"
    )
    split = (("colorize", 0.0050, {}, {}), ("colorize", 0.0060, {"seed": 1}, {}))
    for every in (split, TWO[:2]):
        assert title(*every).endswith("isn’t shown to beat one color for all pixels")
    worse = title(("colorize", 0.0084, {}, {}))
    assert "150 %" in worse


def test_the_answer_names_the_best_and_who_beats_the_baseline():
    text = said(*TWO)
    assert text.startswith("Lowest validation error: net 1, colorize-chroma; its seeds’ range")
    assert "which happens by chance once in 3 times" in text
    assert "1 of 2 are shown to beat the mean chroma" in text
    assert "its interval lies under that of net 0" in said(*TWO, *THIRD)


def test_overlapping_seeds_are_not_told_apart():
    every = (
        ("colorize-chroma", 0.0047, {}, {}),
        ("colorize-chroma", 0.0050, {"seed": 1}, {}),
        ("colorize-chroma", 0.0049, {}, {"loss": "l1"}),
        ("colorize-chroma", 0.0051, {"seed": 1}, {"loss": "l1"}),
    )
    assert "whether net 1 is worse isn’t shown, as their intervals overlap" in said(*every)


def test_one_seed_says_how_little_that_is():
    assert "by one seed: its lead over net 0 may be the seed’s" in said(TWO[0], TWO[2])
    (table,) = (
        each for each in made(TWO[0], TWO[2])[0].blocks if getattr(each, "name", "") == "variants"
    )
    assert isinstance(table, Table)
    assert table.note == "One seed each: there are no intervals, and no marks."
    assert {row.cells[-1].text for row in table.rows[2:]} == {"–"}


def test_jpegs_are_named():
    assert "JPEG pictures have half the chroma" in prose(made(*TWO, note="JPEG files")[0])
    assert "JPEG" not in prose(made(*TWO)[0])


def test_figures_say_their_findings():
    titles = {each.name: each.title for each in made(*TWO)[1].blocks if isinstance(each, Drawing)}
    assert "10.0 % of the true pixels, 0.0 % of those that net 1" in titles["chroma"]
    assert titles["saturation"] == "2 of 2 variants shown to be too pale"
    vivid = made(("colorize-bins", 0.006, {"saturation": 1.04}, {}))[1].blocks
    assert "None of 1 variant shown to be too pale" in [
        getattr(each, "title", "") for each in vivid
    ]


def test_every_mark_of_the_table_is_defined_once():
    shown = made(*TWO, *THIRD)[0]
    table, (facts,) = (
        block(shown, "variants"),
        [each for each in shown.blocks if isinstance(each, Facts)],
    )
    assert isinstance(table, Table)
    marks = {mark for row in table.rows for mark in row.cells[-1].text.split(", ")} - {"", "–"}
    terms = [term for term, _ in facts.pairs]
    assert marks <= set(terms)
    assert len(terms) == len(set(terms))
    assert set(terms) - marks == {"ΔE", "saturation", "gray copy", "mean chroma"}


def test_the_sections_are_short():
    """200 words for colors in all, 110 of them open."""
    shown, folded = made(*TWO, *THIRD, note="JPEG", pictures=strip_of())
    assert len(prose(shown).split()) <= 110
    assert len(prose(shown).split()) + len(prose(folded).split()) <= 200


def test_figures_show_five_at_most_and_the_best_of_each_task():
    every = [
        ("colorize-chroma", color_result("colorize-chroma", 0.004 + place / 1e4), {"place": place})
        for place in range(7)
    ]
    found = colors_of(*every, ("colorize", color_result("colorize", 0.009), {}))
    assert [variant.trial for variant in found.shown] == [0, 1, 2, 3, 7]


def test_figures_show_the_most_colored_that_is_better_than_one_color():
    task = "colorize-chroma"
    errors = (0.0040, 0.0041, 0.0042, 0.0043, 0.0044, 0.0050, 0.0055, 0.0060)
    saturations = (0.5, 0.5, 0.5, 0.5, 0.5, 0.8, 0.7, 1.0)
    every = [
        (task, color_result(task, mse, saturation=saturation), {"place": mse})
        for mse, saturation in zip(errors, saturations, strict=True)
    ]
    assert [variant.trial for variant in colors_of(*every).shown] == [0, 1, 2, 3, 5]
