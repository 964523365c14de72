"""How well pictures are colored: variants, baselines, shortcomings, ideas."""

from archsearch.report.sections.colors.section import Colors, compute, sections, to_json

__all__ = ["Colors", "compute", "sections", "to_json"]
