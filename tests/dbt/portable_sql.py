"""What DuckDB and Spark do not read alike, found in SQL as it is written and as it is rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.tokens import Token, TokenType


def _list(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions that take the same arguments and give the same result on both engines. Any other belongs
# in a macro of its own with a duckdb__ and a spark__ version.
SHARED = _list(
    """
    abs array_agg avg bool_and bool_or cast ceil chr coalesce concat_ws corr count cume_dist date_trunc
    dense_rank exp extract first_value floor greatest lag last_value lead least left length ln lower
    lpad ltrim max max_by md5 median min min_by nth_value ntile nullif percent_rank power rank
    regexp_extract repeat replace reverse right round row_number rpad rtrim split_part sqrt
    stddev_pop stddev_samp string_agg substring sum translate trim try_cast upper var_pop var_samp
    """
)
# Words and types that stand before a bracket and are no functions.
WORDS = _list(
    """
    all and any as between by case char column decimal distinct else except exists filter from group
    having in intersect is join like not numeric on or order over partition recursive select sets then
    union using values when where with within
    """
)

Rule = tuple[str, Callable[[list[Token]], bool]]


def _words(*phrase: str) -> Callable[[list[Token]], bool]:
    def found(tokens: list[Token]) -> bool:
        said = [token.text.lower() if token.token_type != TokenType.STRING else "''" for token in tokens]
        return any(said[at : at + len(phrase)] == list(phrase) for at in range(len(said)))

    return found


def _kinds(*kinds: TokenType) -> Callable[[list[Token]], bool]:
    return lambda tokens: any(token.token_type in kinds for token in tokens)


def _type(*names: str) -> Callable[[list[Token]], bool]:
    def found(tokens: list[Token]) -> bool:
        said = [token.text.lower() for token in tokens]
        casts = {("as", name, ")") for name in names} | {("::", name) for name in names}
        return any(tuple(said[at : at + len(c)]) == c for c in casts for at in range(len(said)))

    return found


def _from_zero(tokens: list[Token]) -> bool:
    for at, token in enumerate(tokens):
        if token.text.lower() in {"substring", "substr"} and _second(tokens[at + 1 :]) == "0":
            return True
    return False


def _second(tokens: list[Token]) -> str | None:
    """The first word of the second argument of a call that begins at its bracket."""
    depth = 0
    for token, following in pairwise(tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 1:
            return following.text
    return None


WRITTEN: tuple[Rule, ...] = (
    ("EXCLUDE: name the columns", _words("*", "exclude")),
    ("SELECT * REPLACE: name the columns", _words("*", "replace")),
    ("UNION BY NAME: give the columns in order", _words("by", "name")),
    ("ASOF join: rank the candidates", _words("asof")),
    ("IGNORE NULLS: filter them first", _words("ignore", "nulls")),
    ("DISTINCT ON: qualify row_number()", _words("distinct", "on")),
    ("a double-quoted identifier: Spark reads a text", _kinds(TokenType.IDENTIFIER)),
    ("a lambda: unnest, or a macro", _kinds(TokenType.ARROW)),
    ("an array subscript: a macro", _kinds(TokenType.L_BRACKET)),
    ("substring from 0: texts start at 1", _from_zero),
    ("day of the week: iso_weekday()", _words("extract", "(", "dow")),
    ("// divides whole numbers in DuckDB only: floor()", _kinds(TokenType.DIV)),
    ("a text type without a length: dbt.type_string()", _type("varchar", "text")),
    ("HUGEINT: Spark has none", _type("hugeint", "uhugeint", "ubigint", "uinteger")),
    ("now(): the as-of day is a variable", _words("current_date")),
    ("now(): the as-of day is a variable", _words("current_timestamp")),
)


def without_jinja(sql: str) -> str:
    """The SQL a file holds itself: expressions become a word, everything else of Jinja goes."""
    sql = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", sql, flags=re.DOTALL)
    return re.sub(r"\{\{.*?\}\}", " jinja ", sql, flags=re.DOTALL)


def functions(sql: str) -> set[str]:
    """The names of the functions an SQL text calls."""
    tokens = sqlglot.tokenize(sql, read="duckdb")
    pairs = pairwise(tokens)
    words = {a.text.lower() for a, b in pairs if b.text == "(" and a.token_type != TokenType.STRING}
    return {word for word in words if re.fullmatch(r"[a-z_]\w*", word)} - WORDS - {"jinja"}


def written(sql: str) -> Iterator[str]:
    """What a model or a macro for both engines says that only one of them understands."""
    own = without_jinja(sql)
    tokens = sqlglot.tokenize(own, read="duckdb")
    for message, found in WRITTEN:
        if found(tokens):
            yield message
    for name in sorted(functions(own) - SHARED):
        yield f"{name}(): not the same on both engines; write a macro with duckdb__ and spark__"


class _NullsLast(Spark):
    """Spark's grammar with DuckDB's place for nulls."""

    NULL_ORDERING = "nulls_are_last"


def rendered(sql: str, never_null: Collection[str] = ()) -> Iterator[str]:
    """What a rendered query leaves to the engine: the place of nulls, divisions by zero, roundings.

    Parameters
    ----------
    sql : str
        A query as Spark would be given it.
    never_null : collection of str
        Columns that hold no nulls, wherever they occur.
    """
    query = sqlglot.parse_one(sql, read="spark")
    other = sqlglot.parse_one(sql, read=_NullsLast)
    pairs = zip(query.find_all(exp.Ordered), other.find_all(exp.Ordered), strict=True)
    for here, there in pairs:
        differs = here.args.get("nulls_first") != there.args.get("nulls_first")
        if differs and not _never_null(here.this, never_null):
            yield f"order by {here.this.sql()}: write nulls last"
    for division in query.find_all(exp.Div, exp.Mod):
        if _may_be_zero(division.expression):
            yield f"{division.sql()}: divide by nullif(..., 0)"
    for cast in query.find_all(exp.Cast):
        if cast.to.is_type(*exp.DataType.INTEGER_TYPES) and _has_fraction(cast.this):
            yield f"{cast.sql()}: DuckDB rounds and Spark truncates; write round() or floor()"


def _bare(node: exp.Expression) -> exp.Expression:
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _never_null(node: exp.Expression, columns: Collection[str]) -> bool:
    node = _bare(node)
    if isinstance(node, exp.Column):
        return node.name.lower() in columns
    if isinstance(node, exp.Case):
        results = [node.args.get("default"), *(branch.args["true"] for branch in node.args["ifs"])]
        return all(result is not None and _never_null(result, columns) for result in results)
    if isinstance(node, exp.Coalesce):
        return any(_never_null(value, columns) for value in (node.this, *node.expressions))
    if isinstance(node, exp.Binary | exp.MD5 | exp.Chr | exp.Max | exp.Min | exp.Sum):
        return all(_never_null(value, columns) for value in node.iter_expressions())
    return isinstance(node, exp.Literal | exp.Count | exp.RowNumber)


def _may_be_zero(node: exp.Expression) -> bool:
    node = _bare(node)
    if isinstance(node, exp.Literal):
        return float(node.this) == 0
    if isinstance(node, exp.Mul):
        return _may_be_zero(node.left) or _may_be_zero(node.right)
    return not isinstance(node, exp.Nullif)


def _has_fraction(node: exp.Expression) -> bool:
    node = _bare(node)
    if isinstance(node, exp.Literal):
        return not node.is_string and "." in node.this
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _has_fraction(node.left) or _has_fraction(node.right)
    return isinstance(node, exp.Div | exp.Avg | exp.Median)
