"""How is a protocol written as a file, also one that overlays were laid over, so that it is read as the same?"""

from __future__ import annotations

from io import StringIO

from ruamel.yaml import YAML

from seriatim.protocols.declared.protocol import SCHEMA
from seriatim.protocols.protocol import TreatmentProtocol


def protocol_text(protocol: TreatmentProtocol) -> str:
    """The file of a protocol. Comments and layout of the file that it came from are not kept; the hash is.

    >>> from seriatim.protocols.load import load_protocol, read_protocol
    >>> protocol = read_protocol("community-2015")
    >>> load_protocol(protocol_text(protocol)).sha256 == protocol.sha256
    True
    """
    content = {"schema": SCHEMA, **protocol.document.model_dump(mode="json", exclude_defaults=True)}
    out = StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = 110
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(content, out)
    return out.getvalue()
