"""What may be said about deaths from treatment?"""

from __future__ import annotations

from collections.abc import Sequence

from seriatim.displays.wording.incidence import equals, level_words
from seriatim.displays.wording.numbers import number
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow


def run(length: ResultRow, bound: ResultRow) -> Sentence:
    """The run without a death, how many in it cannot be judged, and how high the true risk could still be."""
    ids = (length.result_id, bound.result_id)
    if length.value is None:
        return Sentence(f"Whether anybody died of treatment cannot be said: {length.reason}.", ids, "caution")
    if bound.value is None or bound.upper is None:
        return Sentence(f"There is no run without a treatment-related death: {bound.reason}.", ids, "caution")
    unjudged = f" ({length.missing} more among them cannot be judged)" if length.missing else ""
    return Sentence(
        f"No treatment-related death among the last {length.value:.0f} patients who can be judged{unjudged}."
        f" The true risk could still be as high as {number(bound.upper * 100, 2)} % (exact {level_words(bound)}).",
        ids,
    )


def last(row: ResultRow) -> Sentence:
    """Which case was the last."""
    if row.value is None:
        return Sentence(f"{row.reason[0].upper()}{row.reason[1:]}.", (row.result_id,))
    return Sentence(f"The last treatment-related death was case {row.value:.0f}.", (row.result_id,))


def chance(final: ResultRow, anywhere: ResultRow | None) -> Sentence:
    """How likely such a run is by chance, for a run named before and for one found by looking."""
    if final.value is None or anywhere is None or anywhere.value is None:
        return Sentence(f"The chance of such a run cannot be given: {final.reason}.", (final.result_id,))
    deaths = "1 earlier death" if final.numerator == 1 else f"{final.numerator} earlier deaths"
    return Sentence(
        f"If the {deaths} had fallen on any cases with the same chance, a final run at least this long would have"
        f" P {equals(final)}; a run this long somewhere, which is what counts if it was found by looking, would have"
        f" P {equals(anywhere)}.",
        (final.result_id, anywhere.result_id),
    )


def of_arms(risks: Sequence[ResultRow]) -> Sentence:
    """Deaths arm by arm: arms have no last case, and no run."""
    told = "; ".join(
        f"{row.group}: {row.numerator} of {row.denominator}" if row.value is not None else f"{row.group}: {row.reason}"
        for row in risks
    )
    return Sentence(f"Treatment-related deaths, {told}.", tuple(row.result_id for row in risks))


def unknown(main: ResultRow, other: ResultRow) -> Sentence | None:
    """What would be if deaths of unknown relation were from treatment."""
    if main.value == other.value or other.value is None:
        return None
    return Sentence(
        f"If deaths of unknown relation were from treatment, the run would be {other.value:.0f} patients"
        f" and not {main.value or 0:.0f}.",
        (main.result_id, other.result_id),
        "caution",
    )


def unjudged(length: ResultRow, shortest: ResultRow) -> Sentence | None:
    """What would be if those in the run who cannot be judged had died of treatment."""
    if not length.missing:
        return None
    noun = "patient" if length.missing == 1 else "patients"
    return Sentence(
        f"{length.missing} {noun} within the run cannot be judged; had the last of them died of treatment,"
        f" the run would be {shortest.value or 0:.0f} patients.",
        (length.result_id, shortest.result_id),
        "caution",
    )


def not_ripe(row: ResultRow) -> Sentence | None:
    """How many of the last cases have not been followed long enough to be in the run."""
    if not row.value:
        return None
    cases, stay = ("The last case has", "stays") if row.value == 1 else (f"The last {row.value:.0f} cases have", "stay")
    text = f"{cases} not been followed for long enough to be judged, and {stay} out of the run."
    return Sentence(text, (row.result_id,))
