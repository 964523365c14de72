"""How well pictures are colored: variants, baselines, shortcomings, ideas."""

from archsearch.report.color.section import ColorSection, color_section
from archsearch.report.color.variants import Variant, is_color, run_variants, study_variants

__all__ = ["ColorSection", "Variant", "color_section", "is_color", "run_variants", "study_variants"]
