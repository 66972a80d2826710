"""What may stand in a protocol file or in a request, as JSON Schema for editors and other programs?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seriatim.documents import Document
from seriatim.errors import Misuse
from seriatim.protocols.bedside.request import SCHEMA as REQUEST
from seriatim.protocols.bedside.request import DecisionRequest
from seriatim.protocols.declared.protocol import SCHEMA as PROTOCOL
from seriatim.protocols.declared.protocol import ProtocolDocument
from seriatim.protocols.dosing.request import SCHEMA as DOSE_REQUEST
from seriatim.protocols.dosing.request import DoseRequest

_MODELS: Mapping[str, tuple[str, type[Document]]] = {
    "protocol": (PROTOCOL, ProtocolDocument),
    "decision-request": (REQUEST, DecisionRequest),
    "dose-request": (DOSE_REQUEST, DoseRequest),
}


def json_schema(of: str) -> dict[str, Any]:
    """The schema of a file, with its first line. Rules and units are only texts here: reading the file checks them.

    >>> json_schema("decision-request")["properties"]["schema"]
    {'const': 'seriatim.decision-request/1'}
    """
    if of not in _MODELS:
        raise Misuse(f'no schema of "{of}"; there is one of {" and one of ".join(_MODELS)}')
    name, model = _MODELS[of]
    found: dict[str, Any] = _without_doctests(model.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "properties": {"schema": {"const": name}, **found["properties"]},
        "required": ["schema", *found.get("required", [])],
    }


def _without_doctests(node: Any) -> Any:
    """Descriptions are docstrings; what a reader of Python tries out is of no use in a schema."""
    if isinstance(node, dict):
        return {
            key: value.split("\n\n>>>")[0]
            if key == "description" and isinstance(value, str)
            else _without_doctests(value)
            for key, value in node.items()
        }
    return [_without_doctests(item) for item in node] if isinstance(node, list) else node
