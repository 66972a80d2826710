"""`seriatim protocol`: show a protocol, check it, compare two, decide one dose, replay a series, sign."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seriatim.cli.options import AsJson, Engine, Mapping, Memory, Out, Source
from seriatim.cli.told import MOST_LINES, tell_json
from seriatim.errors import DataSetAside, Misuse, Refused

if TYPE_CHECKING:
    from seriatim.pages import Page
    from seriatim.protocols.dosing.request import DoseAnswer
    from seriatim.protocols.protocol import TreatmentProtocol
    from seriatim.protocols.replay.sweep import Sweep
    from seriatim.protocols.verify.finding import VerifierFinding
    from seriatim.protocols.versions.sign_off_document import Accepted

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
def show(protocol: Protocol, unverified: Unverified = False, out: PageOut = None, as_json: AsJson = False) -> None:
    """Say in words what a protocol asks: its rules by organ system, each with its source; --out prints a checklist.

    Example: seriatim protocol show consensus-2014
    """
    from seriatim.protocols.exports.checklist import checklist
    from seriatim.protocols.wording.protocol_words import in_words

    read = _read(protocol, unverified)
    if out is not None:
        _write_page(out, checklist(read, on=datetime.now(UTC).date()))
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
    from seriatim.protocols.bedside.answer import answer
    from seriatim.protocols.bedside.record import as_record, record
    from seriatim.protocols.bedside.told import told

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
    from seriatim.protocols.dosing.request import dose_answer
    from seriatim.protocols.protocol import NOT_FOR_USE

    read = _read(protocol, unverified)
    found = dose_answer(read, read_text(request), request.name)
    agrees = found.second is None or found.second.agrees
    if as_json:
        tell_json(_dose_record(read, found))
    else:
        # The dose is not shown beside a second entry that differs: who sees it can no longer check blind.
        shown = [str(found.dose)] if agrees else []
        for line in [*shown, *([str(found.second)] if found.second else []), NOT_FOR_USE]:
            typer.echo(line)
    if not isinstance(found.dose, Dose) or not agrees:
        raise typer.Exit(Refused.exit_code)


def _dose_record(read: TreatmentProtocol, found: DoseAnswer) -> dict[str, object]:
    """The dose for machines: each step, or each reason; nothing of it beside a second entry that differs."""
    from seriatim.protocols.dosing.dose import Dose
    from seriatim.protocols.protocol import NOT_FOR_USE

    told: dict[str, object] = {"protocol": read.name, "sha256": read.sha256, "drug": found.drug, "use": NOT_FOR_USE}
    if found.second is not None:
        told["second_check"] = {"agrees": found.second.agrees, "words": str(found.second)}
    if not isinstance(found.dose, Dose):
        return told | {"refused": [asdict(reason) for reason in found.dose.reasons]}
    if found.second is not None and not found.second.agrees:
        return told
    steps = [{"step": step.name, "expression": step.expression, "value": step.value} for step in found.dose.steps]
    return told | {"amount": str(found.dose.amount), "steps": steps, "cautions": list(found.dose.cautions)}


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
    first = _read(protocol, unverified)
    second = None if against is None else _read(against, unverified)
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


@app.command("sign")
def sign(
    protocol: Protocol,
    role: Annotated[str, typer.Option("--role", help="in which role, one of those that the protocol asks for")],
    by: Annotated[str, typer.Option("--by", help="who signs: the identifier in the site's own directory")],
    until: Annotated[str, typer.Option("--until", help="the last day it holds, such as 2027-03-01")],
    out: Annotated[Path, typer.Option("--out", help="the file to write; one that is there is never overwritten")],
    statement: Annotated[str | None, typer.Option("--statement", help="a sentence of the signer")] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="a key file of the site; the sign-off is sealed with it")
    ] = None,
    key_name: Annotated[str, typer.Option("--key-name", help="what the key is called")] = "site",
    accept: Annotated[
        str | None, typer.Option("--accept", help="the reason for which the findings of `check` are accepted")
    ] = None,
) -> None:
    """Sign a protocol as it is now, bound to its hash: any later change voids the signature.

    Without --key the file proves no more than a name in a text. A protocol with unverified parts cannot be signed.

    Example: seriatim protocol sign my_protocol.yaml --role physician --by u123 --until 2027-03-01 --out physician.yaml
    """
    from seriatim.protocols.versions.seal import read_key, sealed
    from seriatim.protocols.versions.sign_off import sign as sign_protocol
    from seriatim.protocols.versions.sign_off_document import sign_off_text

    if out.exists():
        raise Misuse(f"{out} is there already; choose another name or move it away")
    read = _read(protocol, unverified=True)
    signed = sign_protocol(
        read,
        role=role,
        by=by,
        at=datetime.now(UTC),
        valid_until=_day(until),
        statement=statement,
        accepted=() if accept is None else _accepted(read, accept),
    )
    if key is not None:
        signed = sealed(signed, read_key(key), key_name=key_name)
    out.write_text(sign_off_text(signed), encoding="utf-8")
    typer.echo(f"{out} signs {signed.protocol.id} {signed.protocol.version} ({signed.protocol.sha256[:12]}) as {role}")


@app.command("sheet")
def sheet(
    protocol: Protocol,
    first: Annotated[str, typer.Option("--first", help="when the first dose is due, such as 2026-03-07 22:00")],
    out: Annotated[Path, typer.Option("--out", help="the HTML file to write, for print")],
    zone: Annotated[str | None, typer.Option("--zone", help="the ward's zone, where the protocol names none")] = None,
    sign_offs: Annotated[
        list[Path] | None, typer.Option("--signed", help="a sign-off; once for each role that signed")
    ] = None,
    specimen: Annotated[bool, typer.Option("--specimen", help="print it unsigned, with SPECIMEN across it")] = False,
) -> None:
    """Print the dose sheet of one cycle: planned clock times, checks, hold counter, and a form for downtime.

    Refused for a protocol that is not signed, unless as a specimen.

    Example: seriatim protocol sheet consensus-2014 --first "2026-03-07 22:00" --zone America/New_York --specimen --out sheet.html
    """  # noqa: E501
    from seriatim.protocols.exports.dose_sheet import dose_sheet
    from seriatim.protocols.timing.clock import instants
    from seriatim.protocols.versions.sign_off_document import read_sign_off

    read = _read(protocol, unverified=True)
    earliest, latest = instants(first, zone or read.document.zone)
    if earliest != latest:
        raise Misuse(f'--first: the clocks were changed at "{first}"; add the offset')
    page = dose_sheet(
        read,
        first=earliest,
        on=datetime.now(UTC).date(),
        zone=zone,
        sign_offs=[read_sign_off(path) for path in sign_offs or ()],
        specimen=specimen,
    )
    _write_page(out, page)


@app.command("overlay")
def overlay(
    base: Annotated[str, typer.Argument(help="the protocol that the overlays were written for")],
    overlays: Annotated[list[Path], typer.Argument(help="overlay files")],
    out: Annotated[
        Path, typer.Option("--out", help="the protocol file to write; one that is there is never overwritten")
    ],
    earlier: Annotated[
        list[Path] | None,
        typer.Option("--earlier", help="the version an overlay was written for, where the base changed"),
    ] = None,
    unverified: Unverified = False,
    as_json: AsJson = False,
) -> None:
    """Lay a site's changes over a protocol; says of each whether it is stricter or not, with a patient who shows it.

    Example: seriatim protocol overlay consensus-2014 our-hospital.yaml --out merged.yaml
    """
    from seriatim.protocols.versions.overlay import apply_overlays, overlay_direction
    from seriatim.protocols.versions.overlay_document import read_overlay
    from seriatim.protocols.versions.sign_off import roles_required
    from seriatim.protocols.versions.written import protocol_text

    if out.exists():
        raise Misuse(f"{out} is there already; choose another name or move it away")
    read, laid = _read(base, unverified), [read_overlay(path) for path in overlays]
    before = [_read(str(path), unverified=True) for path in earlier or ()]
    merged = apply_overlays(read, laid, earlier=before)
    lines = {one.name: overlay_direction(read, one).words for one in laid}
    out.write_text(protocol_text(merged), encoding="utf-8")
    if as_json:
        tell_json(
            {"protocol": merged.name, "sha256": merged.sha256, "overlays": lines, "roles": roles_required(merged)}
        )
        return
    for name, words in lines.items():
        typer.echo(f"{name}: {words}")
    typer.echo(f"{out} is {merged.name} ({merged.sha256[:12]}); to sign: {', '.join(roles_required(merged))}")


@app.command("export")
def export(
    protocol: Protocol,
    kind: Annotated[str, typer.Option("--as", help="checklist, text, workbook or fhir")],
    out: Annotated[Path, typer.Option("--out", help="the file to write")],
    sign_offs: Annotated[
        list[Path] | None, typer.Option("--signed", help="a sign-off; once for each role that signed")
    ] = None,
    unverified: Unverified = False,
) -> None:
    """Write a protocol as a checklist (HTML or text), a workbook for review, or a FHIR PlanDefinition to be read.

    Example: seriatim protocol export consensus-2014 --as checklist --out checklist.html
    """
    from seriatim.protocols.exports.files import write_export
    from seriatim.protocols.versions.sign_off_document import read_sign_off

    read, signatures = _read(protocol, unverified), [read_sign_off(path) for path in sign_offs or ()]
    today = datetime.now(UTC).date()
    if kind == "checklist":
        from seriatim.protocols.exports.checklist import checklist

        _write_page(out, checklist(read, on=today, sign_offs=signatures))
        return
    write_export(read, kind, out, on=today, sign_offs=signatures)
    typer.echo(f"The file is {out.resolve()}", err=True)


@app.command("signed")
def signed(
    protocol: Protocol,
    sign_offs: Annotated[list[Path], typer.Argument(help="the files that seriatim protocol sign wrote")],
    on: Annotated[str | None, typer.Option("--on", help="on which day; today without it")] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="the key file of the site; only sealed ones count then")
    ] = None,
    key_name: Annotated[str, typer.Option("--key-name", help="what the key is called")] = "site",
    checked: Annotated[
        bool, typer.Option("--checked", help="somebody must have accepted each finding of `check` as well")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether a protocol is signed by every role that it asks for, or every reason why not (exit code 3).

    Example: seriatim protocol signed my_protocol.yaml physician.yaml pharmacist.yaml nurse.yaml
    """
    from seriatim.protocols.versions.seal import read_key
    from seriatim.protocols.versions.sign_off import is_signed
    from seriatim.protocols.versions.sign_off_document import read_sign_off

    read = _read(protocol, unverified=True)
    found = is_signed(
        read,
        [read_sign_off(path) for path in sign_offs],
        datetime.now(UTC).date() if on is None else _day(on),
        keys=None if key is None else {key_name: read_key(key)},
        to_accept=_to_accept(read) if checked else (),
    )
    if as_json:
        tell_json({"signed": found.is_signed, "until": str(found.until), "reasons": list(found.reasons)})
    else:
        typer.echo(found.words)
    if not found:
        raise typer.Exit(DataSetAside.exit_code)


@app.command("schema")
def schema(
    of: Annotated[str, typer.Option("--of", help="protocol, or decision-request")] = "protocol",
) -> None:
    """Print the JSON Schema of a protocol file, or of a request for a decision.

    Example: seriatim protocol schema > protocol.schema.json
    """
    from seriatim.protocols.schema import json_schema

    tell_json(json_schema(of))


def _accepted(read: TreatmentProtocol, because: str) -> tuple[Accepted, ...]:
    from seriatim.protocols.verify.verification import verify
    from seriatim.protocols.versions.acceptance import acceptance

    return acceptance(verify(read).all, because)


def _to_accept(read: TreatmentProtocol) -> tuple[VerifierFinding, ...]:
    from seriatim.protocols.verify.verification import verify
    from seriatim.protocols.versions.acceptance import to_accept

    return to_accept(verify(read).all)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misuse(f'found "{text}", expected a day such as 2027-03-01') from None


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


def _read(name: str, unverified: bool) -> TreatmentProtocol:
    from seriatim.protocols.load import library, read_protocol

    if name not in library() and not Path(name).suffix:
        raise Misuse(f"the library has no protocol {name}; it has {', '.join(library())}, or give a file")
    return read_protocol(name, unverified=unverified)


def _write_page(path: Path, page: Page) -> None:
    from seriatim.reports.html import render_html

    path.write_text(render_html(page), encoding="utf-8")
    typer.echo(f"The page is {path.resolve()}", err=True)
