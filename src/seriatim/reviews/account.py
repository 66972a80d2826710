"""Who was counted and who was not, from the rows read to the patients in the groups?"""

from __future__ import annotations

from seriatim.derive._cases import Cases
from seriatim.findings import Account, AccountLine, Finding, Severity
from seriatim.series.series import TreatmentSeries


def account_of(series: TreatmentSeries, cases: Cases) -> Account:
    """The steps in order; each difference between two steps has a line with its reason."""
    lines = []
    patients = series.receipt.table("patient")
    if patients is not None:
        lines.append(AccountLine("patient rows read", patients.rows_read, "row"))
        lines.append(AccountLine("patient rows set aside", patients.rows_set_aside, "row", _why(series.findings)))
    total = cases.n + sum(n for _, n in cases.left_out)
    lines.append(AccountLine("patients in the series", total, "patient"))
    lines += [AccountLine("patients not reviewed", n, "patient", reason) for reason, n in cases.left_out]
    lines.append(AccountLine("patients reviewed", cases.n, "patient"))
    lines += [
        AccountLine(f"{line.table} rows used", line.rows_used, "row", f"{line.rows_set_aside} set aside")
        for line in series.receipt.tables
        if line.table != "patient"
    ]
    return Account(tuple(lines))


def _why(findings: tuple[Finding, ...]) -> str:
    rules = {f.rule for f in findings if f.table == "patient" and f.severity is Severity.ROW_SET_ASIDE}
    return ", ".join(sorted(rules))
