"""The changelog: an entry for a version, drafted from what changed, and left alone once it is there. No file is touched here."""

from __future__ import annotations

import re

from sinorus_corpus.release.tags import Tag
from sinorus_corpus.release.versions import PARTS, Reason

HEAD = """# Changelog

One version for corpus, tool and dataset. **Data** says what changes for who loads the dataset, **Code** what changes in the tool.
Major: something goes or means something else, or a published text changes. Minor: something more. Patch: labels corrected.
"""
_MEANING = {"major": "Goes, or means something else", "minor": "More", "patch": "Corrected"}


def render_entry(version: str, day: str, last: Tag | None, reasons: list[Reason], subjects: list[str]) -> str:
    """The entry of a version, Data from what changed and Code from the subjects of commits."""
    since = f"Since {last.name}, commit {last.commit}.\n" if last else "The first release.\n"
    parts = [f"## {version} ({day})\n", since, "### Data\n"]
    for part in PARTS:
        told = [reason.text for reason in reasons if reason.part == part]
        if told:
            parts += [f"{_MEANING[part]}:\n", "\n".join(f"- {text}" for text in told) + "\n"]
    if not reasons:
        parts.append("Nothing changed.\n" if last else "Everything is new.\n")
    code = "\n".join(f"- {subject}" for subject in subjects) if subjects else "Nothing changed."
    return "\n".join([*parts, "### Code\n", f"{code}\n"])


def has_entry(changelog: str, version: str) -> bool:
    """Whether the changelog has an entry of `version`, which people may have written or edited."""
    return bool(re.search(rf"^## {re.escape(version)}(?![\w.])", changelog, re.M))


def with_entry(changelog: str, entry: str) -> str:
    """The changelog with `entry` before all others."""
    text = changelog or HEAD
    first = re.search(r"^## ", text, re.M)
    at = first.start() if first else len(text)
    before = text[:at].rstrip("\n")
    return f"{before}\n\n{entry}\n{text[at:]}".rstrip("\n") + "\n"
