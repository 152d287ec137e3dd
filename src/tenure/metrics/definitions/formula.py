"""Arithmetic over metrics: read into a small tree of our own, never evaluated as code.

Grammar: numbers, metric keys, `+ - * /`, unary minus, parentheses, and the functions `min`, `max`,
`abs`, `log1p` and `coalesce`. A null anywhere makes the result null, and so does a division by
zero; `coalesce(a, b)` is the one way to replace a null.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext as _

LONGEST = 500
DEEPEST = 40
ARITY = {"min": (2, 8), "max": (2, 8), "coalesce": (2, 8), "abs": (1, 1), "log1p": (1, 1)}
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Name:
    key: str


@dataclass(frozen=True)
class Operation:
    """A binary operation: symbol is one of + - * /."""

    symbol: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


Node: TypeAlias = Number | Name | Operation | Call


class FormulaError(ValueError):
    """A formula cannot be read; the text says why."""


def read(text: str) -> Node:
    """The tree of a formula.

    Raises:
        FormulaError: it is too long, too deep, not arithmetic, or uses something unknown.
    """
    if len(text) > LONGEST:
        raise FormulaError(_("it is longer than %(longest)s characters") % {"longest": LONGEST})
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(_("it is no arithmetic over metric keys")) from error
    return _node(tree.body, 0)


def names(node: Node) -> Iterator[str]:
    """The metric keys a formula reads, in order of appearance."""
    if isinstance(node, Name):
        yield node.key
    elif isinstance(node, Operation):
        yield from names(node.left)
        yield from names(node.right)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names(argument)


def _node(tree: ast.expr, depth: int) -> Node:
    if depth > DEEPEST:
        raise FormulaError(_("it nests deeper than %(deepest)s levels") % {"deepest": DEEPEST})
    match tree:
        case ast.Constant(value=value) if type(value) in {int, float}:
            return _number(value)
        case ast.Name(id=key):
            return Name(key)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("-", Number(0.0), _node(operand, depth + 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SYMBOLS:
            return Operation(_SYMBOLS[type(op)], _node(left, depth + 1), _node(right, depth + 1))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, arguments, depth)
    raise FormulaError(_("%(tree)r is not allowed in it") % {"tree": ast.unparse(tree)[:60]})


def _number(value: object) -> Number:
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError as error:
        raise FormulaError(_("a number in it is too large")) from error
    if number in {float("inf"), float("-inf")}:
        raise FormulaError(_("a number in it is too large"))
    return Number(number)


def _call(function: str, arguments: list[ast.expr], depth: int) -> Call:
    if function not in ARITY:
        raise FormulaError(
            _("%(function)r is no function; there are %(names)s")
            % {"function": function, "names": ", ".join(sorted(ARITY))}
        )
    fewest, most = ARITY[function]
    if not fewest <= len(arguments) <= most:
        raise FormulaError(
            _("%(function)s takes %(fewest)s to %(most)s arguments")
            % {"function": function, "fewest": fewest, "most": most}
        )
    return Call(function, tuple(_node(argument, depth + 1) for argument in arguments))
