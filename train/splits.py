"""Which architectures are trained on; rows are sorted first, so that a split depends on the seed only."""

from collections.abc import Callable, Sequence

from proxyrank.common.errors import ProxyrankError, unknown
from proxyrank.common.seeds import derive_rng
from proxyrank.spaces import SearchSpace
from proxyrank.spaces.equal import classes

Split = Callable[[SearchSpace, Sequence[str], int, int], list[str]]


def published_split(space: SearchSpace, archs: Sequence[str], train_size: int, seed: int) -> list[str]:
    """Training part of scikit-learn's ``train_test_split`` on the sorted rows (the VKDNW protocol)."""
    from sklearn.model_selection import train_test_split

    train, _ = train_test_split(sorted(archs), train_size=train_size, random_state=seed)
    return sorted(train)


def grouped_split(space: SearchSpace, archs: Sequence[str], train_size: int, seed: int) -> list[str]:
    """Training part that keeps architectures of one function on one side.

    Classes of equal networks are taken in seeded order; one that would exceed ``train_size`` is left out, so
    the part is exactly that large wherever the classes allow it.
    """
    members = classes(space, sorted(archs))
    keys = sorted(members)
    train: list[str] = []
    for i in derive_rng("grouped split", seed).permutation(len(keys)):
        if len(train) + len(members[keys[i]]) <= train_size:
            train += members[keys[i]]
    return sorted(train)


def classes_split(space: SearchSpace, archs: Sequence[str], train_size: int, seed: int) -> list[str]:
    """Training part of as many different networks: one architecture of each class of equal ones.

    Both the classes and the one that stands for each are drawn at random.

    Raises
    ------
    ProxyrankError
        If there are fewer classes.
    """
    members = classes(space, sorted(archs))
    keys = sorted(members)
    if train_size > len(keys):
        raise ProxyrankError(
            f"cannot train on {train_size} different networks: the {len(archs)} architectures with a label "
            f"are {len(keys)} up to names"
        )
    rng = derive_rng("classes split", seed)
    drawn = [members[keys[i]] for i in rng.permutation(len(keys))[:train_size]]
    return sorted(own[rng.integers(len(own))] for own in drawn)


SPLITS: dict[str, Split] = {
    "published": published_split,
    "grouped": grouped_split,
    "classes": classes_split,
}


def split_train(
    space: SearchSpace, archs: Sequence[str], *, kind: str, train_size: int | None, seed: int
) -> list[str]:
    """Architectures to train on.

    Parameters
    ----------
    space
        The space they belong to.
    archs
        All labelled architectures of the population.
    kind
        A name in `SPLITS`.
    train_size
        How many; None takes all, or one of each class.
    seed
        Of the split.

    Raises
    ------
    ProxyrankError
        If the kind is unknown, or there are too few architectures.
    """
    if kind not in SPLITS:
        raise unknown("split", kind, SPLITS)
    if train_size is None:
        train_size = len(classes(space, archs)) if kind == "classes" else len(archs)
    if train_size == len(archs) and kind != "classes":
        return sorted(archs)
    if not 1 <= train_size <= len(archs):
        raise ProxyrankError(
            f"cannot train on {train_size} architectures: the population has {len(archs)} with a label"
        )
    return SPLITS[kind](space, archs, train_size, seed)
