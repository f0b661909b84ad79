"""Blocks of rows stay on one side of every fold."""

from proxyrank.models.parts.blocks import block_folds, numbered


def test_labels_are_numbered_as_they_come() -> None:
    assert numbered("banana") == [0, 1, 2, 1, 2, 1]
    assert numbered([]) == []


def test_every_row_is_tested_once_and_never_beside_its_block() -> None:
    blocks = [f"network {i // 3}" for i in range(30)]
    tested: list[int] = []
    for train, test in block_folds(blocks, 4, seed=1):
        assert not {blocks[i] for i in train} & {blocks[i] for i in test}
        assert sorted([*train, *test]) == list(range(30))
        tested += list(test)
    assert sorted(tested) == list(range(30))


def test_there_are_no_more_folds_than_blocks_and_the_seed_deals() -> None:
    assert len(list(block_folds([0, 0, 1, 1, 2], 10))) == 3
    deals = {tuple(next(block_folds(range(40), 4, seed=seed))[1]) for seed in (0, 0, 1)}
    assert len(deals) == 2
