"""The rooms keep to themselves: who may import, open or read what, read from the source itself."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "orchestration",
    "data_quality",
    "ml",
    "demo",
    "bench",
    "metrics",
    "dashboards",
    "catalogue",
    "clients",
    "matching",
)
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
MODELS = ROOT / "dbt_project" / "models"
SUITES = ROOT / "data_quality" / "suites"


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Every module a file names in an import, however deep the import stands."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _importers(package: str) -> set[str]:
    return {
        _name(path)
        for path in MODULES
        if any(name == package or name.startswith(f"{package}.") for name in _imports(path))
    }


def _mentions(*dotted: str) -> set[str]:
    """The files in which one of these attributes, such as ``os.environ``, is used or imported."""
    found = set()
    for path in MODULES:
        used = {ast.unparse(node) for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)}
        if (used | set(_imports(path))) & set(dotted):
            found.add(_name(path))
    return found


def _under(names: set[str], *places: str) -> set[str]:
    return {name for name in names if name.startswith(places)}


def test_there_is_something_to_look_at() -> None:
    assert {_name(path).split("/")[0] for path in MODULES} >= {"orchestration", "data_quality", "ml"}
    assert "orchestration/warehouse.py" in _importers("duckdb")
    assert "data_quality/rules.py" in _importers("great_expectations")


def test_models_and_gates_know_nothing_of_dagster() -> None:
    assert not _under(_importers("dagster") | _importers("dagster_dbt"), "ml/", "data_quality/", "demo/")


def test_models_take_frames_and_know_no_database() -> None:
    known = _importers("duckdb") | _importers("sqlalchemy") | _importers("orchestration")
    assert not _under(known, "ml/")


def test_what_a_tenant_delivers_is_read_without_dagster_or_dbt() -> None:
    known = _importers("dagster") | _importers("dagster_dbt") | _importers("dbt")
    pure = ("orchestration/contract.py", "orchestration/settings.py", "orchestration/rules.py")
    assert not _under(known, "orchestration/ingestion/", "orchestration/tenant.py", *pure)


def test_one_module_reads_the_environment() -> None:
    assert _mentions("os.environ", "os.getenv", "os.environb", "os.putenv") == {
        "orchestration/environment.py"
    }


def test_one_module_opens_duckdb() -> None:
    assert _mentions("duckdb.connect") == {"orchestration/warehouse.py"}


def test_only_the_gates_know_great_expectations() -> None:
    assert not {name for name in _importers("great_expectations") if not name.startswith("data_quality/")}


def test_the_pipeline_does_not_know_the_demo() -> None:
    # The nightly makes the demo tenant's landing files the first time; nothing else may look.
    assert _under(_importers("demo"), "orchestration/", "ml/", "data_quality/") <= {
        "orchestration/nightly.py"
    }


def test_nobody_unpickles() -> None:
    assert not {
        name
        for package in ("pickle", "cloudpickle", "joblib", "dill", "shelve")
        for name in _importers(package)
    }


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def _texts() -> Iterator[tuple[str, str]]:
    for path in _tracked():
        try:
            yield _name(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_a_file_fits_in_the_head() -> None:
    written = (".py", ".sql", ".yml", ".yaml", ".toml", ".sh")
    assert not {
        name: lines for name, text in _texts() if name.endswith(written) and (lines := text.count("\n")) > 300
    }


def test_no_module_is_named_for_nothing() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
    assert not [_name(path) for path in _tracked() if forbidden & {path.stem, *path.relative_to(ROOT).parts}]


def test_no_file_names_a_machine_or_a_registry() -> None:
    homes = [f"/{place}/" for place in ("root", "home", "Users", "work", "workspace", "mnt")]
    hosts = [f"{host}.org" for host in ("pypi", "pythonhosted")] + ["index" + "-url", "index" + "_url"]
    assert not [(name, word) for name, text in _texts() for word in homes + hosts if word in text]


def test_pages_and_metrics_know_no_pipeline() -> None:
    pipeline = set.union(*(_importers(name) for name in ("dagster", "dbt", "great_expectations", "ml")))
    assert not _under(pipeline, "metrics/", "dashboards/")


def test_every_suite_of_tests_is_run_by_make_test() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    # These have environments, or drivers of Debian's, and commands of their own.
    own = {f"tests/{name}" for name in ("dashboards", "drivers", "superset", "matching")}
    suites = {f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if list(path.rglob("test_*.py"))}
    assert set(settings["testpaths"]) == suites - own


@pytest.mark.parametrize(
    "lock",
    [
        "requirements.lock",
        "requirements-dashboards.lock",
        "requirements-superset.lock",
        "requirements-matching.lock",
    ],
)
def test_a_lock_carries_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


# Rows worked by hand that do not fit beside their model's columns.
BY_HAND = "_by_hand"


def test_rows_worked_by_hand_lie_beside_their_model() -> None:
    for path in MODELS.rglob(f"*{BY_HAND}.yml"):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(said) == {"unit_tests"}, path
        assert {test["model"] for test in said["unit_tests"]} == {path.stem.removesuffix(BY_HAND)}


def _described(path: Path) -> list[str]:
    return [model["name"] for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])]


def test_every_model_is_described_in_one_yaml_beside_it() -> None:
    models = {path.relative_to(MODELS).with_suffix("").as_posix() for path in MODELS.rglob("*.sql")}
    described = {
        path.relative_to(MODELS).with_suffix("").as_posix(): _described(path)
        for path in MODELS.rglob("*.yml")
        if path.parent.name != "sources" and not path.stem.endswith(BY_HAND)
    }
    assert models, "there are models"
    assert set(described) == models
    assert not {path: names for path, names in described.items() if names != [path.split("/")[-1]]}


def _layers() -> tuple[str, ...]:
    from orchestration import layers

    return layers.NAMES


def test_a_layer_is_called_the_same_everywhere() -> None:
    folders = {path.name for path in MODELS.iterdir() if path.is_dir()} - {"sources"}
    suites = {path.name for path in SUITES.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders <= set(_layers())
    assert suites == set(_layers()) | {"models"}


@pytest.mark.parametrize("layer", ["staging", "intermediate", "marts", "features", "activation"])
def test_a_table_and_its_suite_have_the_same_key(layer: str) -> None:
    tables = {path.stem for path in (MODELS / layer).rglob("*.sql")}
    if layer == "staging":
        tables |= {path.stem for path in MODELS.with_name("seeds").glob("*.csv")}
    suites = {path.stem for path in (SUITES / layer).glob("*.py")} - {"__init__"}
    assert suites == tables


def test_every_raw_table_has_a_suite() -> None:
    from orchestration.contract import ENTITIES
    from orchestration.ingestion.register import EVENT_SIZED

    suites = {path.stem for path in (SUITES / "raw").glob("*.py")} - {"__init__"}
    new = {f"{name}_new" for name in EVENT_SIZED}
    assert suites == set(ENTITIES) | new | {"loads", "quarantine"}


def test_every_public_table_has_a_suite() -> None:
    from orchestration import layers, publishing

    beside = {table for tables in layers.PUBLIC_BESIDE_MARTS.values() for table in tables}
    # Rows are public through the view that shows them with their as-of day.
    marts = {path.stem for path in (MODELS / "marts").rglob("*.sql") if not path.stem.endswith("_rows")}
    suites = {path.stem for path in (SUITES / "published").glob("*.py")} - {"__init__"}
    assert suites == marts | beside | set(publishing.MADE_HERE)
