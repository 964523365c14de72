"""A setting that is one of several names, some of which installed packages may declare."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

__all__ = ["OneOf"]


@dataclass(frozen=True)
class OneOf:
    """The annotation of a setting that is one of ``names``, as they are when it is read.

    It refuses others as ``Literal`` does, and gives the same JSON Schema.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import TypeAdapter
        >>> TypeAdapter(Annotated[str, OneOf({"l1": 0, "mse": 0})]).json_schema()
        {'enum': ['l1', 'mse'], 'type': 'string'}
    """

    names: Collection[str]

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        """Checks the name; pydantic asks for it."""
        return core_schema.no_info_plain_validator_function(self._known)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> Any:
        """Lists the names; pydantic asks for it."""
        return {"enum": list(self.names), "type": "string"}

    def _known(self, value: object) -> object:
        if isinstance(value, str) and value in self.names:
            return value
        expected = " or ".join(f"'{name}'" for name in self.names)
        raise PydanticKnownError("literal_error", {"expected": expected})
