"""`seriatim protocol`: show a protocol, check it, compare two, decide one dose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seriatim.cli.options import AsJson
from seriatim.cli.told import MOST_LINES, tell_json
from seriatim.errors import DataSetAside, Misuse

if TYPE_CHECKING:
    from seriatim.pages import Page
    from seriatim.protocols.protocol import TreatmentProtocol

app = typer.Typer(
    help="Treatment protocols: screen, dose, decide before each dose, check, compare. Review and simulation only.",
    no_args_is_help=True,
)
Protocol = Annotated[str, typer.Argument(help="a protocol file, or a protocol of the library such as consensus-2014")]
Unverified = Annotated[
    bool, typer.Option("--unverified", help="work with a protocol that has parts taken from memory or not found")
]
PageOut = Annotated[Path | None, typer.Option("--out", help="write the page as one HTML file")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the protocols of the library.

    Example: seriatim protocol list
    """
    from seriatim.protocols.load import library, read_protocol

    known = [read_protocol(name, unverified=True) for name in library()]
    if as_json:
        rows = [{"name": p.document.id, "title": p.document.title, "unverified": len(p.unverified)} for p in known]
        tell_json({"protocols": rows})
        return
    width = max(len(one.document.id) for one in known)
    for one in known:
        doubt = f" ({len(one.unverified)} parts unverified)" if one.unverified else ""
        typer.echo(f"{one.document.id:{width}}  {one.document.title}{doubt}")


@app.command("show")
def show(protocol: Protocol, unverified: Unverified = False, as_json: AsJson = False) -> None:
    """Say in words what a protocol asks: its rules by organ system, each with its source.

    Example: seriatim protocol show consensus-2014
    """
    from seriatim.protocols.in_words import in_words

    read = _read(protocol, unverified)
    if as_json:
        tell_json(read.document.model_dump(mode="json"))
        return
    for line in in_words(read):
        typer.echo(line)


@app.command("check")
def check(protocol: Protocol, unverified: Unverified = False, out: PageOut = None, as_json: AsJson = False) -> None:
    """Check a protocol without any patient: holes, contradictions, examples; each with a patient that shows it.

    Exit code 3 where something has to be mended or chosen. Needs the extra "verify".

    Example: seriatim protocol check consensus-2014
    """
    from seriatim.cli.progress import progress
    from seriatim.protocols.verify.page import verification_page
    from seriatim.protocols.verify.verification import verification_record, verify

    read = _read(protocol, unverified)
    with progress() as step:
        step("proving")
        found = verify(read)
    if out is not None:
        _write_page(out, verification_page(read, found))
    if as_json:
        tell_json(verification_record(found))
    else:
        for one in found.all[:MOST_LINES]:
            typer.echo(f"{one.gravity}: {one.sentence}" + (f" Next: {one.choose}." if one.choose else ""))
        if len(found.all) > MOST_LINES:
            typer.echo(f"... and {len(found.all) - MOST_LINES} more findings; --json and --out give them all")
        score = found.mutation
        typer.echo(
            f"{len(read.rules)} rules, {len(found.findings)} checks, {len(found.all)} findings;"
            f" {score.caught} of {score.mutants} slips would be caught by an example"
        )
    if not found.is_ready_to_sign:
        raise typer.Exit(DataSetAside.exit_code)


@app.command("diff")
def diff(
    a: Annotated[str, typer.Argument(help="a protocol file, or a name of the library")],
    b: Annotated[str, typer.Argument(help="the one it is compared with")],
    unverified: Unverified = False,
    out: PageOut = None,
    as_json: AsJson = False,
) -> None:
    """Say how two protocols differ, with patients of whom they say different things.

    Example: seriatim protocol diff consensus-2014 community-2015
    """
    from seriatim.cli.progress import progress
    from seriatim.protocols.versions.difference import difference

    with progress() as step:
        step("comparing")
        found = difference(_read(a, unverified), _read(b, unverified))
    if out is not None:
        _write_page(out, found.page)
    if as_json:
        tell_json({"a": found.a, "b": found.b, "direction": found.direction.label, "lines": list(found.words)})
        return
    for line in found.words:
        typer.echo(line)


@app.command("decide")
def decide(
    protocol: Protocol,
    request: Annotated[Path, typer.Argument(help="a request (YAML or JSON), or the stored record of a decision")],
    unverified: Unverified = False,
    as_json: AsJson = False,
) -> None:
    """Decide before one dose from a file: the verdict in words, why, with values and sources. Not for clinical use.

    --json prints the record. Given a record, it is worked out again; exit code 3 where the answer is not the same.

    Example: seriatim protocol decide consensus-2014 request.yaml
    """
    from seriatim.documents import read_text
    from seriatim.protocols.answer import answer
    from seriatim.protocols.record import as_record, record
    from seriatim.protocols.told import told

    read, text = _read(protocol, unverified), read_text(request)
    stored = as_record(text)
    if stored is not None:
        _again(read, stored, as_json)
        return
    asked = answer(read, text, request.name)
    if as_json:
        tell_json(record(asked.decision, read))
        return
    for line in told(asked):
        typer.echo(line)


@app.command("schema")
def schema(
    of: Annotated[str, typer.Option("--of", help="protocol, or decision-request")] = "protocol",
) -> None:
    """Print the JSON Schema of a protocol file, or of a request for a decision.

    Example: seriatim protocol schema > protocol.schema.json
    """
    from seriatim.protocols.schema import json_schema

    tell_json(json_schema(of))


def _again(read: TreatmentProtocol, stored: dict[str, object], as_json: bool) -> None:
    from seriatim.protocols.record import replayed

    now = replayed(stored, read)
    differing = [key for key in now if now[key] != stored.get(key)]
    if as_json:
        tell_json({"equal": not differing, "differing": differing, "record": now})
    elif differing:
        typer.echo(f"The decision is not the same: {', '.join(differing)}.")
    else:
        typer.echo("The same question gives the same decision, to the last bit.")
        typer.echo(now["decision"]["words"])
    if differing:
        raise typer.Exit(DataSetAside.exit_code)


def _read(name: str, unverified: bool) -> TreatmentProtocol:
    from seriatim.protocols.load import library, read_protocol

    if name not in library() and not Path(name).suffix:
        raise Misuse(f"the library has no protocol {name}; it has {', '.join(library())}, or give a file")
    return read_protocol(name, unverified=unverified)


def _write_page(path: Path, page: Page) -> None:
    from seriatim.reports.html import render_html

    path.write_text(render_html(page), encoding="utf-8")
    typer.echo(f"The page is {path.resolve()}", err=True)
