"""What the tests of the workspace share: a workspace of their own, and small scenarios."""

from __future__ import annotations

from pathlib import Path

from funding.store import Store


def address(folder: Path) -> str:
    """The address of a workspace in a folder."""
    return f"sqlite:///{folder / 'workspace.db'}"


def opened(folder: Path) -> Store:
    """The workspace in a folder."""
    return Store.open(address(folder))


def toml(amount: int = 500, name: str = "Base", description: str = "") -> str:
    """A scenario with a city cap, in currency units."""
    return (
        f'name = "{name}"\ndescription = "{description}"\n'
        "[fund]\nunit = 100\nenvelope = 10_000\n"
        f"[rules.city_cap]\namount = {amount}\n"
    )
