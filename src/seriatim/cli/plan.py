"""`seriatim plan`: write a plan to begin with, check one, show one in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seriatim.cli.options import AsJson
from seriatim.cli.told import tell_json
from seriatim.errors import Misuse

app = typer.Typer(help="Declare what a review asks, before the data are read.", no_args_is_help=True)
PlanName = Annotated[str, typer.Argument(help="a plan file, or a plan of the library such as il2_1998")]


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="the file to write")],
    like: Annotated[str, typer.Option("--like", help="which plan of the library to begin with")] = "il2_1998",
    as_json: AsJson = False,
) -> None:
    """Write a commented plan to begin with; an existing file is never overwritten.

    Example: seriatim plan new my_plan.yaml
    """
    from seriatim.plans.plan import library, library_text

    text = library_text(like)
    if text is None:
        raise Misuse(f"the library has no plan {like}; it has {', '.join(library())}")
    if file.exists():
        raise Misuse(f"{file} is there already; choose another name or move it away")
    file.write_text(text, encoding="utf-8")
    if as_json:
        tell_json({"plan": str(file), "like": like})
        return
    typer.echo(f"{file} is a copy of {like}; change it, then run: seriatim plan check {file}")


@app.command("check")
def check(plan: PlanName, as_json: AsJson = False) -> None:
    """Check a plan, its analyses and their options without any data; all faults at once.

    Example: seriatim plan check my_plan.yaml
    """
    from seriatim.plans.plan import locate_plan
    from seriatim.reviews.analyse import check_options

    located = locate_plan(plan)
    read = located.document
    check_options(read, located.line_of)
    if as_json:
        tell_json({"plan": plan, "endpoints": len(read.endpoints), "analyses": len(read.analyses)})
        return
    typer.echo(f"{plan}: {len(read.endpoints)} endpoints and {len(read.analyses)} analyses, no fault")


@app.command("show")
def show(plan: PlanName, as_json: AsJson = False) -> None:
    """Say in words what a plan asks.

    Example: seriatim plan show il2_1998
    """
    from seriatim.displays.wording.methods import text, words
    from seriatim.plans.plan import read_plan

    read = read_plan(plan)
    if as_json:
        tell_json(read.model_dump(mode="json"))
        return
    typer.echo(f"{read.title}\n")
    for sentence in text(read):
        typer.echo(sentence.text)
    typer.echo("\nEndpoints:")
    for endpoint in read.endpoints:
        typer.echo(f"  {endpoint.label}: {words(endpoint)}; without a record: {endpoint.without_record}")
    typer.echo(f"\nAnalyses: {', '.join(request.name for request in read.analyses)}")
