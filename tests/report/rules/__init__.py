"""What holds of every page, whatever the study: no sentence contradicts a number or another."""

from tests.report.rules import answer, nets, numbers, wording
from tests.report.rules.told import RULES, Rule, Told, told

__all__ = ["RULES", "Rule", "Told", "answer", "nets", "numbers", "told", "wording"]
