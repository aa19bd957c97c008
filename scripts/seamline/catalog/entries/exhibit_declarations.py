"""What a sample shows around its result: declarations by the name of their exhibit.

Which exhibits there are, and what each lets a sample declare, is the exhibits' own business: they are looked up in
`seamline.plugins.EXHIBITS` when the first declaration is read, and never imported from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PydanticUserError, create_model
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from seamline.catalog.entries.base import Entry
from seamline.errors import PluginError
from seamline.plugins import EXHIBITS, ExhibitDeclaration


class Exhibits(Mapping[str, Any]):
    """The exhibits that a sample declares: a frozen mapping from an exhibit's name to what is declared of it.

    What is declared as `false`, as nothing or as an empty list counts as not declared.

    Args:
        declared: declarations, each of its exhibit's own type; they are not validated here.
    """

    __slots__ = ("_declared",)

    def __init__(self, declared: Mapping[str, Any] = MappingProxyType({})) -> None:
        self._declared = {name: value for name, value in declared.items() if _counts(value)}

    def __getitem__(self, name: str) -> Any:
        """What is declared of the exhibit `name`.

        Raises:
            KeyError: it is not declared.
        """
        return self._declared[name]

    def __iter__(self) -> Iterator[str]:
        """Names of the declared exhibits."""
        return iter(self._declared)

    def __len__(self) -> int:
        """How many exhibits are declared."""
        return len(self._declared)

    def __repr__(self) -> str:
        """The declarations, as Python."""
        return f"Exhibits({self._declared!r})"

    def __deepcopy__(self, memo: object) -> Exhibits:
        """Itself, as it is frozen: pydantic copies the default of a field for each sample."""
        return self

    @property
    def declared(self) -> tuple[str, ...]:
        """Names of the declared exhibits, in the order in which pages show them.

        Raises:
            PluginError: an exhibit of another distribution does not work.
        """
        return tuple(sorted(self._declared, key=lambda name: place(EXHIBITS.all[name])))

    def model_dump(
        self, *, mode: Literal["json", "python"] = "python", exclude_defaults: bool = False
    ) -> dict[str, Any]:
        """The declarations as a sample file spells them, in the order of pages."""
        if not self._declared:
            return {}
        fields = {name: self._declared[name] for name in self.declared}
        entry = exhibit_fields().model_construct(**fields)
        return entry.model_dump(mode=mode, include=set(fields), exclude_defaults=exclude_defaults)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validates with the exhibits that are installed at the time; a sample without any waits for none."""

        def validated(value: Any, info: core_schema.ValidationInfo) -> Exhibits:
            if isinstance(value, cls):
                return value
            fields = exhibit_fields()
            entry = fields.model_validate(value, context=info.context)
            return cls({name: getattr(entry, name) for name in entry.model_fields_set})

        def dumped(value: Exhibits, info: core_schema.SerializationInfo) -> dict[str, Any]:
            mode: Literal["json", "python"] = "json" if info.mode == "json" else "python"
            return value.model_dump(mode=mode, exclude_defaults=info.exclude_defaults)

        return core_schema.with_info_plain_validator_function(
            validated, serialization=core_schema.plain_serializer_function_ser_schema(dumped, info_arg=True)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """That of `exhibit_fields`."""
        return handler(exhibit_fields().__pydantic_core_schema__)


def exhibit_fields() -> type[Entry]:
    """An entry with one optional field for each exhibit that can be declared, in the order of pages.

    Raises:
        PluginError: an exhibit of another distribution does not work.
    """
    installed = EXHIBITS.all
    if _BUILT and _BUILT[0][0] is installed:
        return _BUILT[0][1]
    exhibits: list[ExhibitDeclaration] = sorted(installed.values(), key=place)
    fields: dict[str, Any] = {
        exhibit.name: (exhibit.declaration | None, Field(default=None, description=exhibit.description))
        for exhibit in exhibits
        if exhibit.declaration is not None
    }
    entry = create_model("Exhibits", __base__=Entry, __doc__="What a sample's page shows around its result.", **fields)
    entry.renamed = {exhibit.formerly: exhibit.name for exhibit in exhibits if exhibit.formerly}
    try:
        entry.model_rebuild()
    except PydanticUserError as error:
        what = f"an exhibit's declaration is of a type that cannot be validated: {error.message}"
        raise PluginError(what, where=EXHIBITS.group, hint="update or uninstall the distribution it is of") from error
    _BUILT[:] = [(installed, entry)]
    return entry


def place(exhibit: ExhibitDeclaration) -> tuple[int, str]:
    """Sorts exhibits into the order in which pages show them."""
    return exhibit.order, exhibit.name


_BUILT: list[tuple[Mapping[str, Any], type[Entry]]] = []


def _counts(value: Any) -> bool:
    return not (value is None or value is False or (isinstance(value, (tuple, list, str)) and not value))
