"""Which commands are there, and how does one end? Every expected error is a sentence with its exit code."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from seriatim.cli import check, demo, plan, protocol, review, simulate, template
from seriatim.errors import Misuse, SeriatimError

EPILOG = (
    "Exit codes: 0 done; 1 an error of the program; 2 a wrong call; 3 records were set aside or figures do not agree;"
    " 4 the source cannot be read; 5 a plan, protocol or mapping has faults; 6 refused, because the answer would be"
    " wrong or would disclose a patient."
)

app = typer.Typer(
    name="seriatim",
    help="Is our programme getting safer, since when, thanks to what, and did it cost efficacy?\n\n"
    "Start with: seriatim demo",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("review")(review.review)
app.command("check")(check.check)
app.command("simulate")(simulate.simulate)
app.command("template")(template.template)
app.add_typer(plan.app, name="plan")
app.add_typer(protocol.app, name="protocol")


def run() -> None:
    """The console script: `SeriatimError` becomes a sentence on standard error and its exit code."""
    stdout = sys.stdout
    try:
        app()
    except SeriatimError as error:
        _end(str(error), error.exit_code)
    except OSError as error:
        # A folder that cannot be written, a full disk: the sentence of the system says it best.
        _end(f"{error.filename or 'input or output'}: {error.strerror}; choose another place", Misuse.exit_code)
    except SystemExit:
        if sys.stdout is not stdout:
            # Typer put another in its place: the reader of a pipe went away (`seriatim ... | head`), nothing is wrong.
            sys.exit(0)
        raise


def _end(sentence: str, exit_code: int) -> NoReturn:
    print(f"seriatim: {sentence}", file=sys.stderr)  # noqa: T201
    sys.exit(exit_code)
