"""Organisations as the standards identify them: by list code and number, or by SIRET."""

from __future__ import annotations

import re
from dataclasses import dataclass

from funding.errors import Fault

LIST_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9_]+")  # of a register, as org-id.guide lists them

_WITH_LIST = re.compile(rf"(?:{LIST_CODE.pattern}|360G)-.+")
_IDENTIFIER = re.compile(r"\w[\w.:/-]*")
_SIRET = re.compile(r"(?:FR-[A-Z0-9_]+-)?([0-9]{14})")


class Unfit(ValueError):
    """An identifier that a standard cannot take; the text says what it is and what to do."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A funder or a city as an organisation; ``place`` says where its identifier stands.

    ``name`` is published, ``label`` names it in faults, ``header`` what holds its identifier.
    """

    name: str
    label: str
    header: str
    identifier: str
    place: Fault


def names_no_register(identifier: str) -> bool:
    """Whether an identifier is a number alone, which only its register makes unique."""
    return bool(identifier) and _WITH_LIST.fullmatch(_compact(identifier)) is None


def org_id(identifier: str, register: str) -> str:
    """An organisation identifier that is unique in the world: ``GB-COH-09668396``.

    ``register`` is the list code of the register for an identifier that names none. Spaces, as
    in ``213 801 855``, are no part of it. Raises Unfit for what no register gives out.
    """
    compact = _compact(identifier)
    if names_no_register(compact) and not names_no_register(compact.upper()):
        raise Unfit(f'is "{identifier}"; write the list code at its beginning in capitals')
    if _IDENTIFIER.fullmatch(compact) is None:
        raise Unfit(
            f'is "{identifier}"; expected letters and digits, with . : / - or _ between them. '
            "Take it from the register again"
        )
    return f"{register}-{compact}" if names_no_register(compact) else compact


def siret(identifier: str) -> str:
    """The SIRET of a French establishment: nine digits of the organisation, five of the place.

    Spaces are no part of it, and a list code such as ``FR-XXX-`` may stand before it. Raises
    Unfit where there are not 14 digits, all of them are 0, or the last, the check digit (Luhn,
    ISO/IEC 7812-1), is wrong.
    """
    compact = _compact(identifier)
    found = _SIRET.fullmatch(compact)
    if found is None:
        kind = ", a SIREN" if re.fullmatch("[0-9]{9}", compact) else ""
        raise Unfit(f'is "{identifier}"{kind}; expected a SIRET of 14 digits')
    if not found[1].strip("0"):
        raise Unfit(f'is "{identifier}", which nobody has; expected a SIRET of 14 digits')
    if _luhn(found[1]) % 10:
        raise Unfit(f'is "{identifier}", whose check digit is wrong; look for a typing error')
    return found[1]


def same_as(identifier: str) -> str:
    """What two ways to write one identifier have in common: without spaces, a SIRET alone."""
    compact = _compact(identifier)
    found = _SIRET.fullmatch(compact)
    return found[1] if found else compact


def _compact(identifier: str) -> str:
    return "".join(identifier.split())


def _luhn(digits: str) -> int:
    """The sum of the digits, every second one from the right doubled and its own digits added."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(doubled) + sum(int(digit) for digit in digits[-1::-2])
