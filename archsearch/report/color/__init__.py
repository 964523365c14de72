"""How well pictures are colored: variants, baselines, shortcomings, ideas."""

from archsearch.report.color.part import ColorPart, color_part
from archsearch.report.color.variants import Variant, is_color, run_variants, study_variants

__all__ = ["ColorPart", "Variant", "color_part", "is_color", "run_variants", "study_variants"]
