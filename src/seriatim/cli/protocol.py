"""`seriatim protocol`: show a protocol, check it, compare two, decide one dose, replay a series, sign."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seriatim.cli import protocol_versions
from seriatim.cli.options import AsJson, Engine, Mapping, Memory, Out, Source
from seriatim.cli.protocol_options import PageOut, Protocol, Unverified, read_named, write_page
from seriatim.cli.told import MOST_LINES, tell_json
from seriatim.errors import DataSetAside, Misuse, Refused

if TYPE_CHECKING:
    from seriatim.protocols.protocol import TreatmentProtocol
    from seriatim.protocols.replay.sweep import Sweep


app = typer.Typer(
    help="Treatment protocols: screen, dose, decide before each dose, check, compare. Review and simulation only.",
    no_args_is_help=True,
)


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
def show(protocol: Protocol, unverified: Unverified = False, out: PageOut = None, as_json: AsJson = False) -> None:
    """Say in words what a protocol asks: its rules by organ system, each with its source; --out prints a checklist.

    Example: seriatim protocol show consensus-2014
    """
    from seriatim.protocols.exports.checklist import checklist
    from seriatim.protocols.wording.protocol_words import in_words

    read = read_named(protocol, unverified)
    if out is not None:
        write_page(out, checklist(read, on=datetime.now(UTC).date()))
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

    read = read_named(protocol, unverified)
    with progress() as step:
        step("proving")
        found = verify(read)
    if out is not None:
        write_page(out, verification_page(read, found))
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
            f" {score.caught} of {score.mutants - score.equivalent} slips that change anything"
            " would be caught by an example"
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
        found = difference(read_named(a, unverified), read_named(b, unverified))
    if out is not None:
        write_page(out, found.page)
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
    from seriatim.protocols.bedside.answer import answer
    from seriatim.protocols.bedside.record import as_record, record
    from seriatim.protocols.bedside.told import told

    read, text = read_named(protocol, unverified), read_text(request)
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


@app.command("dose")
def dose(
    protocol: Protocol,
    request: Annotated[Path, typer.Argument(help="a request for a dose (YAML or JSON)")],
    unverified: Unverified = False,
    as_json: AsJson = False,
) -> None:
    """Work out one dose with every step, or say every reason why not; a blind second entry must agree.

    Exit code 6 where there is no dose, or where the second entry does not agree.

    Example: seriatim protocol dose consensus-2014 dose.yaml
    """
    from seriatim.documents import read_text
    from seriatim.protocols.dosing.dose import Dose
    from seriatim.protocols.dosing.request import dose_answer, dose_record
    from seriatim.protocols.protocol import NOT_FOR_USE

    read = read_named(protocol, unverified)
    found = dose_answer(read, read_text(request), request.name)
    agrees = found.second is None or found.second.agrees
    if as_json:
        tell_json(dose_record(read, found))
    else:
        # The dose is not shown beside a second entry that differs: who sees it can no longer check blind.
        shown = [str(found.dose)] if agrees else []
        for line in [*shown, *([str(found.second)] if found.second else []), NOT_FOR_USE]:
            typer.echo(line)
    if not isinstance(found.dose, Dose) or not agrees:
        raise typer.Exit(Refused.exit_code)


@app.command("replay")
def replay(
    source: Source,
    out: Out,
    protocol: Annotated[str, typer.Option("--protocol", help="a protocol file, or a name of the library")],
    against: Annotated[
        str | None, typer.Option("--against", help="another protocol or version to compare with")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="a plan for population and groups")] = None,
    mapping: Mapping = None,
    as_known: Annotated[
        str, typer.Option("--as-known", help="at_decision: what was known by then; final: what was known in the end")
    ] = "at_decision",
    hours: Annotated[int, typer.Option("--hours", min=1, help="events within so many hours after a dose count")] = 24,
    sweep: Annotated[
        str | None, typer.Option("--sweep", help='move a threshold, e.g. "creatinine: 3 mg/dL: 2 mg/dL, 3.5 mg/dL"')
    ] = None,
    unverified: Unverified = False,
    engine: Engine = "auto",
    memory: Memory = None,
    as_json: AsJson = False,
) -> None:
    """Say what a protocol would have said before every dose of a series, and another against it, into --out.

    What a replay does not show is told with it, always.

    Example: seriatim protocol replay series/ --protocol consensus-2014 --against community-2015 --out replay
    """
    from seriatim.cli.progress import progress
    from seriatim.plans.plan import read_plan
    from seriatim.reviews.read import read
    from seriatim.reviews.replay import replay as replay_series

    if as_known not in ("at_decision", "final"):
        raise Misuse(f'--as-known: found "{as_known}", expected at_decision or final')
    first = read_named(protocol, unverified)
    second = None if against is None else read_named(against, unverified)
    with progress() as step:
        step("reading")
        done = replay_series(
            read(source, mapping=mapping, engine=engine, memory=memory),
            first,
            second,
            plan=None if plan is None else read_plan(plan),
            as_known=as_known,  # type: ignore[arg-type]
            hours=hours,
            sweep=None if sweep is None else _sweep(sweep),
            unverified=unverified,
            command=shlex.join(["seriatim", *sys.argv[1:]]),
            progress=step,
        )
        step("writing the report")
        report = done.write(out)
    if as_json:
        tell_json({"report": str(report), "limits": list(done.limits)})
        return
    for block in done.page.sections[0].blocks:
        typer.echo(getattr(block, "text", ""))
    typer.echo("\nWhat a replay does not show:")
    for limit in done.limits:
        typer.echo(f"- {limit}")
    typer.echo(f"\nThe report is {report.resolve()}")


@app.command("schema")
def schema(
    of: Annotated[str, typer.Option("--of", help="protocol, or decision-request")] = "protocol",
) -> None:
    """Print the JSON Schema of a protocol file, or of a request for a decision.

    Example: seriatim protocol schema > protocol.schema.json
    """
    from seriatim.protocols.schema import json_schema

    tell_json(json_schema(of))


def _sweep(text: str) -> Sweep:
    from seriatim.protocols.replay.sweep import Sweep

    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3 or not all(parts):
        raise Misuse(f'--sweep: found "{text}", expected "variable: threshold: value, value"')
    return Sweep(parts[0], parts[1], tuple(value.strip() for value in parts[2].split(",")))


def _again(read: TreatmentProtocol, stored: dict[str, object], as_json: bool) -> None:
    from seriatim.protocols.bedside.record import replayed

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


app.command("overlay")(protocol_versions.overlay)
app.command("sign")(protocol_versions.sign)
app.command("signed")(protocol_versions.signed)
app.command("sheet")(protocol_versions.sheet)
app.command("export")(protocol_versions.export)
