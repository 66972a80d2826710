"""What do the commands of a protocol share? Their arguments, the reading of one by name, the writing of a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seriatim.errors import Misuse

if TYPE_CHECKING:
    from seriatim.pages import Page
    from seriatim.protocols.protocol import TreatmentProtocol

Protocol = Annotated[str, typer.Argument(help="a protocol file, or a protocol of the library such as consensus-2014")]
Unverified = Annotated[
    bool, typer.Option("--unverified", help="work with a protocol that has parts taken from memory or not found")
]
PageOut = Annotated[Path | None, typer.Option("--out", help="write the page as one HTML file")]


def read_named(name: str, unverified: bool) -> TreatmentProtocol:
    from seriatim.protocols.load import library, read_protocol

    if name not in library() and not Path(name).suffix:
        raise Misuse(f"the library has no protocol {name}; it has {', '.join(library())}, or give a file")
    return read_protocol(name, unverified=unverified)


def write_page(path: Path, page: Page) -> None:
    from seriatim.reports.html import render_html

    path.write_text(render_html(page), encoding="utf-8")
    typer.echo(f"The page is {path.resolve()}", err=True)
