"""`seriatim protocol` for those who keep one: lay changes over it, sign it, print its sheet, hand it over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seriatim.cli.options import AsJson
from seriatim.cli.protocol_options import Protocol, Unverified, read_named, write_page
from seriatim.cli.told import tell_json
from seriatim.errors import DataSetAside, Misuse

if TYPE_CHECKING:
    from seriatim.protocols.protocol import TreatmentProtocol
    from seriatim.protocols.verify.finding import VerifierFinding
    from seriatim.protocols.versions.sign_off_document import Accepted


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
    read = read_named(protocol, unverified=True)
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

    read = read_named(protocol, unverified=True)
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
    write_page(out, page)


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
    read, laid = read_named(base, unverified), [read_overlay(path) for path in overlays]
    before = [read_named(str(path), unverified=True) for path in earlier or ()]
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

    read, signatures = read_named(protocol, unverified), [read_sign_off(path) for path in sign_offs or ()]
    today = datetime.now(UTC).date()
    if kind == "checklist":
        from seriatim.protocols.exports.checklist import checklist

        write_page(out, checklist(read, on=today, sign_offs=signatures))
        return
    write_export(read, kind, out, on=today, sign_offs=signatures)
    typer.echo(f"The file is {out.resolve()}", err=True)


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

    read = read_named(protocol, unverified=True)
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
