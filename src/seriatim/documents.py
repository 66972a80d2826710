"""How is a declared file read? YAML 1.2 with line numbers, checked by a pydantic model, all faults at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding, Severity

LARGEST_DOCUMENT_BYTES = 2_000_000
DEEPEST_NESTING = 20  # no declared file needs half of it; beyond some hundreds Python itself gives up


class Document(BaseModel):
    """Base of every declared file and of its parts: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=Document)
Place = tuple[str | int, ...]  # the way to a value: keys and places in lists


@dataclass(frozen=True)
class Located(Generic[Model]):
    """A document with the line of every part, for faults that only a later look finds, such as a name not declared."""

    document: Model
    name: str
    line_of: Callable[[Place], int | None]

    def fault(self, place: Place, found: str, expected: str, next_move: str) -> Finding:
        """A fault at a place of the document."""
        column, line = _spelt(self.document, place), self.line_of(place)
        return Finding("document.invalid", Severity.ROW_SET_ASIDE, self.name, line, column, found, expected, next_move)

    def refuse(self, faults: Sequence[Finding]) -> None:
        """Raise `InvalidDocument` with every fault, if there are any."""
        if faults:
            raise InvalidDocument(_message(self.name, list(faults)))


def load_document(text: str, model: type[Model], *, schema: str, name: str) -> Model:
    """Read one document whose first key is `schema: <schema>`, or raise `InvalidDocument` with every fault.

    >>> class Note(Document):
    ...     text: str
    >>> load_document("schema: seriatim.note/1\\ntext: q8h", Note, schema="seriatim.note/1", name="note.yaml").text
    'q8h'
    """
    return load_located(text, model, schema=schema, name=name).document


def load_located(text: str, model: type[Model], *, schema: str, name: str) -> Located[Model]:
    """The same with the lines of its parts."""
    tree = _parse(text, name)
    _check_header(tree, schema, name)
    body = {key: value for key, value in tree.items() if key != "schema"}
    line_of = partial(_line, tree)
    return Located(check_document(_plain(body), model, name, line_of), name, line_of)


def check_document(
    body: Mapping[str, Any], model: type[Model], name: str, line_of: Callable[[Place], int | None]
) -> Model:
    """The same for a document that did not come as YAML; `line_of` finds the line of a path such as ("rows", 0)."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        faults = _without_consequences(error.errors())
        raise InvalidDocument(_message(name, [_finding(fault, line_of, name, body) for fault in faults])) from None


def read_document(path: Path, model: type[Model], *, schema: str) -> Model:
    """Read a document from a file; see `load_document`."""
    return load_document(read_text(path), model, schema=schema, name=path.name)


def document_text(document: Document, schema: str) -> str:
    """What a document declared, as YAML that reads as the same document; defaults that it left unsaid stay unsaid.

    >>> class Note(Document):
    ...     text: str
    ...     grade: str = "any"
    >>> print(document_text(Note(text="q8h"), "seriatim.note/1"), end="")
    schema: seriatim.note/1
    text: q8h
    """
    writer = YAML(typ="rt", pure=True)
    writer.width = 100
    writer.indent(mapping=2, sequence=4, offset=2)
    written = StringIO()
    writer.dump({"schema": schema} | document.model_dump(mode="json", exclude_unset=True), written)
    return written.getvalue()


def read_text(path: Path) -> str:
    """The text of a declared file, or the reason why it is none."""
    if not path.is_file():
        raise UnreadableSource(f"there is no file {path}; give one that exists")
    if path.stat().st_size > LARGEST_DOCUMENT_BYTES:
        raise InvalidDocument(f"{path.name}: {path.stat().st_size:,} bytes is no document; expected under 2 MB")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidDocument(f"{path.name}: is not UTF-8 text; save it as UTF-8") from None


class _Constructor(RoundTripConstructor):
    """Dates stay text, so that one that the calendar does not have is a fault of its line and not of the YAML."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def _parse(text: str, name: str) -> Mapping[str, Any]:
    try:
        _refuse_unbounded(text, name)
        tree = _yaml().load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise InvalidDocument(f"{name} line {line}: {error.problem}; mend the YAML") from None
    except (YAMLError, ValueError) as error:
        raise InvalidDocument(f"{name}: {str(error).splitlines()[0]}; mend the YAML") from None
    if not isinstance(tree, Mapping):
        raise InvalidDocument(f"{name}: found no keys, expected a mapping that begins with `schema:`")
    return tree


def _yaml() -> YAML:
    reader = YAML(typ="rt", pure=True)
    reader.Constructor = _Constructor
    return reader


def _refuse_unbounded(text: str, name: str) -> None:
    """Refuse what a few lines could blow up: values that stand for other values, and nesting without end."""
    depth = 0
    for event in _yaml().parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            raise InvalidDocument(f"{name} line {line}: found an alias (*{event.anchor}); write the value out")
        if depth > DEEPEST_NESTING:
            raise InvalidDocument(f"{name} line {line}: nested more than {DEEPEST_NESTING} deep; mend the YAML")


def _check_header(tree: Mapping[str, Any], schema: str, name: str) -> None:
    found = tree.get("schema")
    if found == schema:
        return
    kind, _, version = schema.rpartition("/")
    if isinstance(found, str) and found.startswith(kind + "/"):
        move = f"this version reads {kind} version {version}; upgrade the file or use the version that wrote it"
    else:
        move = f"write `schema: {schema}` as the first line"
    raise InvalidDocument(f"{name} line 1, schema: found {found!r}, expected {schema!r}; {move}")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    # ruamel's own scalars carry formatting; pydantic and equality want the plain value.
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _without_consequences(faults: Sequence[Any]) -> list[Any]:
    """A list is only too short because pydantic left its faulty items out: the items are the faults."""
    places = [fault["loc"] for fault in faults]
    return [
        fault
        for fault in faults
        if fault["type"] != "too_short"
        or not any(place[: len(fault["loc"])] == fault["loc"] != place for place in places)
    ]


def _spelt(body: Any, place: Place) -> str:
    """The way to a value as a person finds it; the id of the innermost part that has one stands beside it.

    >>> _spelt({"rules": [{"id": "renal.rel", "when": "x"}]}, ("rules", 0, "when"))
    'rules.0.when of renal.rel'
    """
    named, node = None, body
    for step in place:
        try:
            node = getattr(node, str(step)) if isinstance(node, Document) else node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
        name = node.get("id") if isinstance(node, Mapping) else getattr(node, "id", None)
        named = name if isinstance(name, str) else named
    path = ".".join(str(step) for step in place) or "document"
    return path if named is None or place[-1] == "id" else f"{path} of {named}"


def _finding(fault: Any, line_of: Callable[[Place], int | None], name: str, body: Any) -> Finding:
    path = _spelt(body, fault["loc"])
    given = fault.get("input")
    found = f"the keys {', '.join(given)}"[:60] if isinstance(given, Mapping) else repr(given)[:60]
    found = "nothing" if fault["type"] == "missing" else found
    found = repr(fault["ctx"]["tag"])[:60] if fault["type"] == "union_tag_invalid" else found
    return Finding(
        rule=f"document.{fault['type']}",
        severity=Severity.ROW_SET_ASIDE,
        table=name,
        row=line_of(fault["loc"]),
        column=path,
        found=found,
        expected=_expected(fault),
        next_move=_next_move(fault),
    )


def _expected(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "no such key"
    if fault["type"] == "union_tag_invalid":
        kind = fault["ctx"]["discriminator"].strip("'")
        return f"{kind}: one of {fault['ctx']['expected_tags']}"
    return re.sub(r"^(Value error, |Input should be )", "", str(fault["msg"]))


def _next_move(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "remove it or mend its spelling"
    if fault["type"] == "missing":
        return "add it"
    return "change it"


def _line(tree: Any, path: Place) -> int | None:
    """The line of the deepest part of the path that the file has.

    A step that the file does not have may be the name of a variant (`grouping.blocks.size`): the next may be there.
    """
    line: int | None = 1
    node = tree
    for step in path:
        marks = getattr(node, "lc", None)
        try:
            line = (marks.key(step) if isinstance(node, Mapping) else marks.item(step))[0] + 1  # type: ignore[union-attr]
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return line


def _message(name: str, findings: list[Finding]) -> str:
    lines = [f"{name}: {len(findings)} fault{'s' if len(findings) > 1 else ''}"]
    for finding in findings:
        place = f"  line {finding.row}, {finding.column}" if finding.row else f"  {finding.column}"
        lines.append(f"{place}: found {finding.found}, expected {finding.expected}; {finding.next_move}")
    return "\n".join(lines)
