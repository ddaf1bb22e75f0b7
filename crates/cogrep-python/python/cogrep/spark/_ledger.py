"""What proves that each split was counted once, as it was when the splits were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ._split import Split

# So many splits are named in a message.
_NAMED = 5


class LedgerError(Exception):
    """Not every split was counted once, so there is no result.

    `missing` were not counted, `doubled` more than once, `changed` are not as they were when
    the splits were made, and `unknown` are numbers of splits that there are not.
    """

    def __init__(
        self,
        missing: Sequence[str] = (),
        doubled: Sequence[str] = (),
        changed: Sequence[str] = (),
        unknown: Sequence[str] = (),
    ) -> None:
        self.missing = list(missing)
        self.doubled = list(doubled)
        self.changed = list(changed)
        self.unknown = list(unknown)
        kinds = {
            "not counted": missing,
            "counted more than once": doubled,
            "changed meanwhile": changed,
            "not known": unknown,
        }
        parts = [f"{kind}: {_some(splits)}" for kind, splits in kinds.items() if splits]
        super().__init__("there is no result, for of the splits some are " + "; ".join(parts))

    def __reduce__(self) -> tuple[type[LedgerError], tuple[list[str], ...]]:
        return LedgerError, (self.missing, self.doubled, self.changed, self.unknown)


def _some(splits: Sequence[str]) -> str:
    more = "" if len(splits) <= _NAMED else f", and {len(splits) - _NAMED} more"
    return ", ".join(splits[:_NAMED]) + more


def check(
    expected: Iterable[Split], ledger: Iterable[tuple[int, str, str, str | None, int]]
) -> None:
    """Raises a `LedgerError` unless each split is in the ledger once, with its digest.

    A row of the ledger is the number of a split, its digest, its outcome, what was changed, and
    how often this row was there.
    """
    seen: dict[int, list[tuple[str, str, str | None, int]]] = {}
    for number, digest, outcome, fault, times in ledger:
        seen.setdefault(number, []).append((digest, outcome, fault, times))
    missing, doubled, changed = [], [], []
    for split in expected:
        rows = seen.pop(split.number, [])
        if not rows:
            missing.append(str(split))
        elif sum(times for *_, times in rows) > 1:
            doubled.append(str(split))
        elif rows[0][1] == "changed":
            changed.append(rows[0][2] or str(split))
        elif rows[0][0] != split.digest():
            changed.append(str(split))
    unknown = [f"split {number}" for number in seen]
    if missing or doubled or changed or unknown:
        raise LedgerError(missing, doubled, changed, unknown)
