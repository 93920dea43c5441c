"""Counts rows by their values, for a check of millions of them.

For a GROUP BY that no index helps SQLite sorts all rows. That takes four times as long as fetching the values and counting them.
The values of a column come as one text: rows of two million reports would take ten times as long to fetch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from triage.store.database import Params, Reader, Row

_IDS = 1 << 18
"""Rows with ids in so large a range are counted at once, which takes some 30 MB."""
Numbers = NDArray[np.int64]


def count_rows(db: Reader, table: str, row_id: str, keys: Mapping[str, Sequence[str]]) -> dict[str, Counter[Row]]:
    """Returns under each name of `keys` how many rows of the table have the same values there.

    A key is a sequence of SQL expressions that yield whole numbers. `row_id` is the table's INTEGER PRIMARY KEY.
    """
    wanted = sorted({expression for key in keys.values() for expression in key})
    columns = ", ".join(f"json_group_array({expression})" for expression in wanted)
    found: dict[str, Counter[Row]] = {name: Counter() for name in keys}
    first = db.value(f"SELECT min({row_id}) FROM {table}")
    while first is not None:
        texts = db.all(f"SELECT {columns} FROM {table} WHERE {row_id} >= ?1 AND {row_id} < ?1 + {_IDS}", (first,))[0]
        coded = {each: np.unique(_parse_array(text), return_inverse=True) for each, text in zip(wanted, texts, strict=True)}
        for name, key in keys.items():
            found[name].update(_count([coded[expression] for expression in key]))
        first = db.value(f"SELECT min({row_id}) FROM {table} WHERE {row_id} >= ?1 + {_IDS}", (first,))
    return found


def sum_numbers(db: Reader, first: str, second: str, rest: str, params: Params = ()) -> tuple[Numbers, Numbers]:
    """Returns each number of the first column once, ascending, with the sum of the second one, where that is not 0.

    `rest` is the SQL behind the columns.
    """
    texts = db.all(f"SELECT json_group_array({first}), json_group_array({second}) {rest}", params)[0]
    numbers, added = map(_parse_array, texts)
    values, places = np.unique(numbers, return_inverse=True)
    sums = np.zeros(len(values), np.int64)
    np.add.at(sums, places, added)
    return values[sums != 0], sums[sums != 0]


def read_counts(rows: Iterable[Row]) -> Counter[Row]:
    """Returns rows whose last column is a number, as that number by the other columns. Those of 0 are left out."""
    return Counter({row[:-1]: row[-1] for row in rows if row[-1]})


def _parse_array(text: str) -> Numbers:
    """Returns the whole numbers of a JSON array."""
    return np.fromstring(text[1:-1], np.int64, sep=",")


def _count(columns: Sequence[tuple[Numbers, NDArray[np.intp]]]) -> dict[Row, int]:
    """Returns how many rows have the same values in all columns. A column is its values, and the place among them of each row."""
    combined = np.zeros(len(columns[0][1]), np.int64)
    for values, places in columns:
        combined = combined * len(values) + places
    there, counts = np.unique(combined, return_counts=True)
    places_of = np.unravel_index(there, [len(values) for values, _ in columns])
    rows = zip(*(values[places].tolist() for (values, _), places in zip(columns, places_of, strict=True)), strict=True)
    return dict(zip(rows, counts.tolist(), strict=True))
