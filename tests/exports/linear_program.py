"""A small exact linear program, the tool of the attacker who works out withheld counts. It shares nothing with the defence."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def find_range(
    equations: Sequence[tuple[dict[int, int], int]], variables: int, wanted: int, least: int
) -> tuple[Fraction, Fraction]:
    """Returns the least and the largest value of one variable. Each variable is at least `least`; each equation is (factors, sum)."""
    rows = [[Fraction(factors.get(n, 0)) for n in range(variables)] for factors, _ in equations]
    sums = [Fraction(total - least * sum(factors.values())) for factors, total in equations]
    for at, value in enumerate(sums):
        if value < 0:
            sums[at], rows[at] = -value, [-factor for factor in rows[at]]
    tableau, basis = _begin(rows, sums, variables)
    ends = []
    for sign in (-1, 1):
        goal = [Fraction(0)] * variables
        goal[wanted] = Fraction(sign)
        copy, held = [row[:] for row in tableau], basis[:]
        ends.append(sign * _maximise(copy, held, goal) + least)
    return ends[0], ends[1]


def _begin(rows: list[list[Fraction]], sums: list[Fraction], variables: int) -> tuple[list[list[Fraction]], list[int]]:
    """Returns a tableau with a basis of real variables (phase one)."""
    count = len(rows)
    tableau = [
        [*row, *(Fraction(int(n == at)) for n in range(count)), total]
        for at, (row, total) in enumerate(zip(rows, sums, strict=True))
    ]
    basis = [variables + at for at in range(count)]
    goal = [Fraction(0)] * variables + [Fraction(-1)] * count
    assert _maximise(tableau, basis, goal) == 0, "the published counts contradict one another"
    for at in range(count):
        if basis[at] >= variables:  # an artificial variable that is 0: swap it out, or the equation says nothing new
            column = next((n for n in range(variables) if tableau[at][n]), None)
            if column is not None:
                _pivot(tableau, basis, at, column)
    kept = [at for at in range(count) if basis[at] < variables]
    return [[*tableau[at][:variables], tableau[at][-1]] for at in kept], [basis[at] for at in kept]


def _maximise(tableau: list[list[Fraction]], basis: list[int], goal: list[Fraction]) -> Fraction:
    """Returns the largest value of the goal (phase two), by Bland's rule, which never goes in a circle."""
    while True:
        price = [goal[n] for n in basis]
        for column in range(len(goal)):
            gain = goal[column] - sum((p * row[column] for p, row in zip(price, tableau, strict=True)), Fraction(0))
            if gain > 0 and column not in basis:
                break
        else:
            return sum((p * row[-1] for p, row in zip(price, tableau, strict=True)), Fraction(0))
        ratios = [(row[-1] / row[column], basis[at], at) for at, row in enumerate(tableau) if row[column] > 0]
        assert ratios, "unbounded: the grand total is published"
        _pivot(tableau, basis, min(ratios)[2], column)


def _pivot(tableau: list[list[Fraction]], basis: list[int], at: int, column: int) -> None:
    factor = tableau[at][column]
    tableau[at] = [value / factor for value in tableau[at]]
    for other, row in enumerate(tableau):
        if other != at and row[column]:
            share = row[column]
            tableau[other] = [value - share * own for value, own in zip(row, tableau[at], strict=True)]
    basis[at] = column
