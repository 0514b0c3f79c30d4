"""What dbt is spared is what nobody needs; an upgrade of dbt that changes it is found here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from dbt import compilation
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.clients import jinja
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt_common.exceptions import CompilationError

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


def test_a_build_comes_to_what_dbt_comes_to(tmp_path: Path) -> None:
    def told(result: dbtRunnerResult, files: Path) -> tuple[object, ...]:
        said = {r.node.name: (str(r.status), r.failures, r.node.compiled_code) for r in result.result}
        written = {path.relative_to(files).as_posix(): path.read_text() for path in files.rglob("*.sql")}
        return said, written

    (tmp_path / "theirs").mkdir()
    expected = told(*built(tmp_path / "theirs"))
    with dbt_shortcuts.taken():
        found = told(*built(tmp_path / "ours"))
    said, written = expected
    assert {name for name, (status, *_) in said.items() if status in ("error", "fail")} == {
        "broken",
        "of_wrong",
    }
    assert written, "what a model comes to is kept for the catalogue"
    assert found == expected


TEXT = "{% set found = [one, 2] %}{{ found }}{% do found.append(3) %}{{ found | length }}"


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("text", [TEXT, "{{ one }}", "{{ one | as_native }}", "{{ missing or 4 }}", "5", 6])
def test_a_text_is_filled_with_what_is_given_each_time(text: object, native: bool) -> None:
    def filled() -> list[object]:
        return [jinja.get_rendered(text, {"one": one}, native=native) for one in (1, "a", 1)]

    expected = filled()
    dbt_shortcuts._compiled.cache_clear()
    with dbt_shortcuts.taken():
        first, again = filled(), filled()
    assert first == again == expected
    assert list(map(type, first)) == list(map(type, expected))
    counted = dbt_shortcuts._compiled.cache_info()
    # A plain "5" dbt itself does not compile, or keeps as it came out.
    assert (counted.misses, counted.hits) == ((0, 0) if text == "5" else (1, 5))


def test_a_text_that_is_broken_is_told_of_its_own_node_each_time() -> None:
    def said(node: object) -> str:
        with pytest.raises(CompilationError) as told:
            jinja.get_rendered("{% if %}", {}, node)
        assert told.value.node is node
        return str(told.value)

    one, other = (SimpleNamespace(resource_type="model", name=n, original_file_path=n) for n in "ab")
    expected = [said(one), said(other)]
    with dbt_shortcuts.taken():
        assert [said(one), said(other)] == expected


def test_afterwards_all_is_as_it_was() -> None:
    def now() -> list[object]:
        return [
            compilation.generate_runtime_model_context,
            MacroNamespaceBuilder.build_namespace,
            jinja.get_template,
        ]

    before = now()
    with dbt_shortcuts.taken():
        assert not set(map(id, now())) & set(map(id, before))
    assert now() == before
    with pytest.raises(ZeroDivisionError), dbt_shortcuts.taken():
        raise ZeroDivisionError
    assert now() == before
