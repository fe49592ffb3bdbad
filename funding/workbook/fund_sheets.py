"""The sheets Fund of several workbooks: the call that they agree on, and where they do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from funding.applications import Call
from funding.errors import Fault, Stage
from funding.workbook.cells import shown
from funding.workbook.parsing import Parsed
from funding.workbook.tables import FUND


def agree(calls: Sequence[Parsed], authority: str) -> tuple[Parsed, dict[str, Parsed], list[Fault]]:
    """One call of all sheets Fund; each setting that a sheet gives otherwise is a fault there.

    With the call comes, for each setting that is given, the sheet whose word counts.

    ``authority`` is the file of the ministry, whose word counts; where it is silent, or "", the
    word of most. Settings that no sheet gives are left out, a required one with a fault.
    """
    faults: list[Fault] = []
    counting: dict[str, Parsed] = {}
    if not calls:
        message = "the workbook has no such sheet; expected one"
        faults.append(Fault("", FUND, 0, "", message, stage=Stage.SHEETS))
        return Parsed(FUND, "", 1, whole=False), counting, faults
    agreed = Parsed(FUND, calls[0].file, 1, whole=all(call.whole for call in calls))
    for name, column in Call.columns().items():
        giving = [call for call in calls if name in call.values]
        if giving:
            chosen = _chosen(giving, name, authority)
            agreed.values[name] = chosen.values[name]
            counting[name] = chosen
            faults += _others(giving, chosen, name, column.header, authority)
        elif not column.required:
            agreed.values[name] = Call.model_fields[name].get_default()
        elif not any(name in call.cells for call in calls):
            message = f"no setting {column.header}; expected a row that gives it"
            faults.append(Fault(calls[0].file, FUND, 0, "", message, stage=Stage.COLUMNS))
    return agreed, counting, faults


def _chosen(giving: Sequence[Parsed], name: str, authority: str) -> Parsed:
    """The sheet whose word counts: the ministry's, else the first of those that say the same as
    most."""
    own = next((call for call in giving if authority and call.file == authority), None)
    if own is not None:
        return own
    most = Counter(call.values[name] for call in giving).most_common(1)[0][0]
    return next(call for call in giving if call.values[name] == most)


def _others(
    giving: Sequence[Parsed], chosen: Parsed, name: str, header: str, authority: str
) -> list[Fault]:
    meant = chosen.values[name]
    same = sum(1 for call in giving if call.values[name] == meant)
    as_in = f"as in {chosen.place(name)}"
    if same > 1 and chosen.file != authority:
        as_in += f" and {same - 1} more {'file' if same == 2 else 'files'}"
    most_else = Counter(call.values[name] for call in giving if call.values[name] != meant)
    if chosen.file != authority and same in most_else.values():
        as_in += ", but as many say otherwise: ask which is right"
    return [
        call.fault(name, f"{header} is {shown(call.values[name])}; expected {shown(meant)} {as_in}")
        for call in giving
        if call.values[name] != meant
    ]
