"""`seriatim review`: from a source and a plan to the report."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from seriatim.cli.options import AsJson, Engine, Mapping, Memory, Out, Source
from seriatim.cli.progress import progress
from seriatim.cli.told import findings_document, tell_json


def review(
    source: Source,
    out: Out,
    plan: Annotated[str, typer.Option("--plan", help="a plan file, or a plan of the library")] = "il2_1998",
    mapping: Mapping = None,
    engine: Engine = "auto",
    memory: Memory = None,
    as_json: AsJson = False,
) -> None:
    """Review a series: write report.html, results.parquet, results.json and tallies/ into the folder --out.

    A YAML or CSV file of a paper's printed counts is reviewed by the same methods; it brings its own plan.

    Example: seriatim review my_series/ --plan il2_1998 --out review
    """
    from seriatim.reviews.published import is_published, review_published
    from seriatim.reviews.read import read
    from seriatim.reviews.review import require_nothing_set_aside
    from seriatim.reviews.review import review as review_series

    with progress() as step:
        step("reading")
        command = shlex.join(["seriatim", *sys.argv[1:]])
        if is_published(source):
            done = review_published(source, command=command)
        else:
            series = read(source, mapping=mapping, engine=engine, memory=memory)
            done = review_series(series, plan, command=command, progress=step)
        step("writing the report")
        report = done.write(out)
    if as_json:
        answer = [sentence.text for sentence in done.answer]
        tell_json({"report": str(report), "answer": answer, **findings_document(done.findings, done.receipt)})
    else:
        for sentence in done.answer:
            typer.echo(sentence.text)
        typer.echo(f"\nThe report is {report.resolve()}")
    require_nothing_set_aside(done)
