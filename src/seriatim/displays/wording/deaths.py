"""What may be said about deaths from treatment?"""

from __future__ import annotations

from seriatim.displays.wording.incidence import equals, level_words
from seriatim.displays.wording.numbers import number
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow


def run(length: ResultRow, bound: ResultRow) -> Sentence:
    """The run without a death, and how high the true risk could still be."""
    ids = (length.result_id, bound.result_id)
    patients = f"{length.value or 0:.0f}"
    if bound.value is None or bound.upper is None:
        return Sentence(f"The last case that can be judged died of treatment: {bound.reason}.", ids, "caution")
    upper = number(bound.upper * 100, 2)
    return Sentence(
        f"No treatment-related death among the last {patients} patients who can be judged."
        f" The true risk could still be as high as {upper} % (exact {level_words(bound)}).",
        ids,
    )


def last(row: ResultRow) -> Sentence:
    """Which case was the last."""
    if row.value is None:
        return Sentence(f"{row.reason.capitalize()}.", (row.result_id,))
    return Sentence(f"The last treatment-related death was case {row.value:.0f}.", (row.result_id,))


def chance(final: ResultRow, anywhere: ResultRow) -> Sentence:
    """How likely such a run is by chance, for a run named before and for one found by looking."""
    if final.value is None or anywhere.value is None:
        return Sentence(
            f"The chance of such a run cannot be given: {final.reason or anywhere.reason}.", (final.result_id,)
        )
    return Sentence(
        f"Given {final.numerator} earlier deaths in an order that says nothing, a final run at least this long has"
        f" P {equals(final)}; a run this long somewhere, which is what counts if it was found by looking, has"
        f" P {equals(anywhere)}.",
        (final.result_id, anywhere.result_id),
    )


def unknown(main: ResultRow, other: ResultRow) -> Sentence | None:
    """What would be if deaths of unknown relation were from treatment."""
    if main.value == other.value:
        return None
    return Sentence(
        f"If deaths of unknown relation were from treatment, the run would be {other.value or 0:.0f} patients"
        f" and not {main.value or 0:.0f}.",
        (main.result_id, other.result_id),
        "caution",
    )


def not_ripe(row: ResultRow) -> Sentence | None:
    """Where the run was cut because nobody had been followed long enough."""
    if not row.assumptions:
        return None
    return Sentence(f"Follow-up: {row.assumptions}.", (row.result_id,))
