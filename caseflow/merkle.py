"""The Merkle tree of RFC 9162 over leaf hashes: growing, roots, proofs and their checks. Pure, and keeps nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""
_LEAF, _PARENT = b"\x00", b"\x01"

Node = Callable[[int, int], bytes]
"""Level and index -> the root of that complete subtree: leaves are of level 0, level n spans 2^n of them."""


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(_LEAF + data).digest()


def parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_PARENT + left + right).digest()


# --- growing ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Edge:
    """The right edge of a tree: the roots of its complete subtrees, largest first; all that growing needs."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)


def grow(edge: Edge, node: bytes, level: int = 0) -> list[tuple[int, int, bytes]]:
    """Add a leaf, or a complete subtree of 2^level leaves; return the (level, index, hash) of subtrees it completes.

    Raises ValueError for a subtree that does not begin where the tree ends.
    """
    if edge.size & ((1 << level) - 1):
        raise ValueError(f"a subtree of level {level} cannot begin at leaf {edge.size}")
    completed = []
    before, edge.size = edge.size, edge.size + (1 << level)
    while before >> level & 1:
        node, level = parent(edge.peaks.pop(), node), level + 1
        completed.append((level, before >> level, node))
    edge.peaks.append(node)
    return completed


def root(edge: Edge) -> bytes:
    """Return the root of the whole tree."""
    if not edge.peaks:
        return EMPTY
    *larger, found = edge.peaks
    for peak in reversed(larger):
        found = parent(peak, found)
    return found


def edge_at(size: int, node: Node) -> Edge:
    """Return the edge of the tree of the first `size` leaves."""
    return Edge(size, [node(level, index) for level, index in cover(0, size)])


def cover(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (level, index) of the fewest complete subtrees that span the leaves from `start` up to before `end`."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


# --- proving ---------------------------------------------------------------------------------------------------------


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return the path that proves the leaf `index` in the tree of `size` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_spanning(middle, end, node))
            end = middle
        else:
            path.append(_spanning(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Return the path that proves the tree of `old` leaves a beginning of that of `new` (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} is no beginning of one of {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_spanning(middle, end, node))
            end = middle
        else:
            path.append(_spanning(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_spanning(start, end, node))
    return path[::-1]


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _spanning(start: int, end: int, node: Node) -> bytes:
    return root(Edge(end - start, [node(level, index) for level, index in cover(start, end)]))


# --- checking --------------------------------------------------------------------------------------------------------


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], claimed: bytes) -> bool:
    """Tell whether the path leads from the leaf to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = parent(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = parent(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == claimed


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether the path proves that nothing before `old` changed (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_root == new_root
    if not 0 < old < new or not path:
        return False
    steps = iter([old_root, *path] if old & (old - 1) == 0 else path)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = next(steps)
    for step in steps:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = parent(step, before), parent(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = parent(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
