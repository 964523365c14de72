"""What the exercise's page says follows from the files beside it."""

from pathlib import Path

from PIL import Image

from exercise import results
from exercise.answers import QUESTIONS, answers
from exercise.parts import PARTS
from exercise.pictures import enlarged, store_small, write_enlarged


def test_without_reports_it_says_what_to_run(tmp_path: Path) -> None:
    page = answers(tmp_path)
    for question in QUESTIONS:
        assert question.asked in page
        assert set(question.reports) <= PARTS.keys()
        if question.reports:
            command = f"python -m exercise {' '.join(question.reports)}"
            assert f"Not answered yet: `{command}` does." in page


def test_the_sizes_need_no_training(tmp_path: Path) -> None:
    page = answers(tmp_path)
    assert "The latent has 1,024 numbers, 1/3 of the picture's 3,072." in page
    assert "| conv | ((8 − 3 + 2·1)/1 + 1)²·16 = 1024 | 16×8×8, **the latent** |" in page


def test_pictures_are_the_rows_of_the_report(tmp_path: Path) -> None:
    report = tmp_path / "nine-layer"
    report.mkdir()
    rows = [
        "| original | ![original](figures/sizes-0.png) |",
        "| 8 numbers | ![8 numbers](figures/sizes-1.png) |",
        "| 1,024 numbers (10-epochs, seed 3: MSE 1) | ![1,024 numbers](figures/sizes-2.png) |",
        "| gray | ![gray](figures/colors-fixed-0.png) |",
    ]
    (report / "report.md").write_text("\n".join(rows), encoding="utf-8")
    assert results.pictures(report) == [
        ("original", "", "nine-layer/figures/sizes-0.png"),
        ("8 numbers", "", "nine-layer/figures/sizes-1.png"),
        ("1,024 numbers", "10-epochs, seed 3: MSE 1", "nine-layer/figures/sizes-2.png"),
    ]


def test_strips_are_enlarged_by_whole_pixels(tmp_path: Path) -> None:
    """Whoever reads the page sees pictures of 32 pixels."""
    for name in ("colorize/figures", "figures"):
        (tmp_path / name).mkdir(parents=True)
    strip = Image.new("RGB", (130, 32))
    strip.putpixel((1, 0), (255, 0, 0))
    strip.save(tmp_path / "colorize" / "figures" / "colors-fixed-1.png")
    page = "| gray | ![gray](colorize/figures/colors-fixed-1.png) |"
    write_enlarged(page, tmp_path)
    assert enlarged(page) == "| gray | ![gray](figures/colorize-colors-fixed-1.png) |"
    with Image.open(tmp_path / "figures" / "colorize-colors-fixed-1.png") as larger:
        assert larger.size == (780, 192)
        assert larger.getpixel((6, 5)) == larger.getpixel((11, 0)) == (255, 0, 0)
        assert larger.getpixel((5, 0)) == larger.getpixel((12, 0)) == (0, 0, 0)


def test_drawings_are_stored_with_few_colors_once_and_photographs_keep_theirs(
    tmp_path: Path,
) -> None:
    figures = tmp_path / "one" / "figures"
    figures.mkdir(parents=True)
    drawing, strip = figures / "line.png", figures / "sizes-0.png"
    (figures / "line.svg").write_text("<svg/>", encoding="utf-8")
    image = Image.new("RGBA", (64, 64), "white")
    image.paste((200, 30, 30, 255), (8, 8, 24, 24))
    for file in (drawing, strip):
        image.save(file, dpi=(160, 160))
    colors, stored = image.convert("RGB").tobytes(), strip.read_bytes()
    store_small(tmp_path)
    with Image.open(drawing) as after:
        assert after.mode == "P"
        assert after.convert("RGB").tobytes() == colors
        assert round(after.info["dpi"][0]) == 160
    assert strip.read_bytes() == stored
    written = drawing.stat().st_mtime_ns
    store_small(tmp_path)
    assert drawing.stat().st_mtime_ns == written
