"""Every code that a diagnostic may have, explained."""

from archsearch.spec.codes.entry import Explanation
from archsearch.spec.codes.expressions import EXPRESSIONS
from archsearch.spec.codes.keys import KEYS
from archsearch.spec.codes.layers import LAYERS
from archsearch.spec.codes.sizes import SIZES
from archsearch.spec.codes.studies import STUDIES
from archsearch.spec.codes.wholes import WHOLES
from archsearch.spec.codes.yaml import YAML

__all__ = ["CATALOGUE", "STUDY_WARNINGS", "WARNINGS", "Explanation"]

CATALOGUE: dict[str, Explanation] = {
    item.code: item
    for group in (YAML, KEYS, EXPRESSIONS, LAYERS, SIZES, WHOLES, STUDIES)
    for item in group
}
WARNINGS = tuple(
    code for code, item in CATALOGUE.items() if item.severity == "warning" and not item.is_study
)
"""Those of specs, which `allow` silences there."""

STUDY_WARNINGS = tuple(
    code for code, item in CATALOGUE.items() if item.severity == "warning" and item.is_study
)
"""Those of studies."""
