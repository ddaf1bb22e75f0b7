"""What is counted, on its way to the machines that count."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Mapping
from typing import Any, Union

from .._counter import Counter, Patterns
from .._counts import Key
from .._distinct import Matches, Words

# What can be counted.
What = Union[Counter, Words, Matches]

# What was made ready of late in this process: a process of Spark does one task after another.
_READY: dict[bytes, What] = {}
_MOST = 4


def what(patterns: What | Patterns, options: Mapping[str, Any]) -> What:
    """What is to be counted, of what is given."""
    if isinstance(patterns, (Counter, Words, Matches)):
        if options:
            name = next(iter(options))
            raise TypeError(f"{name} is an option of the {type(patterns).__name__} that is given")
        return patterns
    return Counter(patterns, **options)


class Packed:
    """Something that counts, which is made ready once in each process."""

    def __init__(self, counted: What) -> None:
        self.pickled = pickle.dumps(counted, protocol=4)
        self.digest = hashlib.sha256(self.pickled).digest()

    def get(self) -> What:
        ready = _READY.get(self.digest)
        if ready is None:
            ready = pickle.loads(self.pickled)
            assert isinstance(ready, (Counter, Words, Matches))
            while len(_READY) >= _MOST:
                _READY.pop(next(iter(_READY)))
            _READY[self.digest] = ready
        return ready


def text(key: Key) -> str:
    """A pattern or a text as Spark's strings have it."""
    return key if isinstance(key, str) else key.decode("utf-8", "backslashreplace")


def found(counts: Any) -> Iterable[tuple[Key, int]]:
    """What was found, without zeros."""
    return counts.found().items() if hasattr(counts, "found") else counts.items()
