"""`seriatim simulate`: a series whose truth is known, as a stored series that `seriatim review` reads."""

from __future__ import annotations

from typing import Annotated

import typer

from seriatim.cli.options import AsJson, Out
from seriatim.cli.progress import progress
from seriatim.cli.told import tell_json


def simulate(
    scenario: Annotated[str, typer.Argument(help="which scenario, e.g. il2-1998")],
    out: Out,
    seed: Annotated[int, typer.Option("--seed", help="the same seed gives the same series")] = 1998,
    patients: Annotated[int, typer.Option("--patients", min=1, help="how many patients")] = 1241,
    form: Annotated[str, typer.Option("--format", help="parquet or csv")] = "parquet",
    as_json: AsJson = False,
) -> None:
    """Simulate a consecutive series and store it in the folder --out.

    Example: seriatim simulate il2-1998 --out series --seed 7
    """
    from seriatim.series.stored import write_series
    from seriatim.simulation.simulate import simulate as simulate_series

    with progress() as step:
        step(f"simulating {patients} patients")
        series = simulate_series(scenario, seed=seed, patients=patients)
        step("writing the series")
        write_series(series, out, format=form)
    if as_json:
        tell_json({"series": str(out), "scenario": scenario, "seed": seed, "patients": patients})
        return
    typer.echo(f"{patients} simulated patients are in {out.resolve()}; review them with")
    typer.echo(f"  seriatim review {out} --plan il2_1998 --out review")
