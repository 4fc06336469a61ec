"""In which order the items of a session are read, once it is settled who is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def alternated(items: Sequence[tuple[int, int]], *, same_field_allowed: bool) -> list[int]:
    """Indexes of the items, given as (rank, field), lowest rank first as far as the fields allow.

    Cases: neighbours of one field allowed: by rank alone. Otherwise an item goes next if what is left after it can
    still alternate: with R left and the field f just read, each other field has at most (R + 1) / 2, f at most R / 2.

    Raises:
        ValueError: if no order alternates (some field has more than half of the items, rounded up).
    """
    waiting = sorted(range(len(items)), key=lambda index: (items[index][0], index))
    if same_field_allowed:
        return waiting
    left = Counter(field for _, field in items)
    order: list[int] = []
    last: int | None = None
    while waiting:
        rest = len(waiting) - 1
        for index in waiting:
            field = items[index][1]
            if field == last:
                continue
            # Only the most frequent field can stand in the way, and it does not once it is the one that is read.
            crowded, most = left.most_common(1)[0]
            if most * 2 <= rest + 1 or (crowded == field and 2 * (most - 1) <= rest):
                break
        else:
            raise ValueError("no order of these fields alternates")
        waiting.remove(index)
        left[field] -= 1
        last = field
        order.append(index)
    return order
