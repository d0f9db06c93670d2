"""The tree against RFC 9162 written down naively, and against the vectors every implementation shares."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow import merkle

LEAVES = [
    merkle.leaf(bytes.fromhex(data))
    for data in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 130)


# --- the standard, word for word -------------------------------------------------------------------------------------


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """2.1.1: MTH({}) = HASH(); MTH({d}) = the leaf; MTH(D_n) = HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n]))."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """2.1.3.1: PATH(m, D_n)."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """2.1.4.1: SUBPROOF(m, D_n, b); PROOF(m, D_n) = SUBPROOF(m, D_n, true)."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def leaves_of(size: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + n.to_bytes(4, "big")).digest() for n in range(size)]


def node_of(leaves: Sequence[bytes]) -> merkle.Node:
    def node(level: int, index: int) -> bytes:
        below = leaves[index << level : (index + 1) << level]
        assert len(below) == 1 << level, "a subtree that is not complete was asked for"
        return naive_root(below)

    return node


def grown(leaves: Sequence[bytes]) -> merkle.Edge:
    edge = merkle.Edge()
    for leaf in leaves:
        merkle.grow(edge, leaf)
    return edge


# --- roots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_the_roots_everybody_has(size: int) -> None:
    assert merkle.root(grown(LEAVES[:size])).hex() == ROOTS[size]
    assert naive_root(LEAVES[:size]).hex() == ROOTS[size], "the reference itself"


@given(st.integers(0, 300))
def test_a_grown_tree_has_the_root_of_the_standard(size: int) -> None:
    leaves = leaves_of(size)
    edge = grown(leaves)
    assert edge.size == size
    assert merkle.root(edge) == naive_root(leaves)
    assert merkle.edge_at(size, node_of(leaves)) == edge


@given(SIZES)
def test_each_complete_subtree_is_told_once(size: int) -> None:
    leaves, edge = leaves_of(size), merkle.Edge()
    told = [found for leaf in leaves for found in merkle.grow(edge, leaf)]
    node = node_of(leaves)
    everything = {(level, index) for level in range(1, 9) for index in range(size >> level)}
    assert {(level, index) for level, index, _hash in told} == everything
    assert len(told) == len(everything)
    assert all(hashed == node(level, index) for level, index, hashed in told)


@given(st.integers(0, 300), st.integers(0, 300), st.data())
def test_a_tree_grows_by_subtrees_as_by_leaves(start: int, more: int, data: st.DataObject) -> None:
    leaves = leaves_of(start + more)
    node, edge = node_of(leaves), grown(leaves[:start])
    spans = list(merkle.cover(start, start + more))
    assert sum(1 << level for level, _index in spans) == more
    assert len(spans) <= 2 * max(more, 1).bit_length()
    for level, index in spans:
        assert index << level == edge.size
        if level and data.draw(st.booleans()):
            for leaf in leaves[edge.size : edge.size + (1 << level)]:
                merkle.grow(edge, leaf)
        else:
            merkle.grow(edge, node(level, index), level)
    assert merkle.root(edge) == naive_root(leaves)


def test_a_subtree_begins_where_the_tree_ends() -> None:
    edge = grown(LEAVES[:3])
    with pytest.raises(ValueError, match="level 1 cannot begin at leaf 3"):
        merkle.grow(edge, LEAVES[0], 1)
    assert merkle.root(edge).hex() == ROOTS[3], "nothing happened"


# --- inclusion -------------------------------------------------------------------------------------------------------


@given(SIZES, st.data())
def test_an_inclusion_proof_is_that_of_the_standard_and_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    path = merkle.inclusion(index, size, node_of(leaves))
    assert path == naive_path(index, leaves)
    assert len(path) <= size.bit_length()
    assert merkle.is_included(leaves[index], index, size, path, naive_root(leaves))


@given(SIZES, st.data())
def test_an_inclusion_proof_of_something_else_does_not_hold(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    path, whole = naive_path(index, leaves), naive_root(leaves)
    other = hashlib.sha256(b"other").digest()
    assert not merkle.is_included(other, index, size, path, whole)
    assert not merkle.is_included(leaves[index], index, size, path, other)
    assert not merkle.is_included(leaves[index], index, size, [*path, other], whole)
    assert not merkle.is_included(leaves[index], size, size, path, whole)
    assert not merkle.is_included(leaves[index], -1, size, path, whole)
    for position in range(len(path)):
        assert not merkle.is_included(leaves[index], index, size, path[:position] + path[position + 1 :], whole)
        changed = [*path[:position], other, *path[position + 1 :]]
        assert not merkle.is_included(leaves[index], index, size, changed, whole)
    for elsewhere in set(range(size)) - {index}:
        assert not merkle.is_included(leaves[index], elsewhere, size, path, whole)


def test_no_proof_of_what_is_not_in_the_tree() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="is not in a tree"):
            merkle.inclusion(index, size, node_of(LEAVES))


# --- consistency -----------------------------------------------------------------------------------------------------


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_standard_and_holds(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    path = merkle.consistency(old, new, node_of(leaves))
    assert path == naive_subproof(old, leaves)
    assert len(path) <= new.bit_length() + 1
    assert merkle.is_consistent(old, naive_root(leaves[:old]), new, naive_root(leaves), path)


@given(st.integers(2, 70), st.data())
def test_a_rewritten_tree_has_no_consistency_proof(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = leaves_of(new)
    rewritten = [*leaves[:changed], hashlib.sha256(b"other").digest(), *leaves[changed + 1 :]]
    before, after = naive_root(leaves[:old]), naive_root(rewritten)
    for path in (naive_subproof(old, rewritten), naive_subproof(old, leaves)):
        assert not merkle.is_consistent(old, before, new, after, path)


@given(st.integers(2, 70), st.data())
def test_a_damaged_consistency_proof_does_not_hold(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    leaves = leaves_of(new)
    before, after, path = naive_root(leaves[:old]), naive_root(leaves), naive_subproof(old, leaves)
    other = hashlib.sha256(b"other").digest()
    assert not merkle.is_consistent(old, other, new, after, path)
    assert not merkle.is_consistent(old, before, new, other, path)
    assert not merkle.is_consistent(old, before, new, after, [*path, other])
    assert not merkle.is_consistent(old, before, new, after, [])
    assert not merkle.is_consistent(new, after, old, before, path)
    assert not merkle.is_consistent(0, merkle.EMPTY, new, after, path)
    for position in range(len(path)):
        assert not merkle.is_consistent(old, before, new, after, path[:position] + path[position + 1 :])


def test_a_tree_is_consistent_with_itself_alone() -> None:
    one, other = naive_root(LEAVES), naive_root(LEAVES[:7])
    assert merkle.is_consistent(8, one, 8, one, [])
    assert not merkle.is_consistent(8, one, 8, other, [])
    assert not merkle.is_consistent(8, one, 8, one, [one])
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="is no beginning"):
            merkle.consistency(old, new, node_of(LEAVES))
