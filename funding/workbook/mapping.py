"""Mapping files: which columns of a foreign workbook fill which of ours. See ``docs/mapping.md``.

A mapping is one TOML file. It names the foreign sheets, says what their columns fill, gives the
constants that they lack and declares how they write dates, numbers and codes. All problems of a
file are told together; a key or a header that is not known is refused with the nearest one.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StrictStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from funding.errors import InputError
from funding.messages import nearest, problem_words
from funding.workbook.cells import Unfit, parsed
from funding.workbook.conventions import Conventions
from funding.workbook.tables import FUND, MOST_ROWS, Value, is_blank, matching
from funding.workbook.targets import ROW_CODE, Target, filled, lacking, spelt, targets

FORMAT = 1  # of the mapping file


def _constant(value: object) -> object:
    known = isinstance(value, str | bool | int | Decimal | dt.date)
    if not known or isinstance(value, dt.datetime):
        raise ValueError("expected a text in quotes, a number, a date or true or false")
    return value


def _several(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not value:
        raise ValueError('expected a header of ours in quotes, or several: ["…", "…"]')
    return value


def _name(value: str) -> str:
    if is_blank(value):
        raise ValueError("expected a name in quotes")
    return value


Constant = Annotated[Any, AfterValidator(_constant)]
Name = Annotated[StrictStr, AfterValidator(_name)]
Headers = Annotated[tuple[StrictStr, ...], BeforeValidator(_several)]


class AtMost(BaseModel):
    """An oddity to be noted: a number of one foreign column above that of another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: Name
    of: Name


class ForeignSheet(BaseModel):
    """One foreign sheet: what its columns fill, what it lacks, and its own words for ours.

    ``columns`` gives by foreign header the headers of ours, ``defaults`` constants by header
    of ours, ``values`` by header of ours what each foreign word means.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: Name
    header_row: Annotated[StrictInt, Field(ge=1, le=MOST_ROWS)] = 1
    number_rows: StrictStr = ""  # before the row's number: the code of each activity
    defaults: dict[str, Constant] = {}
    columns: dict[Name, Headers]
    values: dict[str, dict[str, Constant]] = {}
    at_most: tuple[AtMost, ...] = ()

    @field_validator("number_rows")
    @classmethod
    def _prefix(cls, prefix: str) -> str:
        if prefix:
            _fits(targets(ROW_CODE)[0], f"{prefix}{MOST_ROWS}")
        return prefix

    @field_validator("defaults")
    @classmethod
    def _defaults(cls, given: dict[str, Any]) -> dict[str, Any]:
        return _constants(given, settings=False)

    @field_validator("columns")
    @classmethod
    def _columns(
        cls, given: dict[str, tuple[str, ...]], info: ValidationInfo
    ) -> dict[str, tuple[str, ...]]:
        problems = list(_twice(given, "column"))
        columns: dict[str, tuple[str, ...]] = {}
        taken: dict[tuple[str, str], str] = {}
        for theirs, headers in given.items():
            spelled = []
            for header in headers:
                try:
                    found = targets(header)
                except ValueError as error:
                    problems.append(str(error))
                    continue
                spelled.append(spelt(header))
                for target in found:
                    place = (target.sheet, target.header)
                    if place in taken:
                        problems.append(f'"{taken[place]}" and "{theirs}" both fill "{header}"')
                        break
                    taken[place] = theirs
            columns[theirs] = tuple(spelled)
        if not problems and "defaults" in info.data and "number_rows" in info.data:
            problems += lacking(columns, info.data["defaults"], info.data["number_rows"])
        _stop(problems)
        return columns

    @field_validator("values")
    @classmethod
    def _values(
        cls, given: dict[str, dict[str, Any]], info: ValidationInfo
    ) -> dict[str, dict[str, Any]]:
        problems: list[str] = []
        values: dict[str, dict[str, Any]] = {}
        mapped = {h for headers in info.data.get("columns", {}).values() for h in headers}
        for header, words in given.items():
            problems += _twice(words, f"word of {header}")
            try:
                target, own = targets(header)[0], spelt(header)
                for word in words.values():
                    _fits(target, word)
            except ValueError as error:
                problems.append(str(error))
                continue
            if "columns" in info.data and own not in mapped:
                problems.append(f"no column fills {own}, so its words have no use")
            values[own] = words
        _stop(problems)
        return values

    def filled(self) -> dict[str, dict[str, str | None]]:
        """Our sheet → our header → the foreign header that fills it, None for a constant.

        The foreign sheet feeds a sheet of ours where it fills any of its columns other than
        codes. Settings of sheet Fund, where a column gives them, stand under Fund.
        """
        return filled(self.columns, self.defaults, self.number_rows)

    def words(self, sheet: str, header: str) -> dict[str, Any]:
        """The foreign words, as they are compared, and what they mean under a header of ours."""
        for name in (f"{sheet}: {header}", header):
            if name in self.values:
                return {matching(word): own for word, own in self.values[name].items()}
        return {}

    def default(self, sheet: str, header: str) -> Value:
        """The constant of a header of ours; None where it has none."""
        value: Value = self.defaults.get(f"{sheet}: {header}", self.defaults.get(header))
        return value


class Mapping(BaseModel):
    """A mapping file: foreign sheets, the settings of sheet Fund, and how values are written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: StrictInt = FORMAT
    name: Name
    source: StrictStr = ""
    note: StrictStr = ""
    fund: dict[str, Constant] = {}
    conventions: Conventions = Conventions()
    sheets: tuple[ForeignSheet, ...]

    @field_validator("format")
    @classmethod
    def _format(cls, number: int) -> int:
        if number != FORMAT:
            raise ValueError(f"expected {FORMAT}; a higher one comes from a newer version")
        return number

    @field_validator("fund")
    @classmethod
    def _fund(cls, given: dict[str, Any]) -> dict[str, Any]:
        return _constants(given, settings=True)

    @field_validator("sheets")
    @classmethod
    def _sheets(cls, sheets: tuple[ForeignSheet, ...]) -> tuple[ForeignSheet, ...]:
        if not sheets:
            raise ValueError("expected at least one foreign sheet")
        given = [header for sheet in sheets for header in sheet.filled().get(FUND, {})]
        twice = [header for header in dict.fromkeys(given) if given.count(header) > 1]
        _stop(
            [
                *_twice([sheet.sheet for sheet in sheets], "sheet"),
                *(f'"{header}" is filled in two sheets; expected it in one' for header in twice),
            ]
        )
        return sheets

    def fits(self, titles: Sequence[str]) -> bool:
        """Whether a workbook with these sheets has one that is mapped."""
        return any(self.sheet_called(title) for title in titles)

    def sheet_called(self, title: str) -> ForeignSheet | None:
        """The mapped sheet with a title; letter case and spacing do not matter."""
        found = (sheet for sheet in self.sheets if matching(sheet.sheet) == matching(title))
        return next(found, None)


def load_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file. Raises InputError with every problem, in sentences."""
    try:
        return parse_mapping(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"There is no file {path.name} in {path.parent}.") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path.name} cannot be read as text in UTF-8.") from None
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None


def parse_mapping(text: str) -> Mapping:
    """A mapping from TOML text. Raises InputError with every problem, in sentences."""
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise InputError("this is not TOML that can be read: too deep or too long") from None
    return build_mapping(tables)


def mapping_toml(mapping: Mapping) -> str:
    """The mapping as a TOML file; the inverse of `parse_mapping`. Comments are not kept."""
    plain = mapping.model_dump(exclude_defaults=True)
    sheets = [_sheet_table(sheet) for sheet in plain.pop("sheets")]
    tables = {"format": FORMAT} | plain
    if "conventions" in tables and "dates" in tables["conventions"]:
        tables["conventions"]["dates"] = list(tables["conventions"]["dates"])
    return tomli_w.dumps(tables | (sheets[0] if len(sheets) == 1 else {"sheets": sheets}))


def build_mapping(tables: dict[str, Any]) -> Mapping:
    """The mapping of the tables of a file, one foreign sheet being written at its top.

    Raises InputError with every problem, in sentences.
    """
    single = "sheets" not in tables
    own = {key: value for key, value in tables.items() if key in ForeignSheet.model_fields}
    rest = {key: value for key, value in tables.items() if key in Mapping.model_fields}
    known = [*Mapping.model_fields, *(ForeignSheet.model_fields if single else ())]
    problems = [
        f"{key} is not known{nearest(key, known)}"
        for key in tables
        if key not in own and key not in rest
    ]
    if own and not single:
        keys = ", ".join(own)
        problems.append(f"expected either [[sheets]] or one sheet at the top, found both ({keys})")
    try:
        made = Mapping.model_validate({**rest, "sheets": [own]} if single else rest)
    except ValidationError as error:
        problems += (
            words.removeprefix(".sheets.0." if single else ".").removeprefix(".")
            for words in problem_words("", Mapping, error)
        )
    if problems:
        raise InputError(problems[0] if len(problems) == 1 else "\n  ".join(["", *problems]))
    return made


def _sheet_table(sheet: dict[str, Any]) -> dict[str, Any]:
    """A foreign sheet as its table stands in the file."""
    table = dict(sheet)
    table["columns"] = {
        theirs: ours[0] if len(ours) == 1 else list(ours)
        for theirs, ours in table["columns"].items()
    }
    if "at_most" in table:
        table["at_most"] = [dict(pair) for pair in table["at_most"]]
    return table


def _constants(given: dict[str, Any], *, settings: bool) -> dict[str, Any]:
    """Constants under our own spelling of their headers: settings of sheet Fund, or not."""
    problems, constants = [], {}
    for header, value in given.items():
        try:
            found = targets(header if not settings or ":" in header else f"{FUND}: {header}")
            _fits(found[0], value)
        except ValueError as error:
            problems.append(str(error))
            continue
        if (found[0].sheet == FUND) is not settings:
            table = "defaults" if settings else "fund"
            problems.append(f'"{header}" belongs under [{table}]')
        own = found[0].header if settings else spelt(header)
        if own in constants:
            problems.append(f"{own} stands twice")
        constants[own] = value
    _stop(problems)
    return constants


def _fits(target: Target, value: Value) -> None:
    """Raises ValueError where a constant is not what its column holds."""
    try:
        parsed(target.column, value)
    except Unfit as unfit:
        header = target.header
        raise ValueError(f'"{header}"{str(unfit).removeprefix(header)}') from None


def _twice(names: Iterable[str], what: str) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if matching(name) in seen:
            yield f'the {what} "{name}" stands twice (letter case does not matter)'
        seen.add(matching(name))


def _stop(problems: Iterable[str]) -> None:
    """Raises ValueError where there are problems: all in one sentence."""
    told = "; ".join(problems)
    if told:
        raise ValueError(told)
