"""A setting whose value is one of some names, such as those of a catalogue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import CoreSchema, PydanticKnownError, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["KnownName"]


@dataclass(frozen=True)
class KnownName:
    """Metadata of a text field: only names that are known at the time are let through.

    The JSON Schema lists them. The error is that of a ``Literal`` with the same names.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import TypeAdapter
        >>> from archsearch.config.losses import LOSSES
        >>> TypeAdapter(Annotated[str, KnownName(LOSSES)]).validate_python("l1")
        'l1'
    """

    known: Collection[str]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check the name before the field's own type does."""
        return core_schema.no_info_before_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """All names that there are now."""
        return {"enum": list(self.known), "type": "string"}

    def _known(self, value: object) -> object:
        if not isinstance(value, str) or value not in self.known:
            expected = ", ".join(f"'{name}'" for name in self.known)
            raise PydanticKnownError("literal_error", {"expected": expected})
        return value
