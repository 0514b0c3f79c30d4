"""Expressions of a feed: one scalar SQL expression over a source's columns, parsed, never pasted.

Only what is listed here may appear, so no expression can read a file, a table or a setting.
A source's columns are text: an operand of arithmetic or of a comparison with a number is cast to an
exact decimal, and a value that is not a number makes the record `bad_type`, never a silent NULL.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# DuckDB would lift a repeated operand out of its TRY; the connection must have this turned off.
UNSAFE_OPTIMIZERS = "common_subexpressions"
MISSING = "chr(1)"
PLAIN = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
SMALL = r"\s*[+-]?\d{1,9}(\.\d{1,4})?\s*"

ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
ROUNDING = (exp.Neg, exp.Abs, exp.Round, exp.Floor, exp.Ceil)
COMPARISON = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
CHOICE = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least)
TEXTUAL = (
    exp.DPipe, exp.Concat, exp.ConcatWs, exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Left,
    exp.Right, exp.Length, exp.Replace, exp.RegexpReplace, exp.RegexpExtract, exp.RegexpLike,
    exp.RegexpFullMatch, exp.SplitPart, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Pad,
    exp.MD5, exp.SHA2, exp.StrPosition, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath,
    exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript,
)  # fmt: skip
LOGIC = (
    exp.And, exp.Or, exp.Not, exp.Is, exp.Like, exp.ILike, exp.Paren, exp.Cast, exp.TryCast,
    exp.DataType, exp.DataTypeParam,
)  # fmt: skip
# Seconds of a timestamp, `epoch(cast(t as timestamp))`: how one tells the distance of two.
TEMPORAL = (exp.TimeToUnix,)
ATOMS = (exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Dot)
ALLOWED = ARITHMETIC + ROUNDING + COMPARISON + CHOICE + TEXTUAL + TEMPORAL + LOGIC + ATOMS
FUNCTIONS = frozenset({"regexp_full_match", "starts_with", "ends_with", "strip_accents", "reverse"})
TYPES = frozenset(
    {"VARCHAR", "TEXT", "INT", "BIGINT", "DECIMAL", "DOUBLE", "DATE", "TIMESTAMP", "TIMESTAMPNTZ"}
)


class ExpressionError(ValueError):
    """An expression is not one of those a feed may use; the message says what to write."""


@dataclass(frozen=True)
class Expression:
    """One checked expression.

    Parameters
    ----------
    text : str
        As written in the feed.
    columns : tuple of str
        The source's columns it reads; a dot goes into a JSON object.
    plain : bool
        It is nothing but one column.
    """

    text: str
    columns: tuple[str, ...]
    plain: bool

    def sql(self, name: Callable[[str], str]) -> str:
        """DuckDB SQL giving text: NULL on an error, ``chr(1)`` where there is no value.

        Parameters
        ----------
        name : callable
            Gives the SQL identifier (unquoted) of a source column.
        """
        return _sql(self.text, tuple((column, name(column)) for column in self.columns))

    def condition(self, name: Callable[[str], str]) -> str:
        """DuckDB SQL giving true or false; false where the expression fails."""
        return _condition(self.text, tuple((column, name(column)) for column in self.columns))


@lru_cache(maxsize=4096)
def _sql(text: str, names: tuple[tuple[str, str], ...]) -> str:
    name, operands = dict(names).__getitem__, list[str]()
    narrow = _typed(_parse(text), "decimal(18,4)", operands)
    wide = _typed(_parse(text), "decimal(19,8)", [])
    rendered = [_render(part, name) for part in (narrow, wide)]
    tried = [f"try(coalesce(cast({part} as varchar), {MISSING}))" for part in rendered]
    if not operands:
        return tried[1]
    # 64-bit decimals multiply thirty times faster than 128-bit ones; both are exact.
    fits = " and ".join(
        f"coalesce(regexp_full_match({_quoted(name(column))}, '{SMALL}'), true)"
        for column in dict.fromkeys(operands)
    )
    return f"coalesce(case when {fits} then {tried[0]} end, {tried[1]})"


@lru_cache(maxsize=4096)
def _condition(text: str, names: tuple[tuple[str, str], ...]) -> str:
    tree = _typed(_parse(text), "decimal(19,8)", [])
    return f"coalesce(try(cast({_render(tree, dict(names).__getitem__)} as boolean)), false)"


def parse(text: str) -> Expression:
    """Check an expression.

    Raises
    ------
    ExpressionError
        It does not parse, or uses something that is not a scalar over columns.
    """
    text = str(text).strip()
    if PLAIN.fullmatch(text) and text.lower() not in ("null", "true", "false"):
        return Expression(text, (text,), plain=True)
    tree = _parse(text)
    names = [_name(node) for node in _columns(tree)]
    return Expression(text, tuple(dict.fromkeys(names)), plain=isinstance(tree, exp.Column))


@lru_cache(maxsize=1024)
def _checked(text: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        raise ExpressionError(f"{text!r} is not an SQL expression") from error
    tree = trees[0] if len(trees) == 1 else None
    if tree is None:
        raise ExpressionError(f"{text!r} is not one SQL expression")
    for node in tree.walk():
        if isinstance(node, exp.Anonymous) and node.name.lower() in FUNCTIONS:
            continue
        if not isinstance(node, ALLOWED):
            word = node.name if isinstance(node, exp.Anonymous) else node.key
            raise ExpressionError(f"{word!r} is not allowed in an expression")
        if isinstance(node, exp.DataType) and node.this.name not in TYPES:
            raise ExpressionError(f"a cast to {node.sql()} is not allowed")
    return tree


def _parse(text: str) -> exp.Expr:
    return _checked(text).copy()


def _columns(tree: exp.Expr) -> list[exp.Expr]:
    """Column references, outermost first: `a.b.c.d.e` is a Dot over a Column."""
    walk = tree.walk(prune=lambda node: isinstance(node, (exp.Column, exp.Dot)))
    return [node for node in walk if isinstance(node, (exp.Column, exp.Dot))]


def _name(node: exp.Expr) -> str:
    parts = node.parts if isinstance(node, (exp.Column, exp.Dot)) else [node]
    return ".".join(part.name for part in parts)


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _render(tree: exp.Expr, name: Callable[[str], str]) -> str:
    root = exp.Paren(this=tree)
    for node in _columns(root):
        node.replace(exp.column(exp.to_identifier(name(_name(node)), quoted=True)))
    return root.sql(dialect="duckdb")


def _results(node: exp.Expr) -> list[exp.Expr | None]:
    """The parts of a node that must be of one kind: what it compares, chooses from or computes."""
    if isinstance(node, exp.Case):
        return [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
    if isinstance(node, exp.If):
        return [node.args["true"], node.args.get("false")]
    if isinstance(node, ROUNDING):
        return [node.this]
    sides = [node.this, *(node.args.get(key) for key in ("expression", "low", "high"))]
    return [*sides, *node.expressions]


def _is_number(node: exp.Expr | None) -> bool:
    """Whether a node yields a number, once its own operands are cast."""
    if isinstance(node, exp.Literal):
        return not node.is_string
    if isinstance(node, (exp.Paren, *CHOICE)):
        return any(_is_number(part) for part in _results(node))
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return bool(node.to.this.name in {"INT", "BIGINT", "DECIMAL", "DOUBLE"})
    return isinstance(node, (*ARITHMETIC, *ROUNDING, *TEMPORAL, exp.Length, exp.StrPosition))


def _typed(tree: exp.Expr, decimal: str, operands: list[str]) -> exp.Expr:
    """Cast the text operands of numeric operators; `operands` collects their column names."""
    root = exp.Paren(this=tree)
    for node in reversed(list(root.walk(bfs=False))):
        if isinstance(node, (*COMPARISON, *CHOICE)) and not isinstance(node.parent, exp.Case):
            numeric = any(_is_number(part) for part in _results(node))
        else:
            numeric = isinstance(node, (*ARITHMETIC, *ROUNDING))
        if numeric:
            _cast_operands(_results(node), decimal, operands, node)
    found: exp.Expr = root.this
    return found


def _cast_operands(
    children: list[exp.Expr | None], decimal: str, operands: list[str], parent: exp.Expr
) -> None:
    for child in children:
        if child is None or isinstance(child, (exp.Literal, exp.Null)):
            continue
        if isinstance(child, exp.Paren):
            _cast_operands([child.this], decimal, operands, parent)
        elif _is_number(child):
            # A product of products would outgrow 38 digits.
            if isinstance(parent, exp.Mul) and isinstance(child, exp.Mul) and "19" in decimal:
                child.replace(exp.cast(child.copy(), decimal))
        else:
            operands.extend(_name(column) for column in _columns(child))
            # DuckDB reads 1_000 as a thousand; a source that writes it means something else.
            odd = exp.func("contains", child.copy(), exp.Literal.string("_"))
            safe = exp.case().when(odd, exp.Literal.string("not a number")).else_(child.copy())
            child.replace(exp.cast(safe, decimal))
