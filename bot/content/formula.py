"""Formulas of derived facts: names of facts, numbers, + - * / and brackets, nothing else."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from simpleeval import SimpleEval


def _exactly(operation: Callable[[Fraction, Fraction], Fraction]) -> Callable[[object, object], Fraction]:
    # str(): 2.041 written in a formula means 2041/1000, not its binary neighbour.
    return lambda left, right: operation(Fraction(str(left)), Fraction(str(right)))


PARTS = (ast.Expr, ast.Constant, ast.Name, ast.BinOp)

# Only these: a formula is arithmetic over facts, never a program.
OPERATORS = {
    ast.Add: _exactly(operator.add),
    ast.Sub: _exactly(operator.sub),
    ast.Mult: _exactly(operator.mul),
    ast.Div: _exactly(operator.truediv),
}


@lru_cache(maxsize=1024)
def names_in(formula: str) -> tuple[str, ...]:
    """The fact ids a formula uses, in order of appearance. Raises SyntaxError for what is no formula."""
    if not formula:
        return ()
    found = (node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name))
    return tuple(dict.fromkeys(found))


def compute(formula: str, values: Mapping[str, Fraction], digits: int | None) -> int | float:
    """The formula's value, rounded half up to `digits` decimals (0 gives an int, None leaves it).

    Exact fractions, so that 2 G / 12 is the amount the law means and not a binary neighbour of it.
    """
    evaluator = SimpleEval(operators=OPERATORS, names=dict(values), functions={})
    evaluator.nodes = {kind: read for kind, read in evaluator.nodes.items() if kind in PARTS}
    exact = Fraction(str(evaluator.eval(formula)))
    if digits is None:
        return float(exact)
    scaled = exact * 10**digits
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return rounded if digits == 0 else rounded / 10**digits
