"""`seriatim demo`: the whole road on a simulated series, ending with the abstract's sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from seriatim.cli.options import AsJson
from seriatim.cli.progress import progress
from seriatim.cli.told import tell_json


def demo(
    out: Annotated[Path, typer.Option("--out", help="folder for report.html, results and tallies")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="another seed is another series")] = 1998,
    as_json: AsJson = False,
) -> None:
    """Simulate 1241 patients given high-dose IL-2, review them by the plan of the 1998 abstract, write the report.

    Example: seriatim demo --out demo
    """
    from seriatim.displays.wording.abstract import abstract_sentences
    from seriatim.reviews.review import review
    from seriatim.simulation.simulate import simulate

    with progress() as step:
        step("simulating 1241 patients")
        series = simulate("il2-1998", seed=seed)
        done = review(series, "il2_1998", command=f"seriatim demo --seed {seed} --out {out}", progress=step)
        step("writing the report")
        report = done.write(out)
    sentences = [sentence.text for sentence in abstract_sentences(done.results, done.plan)]
    if as_json:
        tell_json({"report": str(report), "sentences": sentences})
        return
    typer.echo("The 1998 abstract, with the numbers of this simulated series:\n")
    for sentence in sentences:
        typer.echo(f"  {sentence}")
    typer.echo(f"\nThe report is {report.resolve()}")
