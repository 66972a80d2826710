"""Which kinds of file can a protocol be written as?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from seriatim.errors import Misuse
from seriatim.protocols.exports.checklist import checklist
from seriatim.protocols.exports.fhir import plan_definition
from seriatim.protocols.exports.plain_text import page_text
from seriatim.protocols.exports.workbook import write_workbook
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.sign_off_document import SignOff


def write_export(
    protocol: TreatmentProtocol, kind: str, path: Path, *, on: date, sign_offs: Sequence[SignOff] = ()
) -> None:
    """Write a file of a kind: text, workbook or fhir. A checklist as HTML is a page, which a report renders."""
    if kind == "text":
        path.write_text(page_text(checklist(protocol, on=on, sign_offs=sign_offs)) + "\n", encoding="utf-8")
    elif kind == "workbook":
        write_workbook(protocol, path)
    elif kind == "fhir":
        plan = plan_definition(protocol, on=on, sign_offs=sign_offs)
        path.write_text(json.dumps(plan, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    else:
        raise Misuse(f'found the kind "{kind}", expected checklist, text, workbook or fhir')
