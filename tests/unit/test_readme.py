"""What the documents say can be done: every command, path, link and example is real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from data_quality.interface import PUBLIC
from ml.catalogue import specs
from orchestration.ingestion.feed import load_feeds

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
READMES = PAGES[:2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r'make ([a-z-]+)(?: ([A-Z_]+)=(?:"[^"]*"|[^\s"]+))*(?:\s+#.*)?')
# Made by a night or a build, so not there in a fresh clone.
MADE = {"data", "build", ".secrets", ".venv"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
each_readme = pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(_text(page)) if kind == language]


def _inline(page: Path) -> set[str]:
    """What stands in backticks outside the fenced blocks."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", _text(page))))


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE))


@each_page
def test_every_make_target_named_is_there(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", _text(page), re.MULTILINE))
    assert named <= _targets()


def test_the_readme_names_every_make_target() -> None:
    assert {target for target in _targets() if f"`make {target}`" not in _text(PAGES[0])} == set()


@each_page
def test_every_shell_line_is_a_make_command_with_known_variables(page: Path) -> None:
    for line in "".join(_blocks(page, "sh")).splitlines():
        assert COMMAND.fullmatch(line), line
        for variable in re.findall(r" ([A-Z_]+)=", line.split("#")[0]):
            assert f"$({variable})" in MAKEFILE or f"$(or $({variable})" in MAKEFILE, line


@each_page
def test_every_path_named_is_there(page: Path) -> None:
    made_by_a_recipe = set(re.findall(r"^`(\S+)`$", _text(page), re.MULTILINE))
    places = {path.name for path in ROOT.iterdir()} - MADE
    missing = {
        name
        for name in _inline(page)
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", name)
        and name.split("/")[0] in places
        and name not in made_by_a_recipe
        and not (ROOT / name).exists()
    }
    assert missing == set()


def _slugs(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", _text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    pictures = _text(ROOT / "docs" / "screenshots.py")
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", _text(page))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if target.suffix == ".png":
            assert target.exists() or f'"{target.name}"' in pictures, link
            continue
        assert target.exists(), link
        assert not anchor or anchor in _slugs(target), link


@each_readme
def test_the_feed_shown_is_a_feed(page: Path, tmp_path: Path) -> None:
    (block,) = _blocks(page, "yaml")
    (tmp_path / "shown.yml").write_text(block, encoding="utf-8")
    (feed,) = load_feeds(tmp_path)
    assert feed.name == "shop_orders"
    assert "orders" in feed.entities


def _columns() -> Iterator[tuple[str, dict[str, str]]]:
    """The columns of every public table, from the contract dbt enforces and what the models declare."""
    for name, public in PUBLIC.items():
        found = list((ROOT / "dbt_project" / "models").rglob(f"{name}.yml"))
        declared = [tables[name] for spec in specs().values() if name in (tables := spec.tables)]
        if found:
            (model,) = yaml.safe_load(_text(found[0]))["models"]
            yield name, {column["name"]: column["data_type"] for column in model["columns"]}
        elif declared:
            yield name, dict(declared[0])
        else:
            yield name, {c: "boolean" if c == "success" else "varchar" for c in public.columns}


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published file with every public table and no rows, where the examples look for it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "data" / "demo" / "published" / "current.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        for name, columns in _columns():
            listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create table marts.{name} ({listed})")
    return path


@each_readme
def test_the_examples_read_the_published_file(page: Path, published: Path) -> None:
    examples = _blocks(page, "python")
    assert examples
    for code in examples:
        assert "read_only=True" in code
        exec(compile(code, page.name, "exec"), {})
    with duckdb.connect(published, read_only=True) as connection:
        for block in _blocks(page, "sql"):
            for statement in connection.extract_statements(block):
                connection.execute(statement)


def test_the_readme_fits_in_the_head() -> None:
    assert len(_text(PAGES[0]).splitlines()) <= 250
