"""What checks find and what commands refuse. No I/O and no third-party import may live here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]
Level = Literal["format", "anchoring", "scheme", "corpus", "dataset"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of a check. Its level, severity and rule stand under `code` in `schemas/issues.toml`.

    Attributes:
        code: kebab-case and permanent.
        path: file relative to the corpus root.
        line: line of that file, from 1; 0 where the finding is about the file itself.
        found: what is there. Untrusted: escape before showing.
        expected: what should be there.
        mend: how to mend it, where the catalogue's general advice can be made more precise.
        severity: milder than the rule's, where the file is older than the rule; `Schema.severity` says what holds.
    """

    code: str
    path: str
    line: int = 0
    found: str = ""
    expected: str = ""
    mend: str = ""
    severity: Severity | Literal[""] = ""


class SinorusError(Exception):
    """A refusal that a person can act on: the message says what was found, what was expected and how to mend it."""
