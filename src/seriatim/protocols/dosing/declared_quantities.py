"""How is a quantity written in a protocol file, and which kind may stand where?"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, StringConstraints, WithJsonSchema

from seriatim.protocols.dosing.quantity import Quantity, is_same_kind, read_quantity


def _of_kind(unit: str, text: object) -> Quantity:
    quantity = read_quantity(text)
    if not is_same_kind(quantity.unit, unit):
        raise ValueError(f"a quantity in {unit} or the like")
    if quantity.value == 0:
        raise ValueError("more than zero")
    return quantity


def _positive(text: object) -> Quantity:
    quantity = read_quantity(text)
    if quantity.value == 0:
        raise ValueError("more than zero")
    return quantity


def _area_or_none(text: object) -> Quantity | None:
    return None if text in ("none", None) else _of_kind("m2", text)


_AS_TEXT = PlainSerializer(str, return_type=str)
_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)? \S+$", "examples": ["30 kg"]})
AnyQuantity = Annotated[Quantity, PlainValidator(_positive), _AS_TEXT, _SCHEMA]
Mass = Annotated[Quantity, PlainValidator(partial(_of_kind, "kg")), _AS_TEXT, _SCHEMA]
Length = Annotated[Quantity, PlainValidator(partial(_of_kind, "cm")), _AS_TEXT, _SCHEMA]
Area = Annotated[Quantity, PlainValidator(partial(_of_kind, "m2")), _AS_TEXT, _SCHEMA]
Volume = Annotated[Quantity, PlainValidator(partial(_of_kind, "mL")), _AS_TEXT, _SCHEMA]
Duration = Annotated[Quantity, PlainValidator(partial(_of_kind, "h")), _AS_TEXT, _SCHEMA]
Percent = Annotated[Quantity, PlainValidator(partial(_of_kind, "%")), _AS_TEXT, _SCHEMA]
AreaCap = Annotated[
    Quantity | None,
    PlainValidator(_area_or_none),
    PlainSerializer(lambda cap: "none" if cap is None else str(cap), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(none|\d+(\.\d+)? \S+)$", "examples": ["none", "2 m2"]}),
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500)]
