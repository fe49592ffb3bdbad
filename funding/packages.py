"""Excel and Word files are archives of parts: what is asked of any of them before it is opened.

Nothing is trusted that a file says of itself. What is refused is refused in one sentence that
says what to do.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from funding.errors import FundingError

MOST_FILE = 20 << 20  # bytes
MOST_PARTS = 1_000
CHUNK = 1 << 20  # bytes that are unpacked at once, and counted
CONTENT_TYPES = "[Content_Types].xml"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # Excel and Word know no other
_LOCAL = 30  # bytes before the name in the header of a part, the least that lies between parts


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and the words in which one is refused."""

    refused: type[FundingError]
    old: str  # what older programs wrote: "the workbook has a password or is …"
    save_as: str  # what to do: "save it in Excel as …"

    def unusual(self) -> FundingError:
        """The refusal of a file that no office program writes."""
        return self.refused(f"the file is packed in an unusual way; {self.save_as}")

    def check_start(self, data: bytes) -> None:
        """Raises ``refused`` for an empty or a far too large file, and for one of old programs."""
        if not data:
            raise self.refused("the file is empty")
        if len(data) > MOST_FILE:
            raise self.refused(
                f"the file has {len(data) / 1e6:.0f} MB; at most {MOST_FILE >> 20} MB are read"
            )
        if data.startswith(_OLE):
            raise self.refused(f"{self.old}; {self.save_as} without a password")

    @contextlib.contextmanager
    def opened(self, data: bytes) -> Iterator[zipfile.ZipFile]:
        """The archive; what goes wrong while it is read is ``refused`` in a sentence."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield archive
        except FundingError:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError) as e:
            raise self.refused(
                "the file is damaged or was cut off on its way; send or save it again"
            ) from e
        except (NotImplementedError, RuntimeError) as error:
            raise self.unusual() from error

    def check_parts(self, parts: Sequence[zipfile.ZipInfo]) -> None:
        """Raises ``refused`` for encrypted parts, too many of them, names that stand twice or lead
        elsewhere, and for parts that lie in one another: these unpack to far more than the file."""
        if any(part.flag_bits & 1 for part in parts):
            raise self.refused("the file is encrypted; save it without a password")
        names = {part.filename.lower() for part in parts}
        strange = any(_is_strange(name) for name in names)
        if len(parts) > MOST_PARTS or len(names) != len(parts) or strange:
            raise self.unusual()
        end = 0
        for part in sorted(parts, key=lambda part: part.header_offset):
            # What lies before the first part is another file, which other programs may see.
            if part.header_offset < end or (end == 0 and part.header_offset):
                raise self.unusual()
            end = part.header_offset + _LOCAL + part.compress_size
        if any(part.compress_type not in _METHODS for part in parts):
            raise self.unusual()


def _is_strange(name: str) -> bool:
    """Names that other programs take for another place, or for none."""
    return name.startswith("/") or "\\" in name or ".." in name.split("/")
