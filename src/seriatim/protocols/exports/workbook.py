"""How does a committee review a protocol in a spreadsheet? One row a rule, with columns to write the review into.

Every cell that comes from the protocol is text, whatever it begins with: nothing in the file is a formula or a link,
and a cell stays text when somebody edits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from seriatim.protocols.exports.dose_lines import dose_lines
from seriatim.protocols.protocol import NOT_FOR_USE, TreatmentProtocol
from seriatim.protocols.wording.condition_words import condition_words

REVIEW = ("Agreed", "Remark", "Reviewed by")
TEXT_FORMAT = 49  # the built-in "@": what is typed stays text
_LONGEST = 32_767  # characters that a cell of the format holds
# Not the time of writing: the same protocol gives the same file.
_WRITTEN = datetime(1998, 8, 15)  # noqa: DTZ001 - the format has no zone
_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Row = Sequence[str]


def write_workbook(protocol: TreatmentProtocol, path: str | Path) -> None:
    """Write the protocol as an Excel workbook; an existing file is written over.

    Sheets: about, rules, screening, values, dose, care, examples. The hash stands in the foot of every printed sheet.
    """
    with xlsxwriter.Workbook(str(path), _SAFE) as book:
        book.set_properties({"title": protocol.name, "comments": NOT_FOR_USE, "created": _WRITTEN})
        formats = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "bottom": 1, "num_format": TEXT_FORMAT, "valign": "top"}
            ),
            "text": book.add_format({"text_wrap": True, "num_format": TEXT_FORMAT, "valign": "top"}),
        }
        for name, head, widths, rows in _sheets(protocol):
            _write(book.add_worksheet(name), protocol, formats, head, widths, rows)


def _write(
    sheet: Any,
    protocol: TreatmentProtocol,
    formats: dict[str, Any],
    head: Row,
    widths: Sequence[int],
    rows: Sequence[Row],
) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    # A foot holds 255 characters, and & begins a code in it; a name has none.
    sheet.set_footer(f"&L&7 {protocol.name[:150]} {protocol.sha256}&R&P / &N")
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for place, row in enumerate([head, *rows]):
        for column, text in enumerate(row):
            sheet.write_string(place, column, text[:_LONGEST], formats["head" if place == 0 else "text"])


def _sheets(protocol: TreatmentProtocol) -> Iterator[tuple[str, Row, Sequence[int], Sequence[Row]]]:
    yield "about", ("What", "Says"), (24, 90), _about(protocol)
    yield (
        "rules",
        ("Rule", "System", "Text", "Condition", "Condition in words", "Then", "Counts as", "Resume", "Measures",
         "Source", "At", "Interpretation", "Evidence", *REVIEW),
        (22, 16, 34, 34, 40, 20, 12, 24, 20, 16, 20, 40, 9, 9, 30, 16),
        _rules(protocol),
    )  # fmt: skip
    yield (
        "screening",
        ("Criterion", "Text", "Must hold", "Must not hold", "Valid for", "Waivable by", "Source", "At",
         "Interpretation", "Evidence", *REVIEW),
        (22, 34, 34, 34, 10, 16, 16, 20, 40, 9, 9, 30, 16),
        _screening(protocol),
    )  # fmt: skip
    yield (
        "values",
        ("Variable", "Text", "Type", "Unit or words", "Codes", "Which counts", "At most so old", "Step", "Plausible",
         "Worse", "Required for", "Where not charted", "Interpretation", "Evidence", *REVIEW),
        (22, 34, 10, 20, 24, 20, 10, 8, 14, 8, 12, 30, 40, 9, 9, 30, 16),
        _values(protocol),
    )  # fmt: skip
    yield "dose", ("Drug", "What", "As declared", *REVIEW), (18, 24, 70, 9, 30, 16), _dose(protocol)
    yield (
        "care",
        ("Part", "Kind", "Text", "When", "Condition", "Source", "At", "Interpretation", "Evidence", *REVIEW),
        (22, 14, 50, 34, 34, 16, 20, 40, 9, 9, 30, 16),
        _care(protocol),
    )
    yield (
        "examples",
        ("Example", "Given", "Others", "Expected", *REVIEW),
        (40, 60, 10, 30, 9, 30, 16),
        _examples(protocol),
    )


def _about(protocol: TreatmentProtocol) -> list[Row]:
    document = protocol.document
    return [
        ("Protocol", protocol.name),
        ("Title", document.title),
        ("Hash (sha256)", protocol.sha256),
        ("Status", document.status),
        ("Use", NOT_FOR_USE),
        ("Unverified parts", ", ".join(protocol.unverified) or "none"),
        ("Roles to sign", ", ".join(document.roles_to_sign)),
        ("What is not decided", document.when_undecided.words),
        *(("Overlay", f"{overlay.name}: {overlay.direction}") for overlay in document.overlays),
        *((f"Source {name}", source.cite) for name, source in document.sources.items()),
        *(("Note", note) for note in document.notes),
        (
            "To change the protocol",
            "Change its file. What is written here is a remark of the review and changes nothing.",
        ),
    ]


def _rules(protocol: TreatmentProtocol) -> list[Row]:
    return [
        (
            one.id,
            one.system or "",
            one.text,
            one.when,
            condition_words(protocol, one.when),
            one.then.words,
            one.counts_as or "",
            one.resume or "",
            ", ".join(one.measures),
            *_cited(one),
        )
        for one in protocol.document.before_dose
    ]


def _screening(protocol: TreatmentProtocol) -> list[Row]:
    return [
        (
            one.id,
            one.text,
            condition_words(protocol, one.require) if one.require else "",
            condition_words(protocol, one.exclude) if one.exclude else "",
            one.valid_for or "",
            ", ".join(one.waivable_by),
            *_cited(one),
        )
        for one in protocol.document.screening
    ]


def _values(protocol: TreatmentProtocol) -> list[Row]:
    return [
        (
            name,
            one.text,
            one.type,
            one.unit or ", ".join(one.levels),
            ", ".join(one.codes) or one.history or one.expr or "",
            " ".join(filter(None, (one.take, one.window.since or f"before {one.window.before}"))),
            one.max_age or "",
            one.resolution or (one.round.to if one.round else ""),
            " to ".join(one.plausible or ()),
            one.worse,
            ", ".join(one.required_for),
            f"{one.missing.assume}: {one.missing.because}" if one.missing else "",
            one.interpretation or "",
            str(one.evidence),
        )
        for name, one in protocol.document.variables.items()
    ]


def _dose(protocol: TreatmentProtocol) -> list[Row]:
    return [(drug, *line) for drug, rule in protocol.document.dose.items() for line in dose_lines(rule)]


def _care(protocol: TreatmentProtocol) -> list[Row]:
    document = protocol.document
    care = [
        (one.id, "supportive care", one.text, one.start, one.stop_when or "", *_cited(one))
        for one in document.supportive_care
    ]
    watch = [
        (one.id, "monitoring", one.text, f"every {one.every}, from {one.begins} to {one.ends}", one.notify_when or "",
         *_cited(one))
        for one in document.monitoring
    ]  # fmt: skip
    home = [(one.id, "discharge", one.text, "", one.require or "", *_cited(one)) for one in document.discharge]
    return [*care, *watch, *home]


def _examples(protocol: TreatmentProtocol) -> list[Row]:
    return [
        (
            one.name,
            "; ".join(f"{name} {'not known' if value is None else value}" for name, value in one.given.items()),
            one.others,
            " to ".join(dict.fromkeys(action.words for action in one.interval)),
        )
        for one in protocol.document.examples
    ]


def _cited(one: Any) -> Row:
    return one.source.ref, one.source.at, one.interpretation or "", str(one.evidence)
