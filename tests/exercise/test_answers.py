"""What the exercise's page says follows from the files beside it."""

from pathlib import Path

from exercise.answers import QUESTIONS, answers
from exercise.parts import PARTS


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
