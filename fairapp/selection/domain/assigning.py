"""Who reviews what: nobody a neighbour, a fellow of the network or a conflict; loads in balance.

Source: constitution of 2011, article 36, on conflicts of interest; the rules of the committee. The same
reviewers, files and seed give the same assignment.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Judge:
    """A reviewer and what it may not judge. `commune` is folded for comparison; empty: not stated."""

    id: int
    commune: str = ""
    province: str = ""
    network_id: int | None = None
    conflicts: frozenset[int] = frozenset()  # cooperatives


@dataclass(frozen=True, slots=True)
class File:
    """A registration to be reviewed, with where its cooperative comes from and belongs to."""

    id: int
    reference: str
    cooperative_id: int
    commune: str = ""
    province: str = ""
    network_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """New pairs (file, reviewer) in order, and how many reviewers each file still lacks."""

    pairs: tuple[tuple[int, int], ...]
    lacking: Mapping[int, int] = field(default_factory=dict)


def may_review(judge: Judge, file: File) -> bool:
    """Tell whether a reviewer may judge a file.

    Communes of one name in two known provinces are two.
    """
    if file.cooperative_id in judge.conflicts or judge.network_id in file.network_ids:
        return False
    is_neighbour = bool(judge.commune) and judge.commune == file.commune
    return not (is_neighbour and judge.province in ("", file.province))


def assign(
    files: Sequence[File],
    judges: Sequence[Judge],
    *,
    held: Collection[tuple[int, int]],
    wanted: int,
    seed: str,
) -> Plan:
    """Return who reviews what beside the pairs (file, reviewer) that are `held` already.

    The files that fewest may judge come first; each goes to those with the fewest files so far, and
    among them as the draw with the seed has it.
    """
    loads = {judge.id: 0 for judge in judges}
    per_file: dict[int, set[int]] = {file.id: set() for file in files}
    for file_id, judge_id in held:
        per_file.setdefault(file_id, set()).add(judge_id)
        if judge_id in loads:
            loads[judge_id] += 1
    able = {file.id: [judge for judge in judges if may_review(judge, file)] for file in files}
    ordered = sorted(files, key=lambda file: (len(able[file.id]), _draw(seed, file.reference), file.id))
    pairs, lacking = [], {}
    for file in ordered:
        open_judges = [judge for judge in able[file.id] if judge.id not in per_file[file.id]]
        missing = wanted - len(per_file[file.id])
        open_judges.sort(key=lambda judge: (loads[judge.id], _draw(seed, f"{file.reference}{judge.id}")))
        for judge in open_judges[: max(0, missing)]:
            loads[judge.id] += 1
            pairs.append((file.id, judge.id))
        if missing > len(open_judges):
            lacking[file.id] = missing - len(open_judges)
    return Plan(tuple(pairs), lacking)


def _draw(seed: str, text: str) -> str:
    return hashlib.sha256(f"{seed}{text}".encode()).hexdigest()
