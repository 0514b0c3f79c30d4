"""What dbt is spared is what nobody needs; an upgrade of dbt that changes it is found here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from dbt import compilation
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.contracts.graph.nodes import ParsedNode

from orchestration import dbt, dbt_manifest, dbt_shortcuts
from orchestration.night import Night
from tests.dbt.small import Small

RULE = {"name": "wrong", "data_tests": [{"keys": {"name": "of_wrong", "arguments": {"unique": ["id"]}}}]}
MODELS = {"right": "select 1 as id", "wrong": "select 1 as id union all select 1", "broken": "select nothing"}


@pytest.mark.parametrize("package", ["userops", "dbt", "another"])
def test_every_macro_is_found_where_dbt_finds_it(tonight: Callable[[date], Night], package: str) -> None:
    by_package = dict(dbt_manifest.parse(tonight(date(2026, 3, 10))).get_macros_by_package())
    # A package of another's, with macros that stand in for some of dbt's and some of the project's.
    by_package["another"] = {
        name: replace(macro, package_name="another", unique_id=f"macro.another.{name}")
        for of in ("userops", "dbt")
        for name, macro in list(by_package[of].items())[:3]
    }

    def found() -> MacroNamespace:
        builder = MacroNamespaceBuilder("userops", package, MacroStack(), ["dbt_duckdb", "dbt"], None)
        return builder.build_namespace(by_package, {})

    def told(namespace: MacroNamespace) -> dict[str, object]:
        """The macro of each name; of a package's name the macros of each name in it."""
        return {
            name: {inner: macro.macro.unique_id for inner, macro in one.items()}
            if isinstance(one, dict)
            else one.macro.unique_id
            for name, one in dict(namespace).items()
        }

    expected = found()
    with dbt_shortcuts.taken():
        quick = found()
    assert type(quick) is not type(expected)
    assert told(quick) == told(expected)
    assert len(quick) == len(expected) > 500
    for where in (None, "dbt", "userops", "another"):
        for name in expected:
            one, other = quick.get_from_package(where, name), expected.get_from_package(where, name)
            assert getattr(one, "macro", None) is getattr(other, "macro", None)


def built(folder: Path) -> tuple[dbtRunnerResult, Path]:
    """A project in which a model and a test of another fail, and where its files go."""
    small, target = Small.of(folder, ["tests/generic/keys.sql"]), folder / "files"
    small.write(MODELS, [RULE])
    folders = [f"--{name}={folder}" for name in ("project-dir", "profiles-dir", "log-path")]
    result = dbtRunner().invoke(["--quiet", "build", *folders, f"--target-path={target}"])
    dbt._close()
    return result, target


def test_only_the_sql_of_what_failed_is_written(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    by_dbt, theirs = built(tmp_path / "theirs")
    with dbt_shortcuts.taken():
        result, ours = built(tmp_path / "ours")
    as_dbt_says = {r.node.name: (str(r.status), r.failures, r.node.compiled_code) for r in by_dbt.result}
    assert {
        r.node.name: (str(r.status), r.failures, r.node.compiled_code) for r in result.result
    } == as_dbt_says
    assert {name for name, (status, *_) in as_dbt_says.items() if status in ("error", "fail")} == {
        "broken",
        "of_wrong",
    }
    assert not list(ours.rglob("*.sql"))
    dbt._write_what_failed(result)
    written = {path.relative_to(ours): path.read_text() for path in ours.rglob("*.sql")}
    assert {path.stem for path in written} == {"broken", "of_wrong"}
    assert all((theirs / path).read_text() == text for path, text in written.items())


def test_afterwards_all_is_as_it_was() -> None:
    def now() -> list[object]:
        return [
            compilation.generate_runtime_model_context,
            MacroNamespaceBuilder.build_namespace,
            ParsedNode.write_node,
        ]

    before = now()
    with dbt_shortcuts.taken():
        assert not set(map(id, now())) & set(map(id, before))
    assert now() == before
    with pytest.raises(ZeroDivisionError), dbt_shortcuts.taken():
        raise ZeroDivisionError
    assert now() == before
