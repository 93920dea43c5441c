"""A list of ids with gaps is the list that one would write out."""

from __future__ import annotations

import random

import pytest

from triage.model.id_runs import IdRuns


@pytest.mark.parametrize("seed", range(40))
def test_it_is_the_list_written_out(seed: int) -> None:
    dice = random.Random(seed)
    first = dice.randrange(1, 5)
    last = first + dice.randrange(0, 30)
    missing = [dice.randrange(0, last + 4) for _ in range(dice.randrange(0, 25))]
    plain, runs = [i for i in range(last, first - 1, -1) if i not in missing], IdRuns(last, first, missing)
    assert list(runs) == plain and len(runs) == len(plain) and bool(runs) == bool(plain)
    assert [runs[at] for at in range(len(plain))] == plain and [runs[-1 - at] for at in range(len(plain))] == plain[::-1]
    for cut in (slice(None, None, -1), slice(3, 9), slice(-4, None), slice(None, 2), slice(20, 100)):
        assert list(runs[cut]) == plain[cut]
    for value in range(-1, last + 4):
        assert (value in runs) == (value in plain)
        if value in plain:
            assert runs.index(value) == plain.index(value)
        else:
            with pytest.raises(ValueError, match="not in the list"):
                runs.index(value)
    for start, stop in ((0, 5), (4, 12), (-6, len(plain)), (-9, -2)):
        for value in plain:
            if value in plain[start:stop]:
                assert runs.index(value, start, stop) == plain.index(value, start, stop)
            else:
                with pytest.raises(ValueError, match="not in the list"):
                    runs.index(value, start, stop)
    with pytest.raises(IndexError):
        runs[len(plain)]
