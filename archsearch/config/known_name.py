"""A setting whose value is a name from a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from archsearch.extensions import Catalogue

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["KnownName"]


@dataclass(frozen=True)
class KnownName:
    """Metadata of a text field: only names that the catalogue has at the time are let through.

    The JSON Schema lists them. The error is that of a ``Literal`` with the same names.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import TypeAdapter
        >>> from archsearch.config.search_methods import SEARCHES
        >>> TypeAdapter(Annotated[str, KnownName(SEARCHES)]).validate_python("grid")
        'grid'
    """

    catalogue: Catalogue[Any]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check the name before the field's own type does."""
        return core_schema.no_info_before_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """All names that there are now."""
        return {"enum": list(self.catalogue), "type": "string"}

    def _known(self, value: object) -> object:
        if not isinstance(value, str) or value not in self.catalogue:
            expected = ", ".join(f"'{name}'" for name in self.catalogue)
            raise PydanticKnownError("literal_error", {"expected": expected})
        return value
