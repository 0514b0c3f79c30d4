"""The bundle for Superset: whole in itself, true to the file it is made for, and shut off from all else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy
import yaml

from clients.superset import bundle
from clients.superset.__main__ import main
from dashboards import dictionary

HERE = Path(bundle.__file__).parent
TABLES = {path.stem for path in (HERE / "datasets").glob("*.yaml")}


def _publish(folder: Path, tables: set[str] = TABLES) -> Path:
    """A file with the tables of the datasets, every column a number but the one that is a yes or no."""
    folder.mkdir(parents=True)
    with duckdb.connect(folder / "generation_1.duckdb") as connection:
        connection.execute("create schema marts")
        for table in tables:
            names = [name.split(".")[1] for name in dictionary.columns() if name.startswith(f"{table}.")]
            values = ["true as success" if name == "success" else f'1 as "{name}"' for name in names]
            connection.execute(f"create table marts.{table} as select {', '.join(values)}")
    (folder / "current.duckdb").symlink_to("generation_1.duckdb")
    return folder / "current.duckdb"


def _read(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: yaml.safe_load(archive.read(name)) for name in archive.namelist()}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _publish(tmp_path_factory.mktemp("data") / "odd name" / "published")


def _of(files: dict[str, Any], folder: str) -> list[dict[str, Any]]:
    return [content for name, content in files.items() if name.startswith(f"userops/{folder}/")]


def test_every_part_names_parts_that_are_there(published: Path) -> None:
    files = _read(bundle.zipped(published))
    (database,) = _of(files, "databases")
    datasets = {one["uuid"]: one for one in _of(files, "datasets")}
    charts = {one["uuid"]: one for one in _of(files, "charts")}
    assert {one["database_uuid"] for one in datasets.values()} == {database["uuid"]}
    for chart in charts.values():
        dataset = datasets[chart["dataset_uuid"]]
        columns = {column["column_name"] for column in dataset["columns"]}
        metrics = {metric["metric_name"] for metric in dataset["metrics"]}
        asked = chart["params"]
        assert set(asked.get("metrics", [])) <= metrics, chart["slice_name"]
        named = [*asked.get("groupby", []), *asked.get("all_columns", []), *asked.get("groupbyRows", [])]
        named += [condition["subject"] for condition in asked["adhoc_filters"]]
        named += [asked["x_axis"]] if "x_axis" in asked else []
        assert set(named) <= columns, chart["slice_name"]
    (dashboard,) = _of(files, "dashboards")
    parts = [part for part in dashboard["position"].values() if isinstance(part, dict)]
    shown = [part["meta"] for part in parts if part["type"] == "CHART"]
    assert {one["uuid"]: one["sliceName"] for one in shown} == {
        uuid: chart["slice_name"] for uuid, chart in charts.items()
    }


def test_every_metric_can_be_asked_of_its_table(published: Path) -> None:
    datasets = _of(_read(bundle.zipped(published)), "datasets")
    with duckdb.connect(published, read_only=True) as connection:
        for dataset in datasets:
            for metric in dataset["metrics"]:
                sql = f"select {metric['expression']} from marts.{dataset['table_name']}"
                assert len(connection.execute(sql).fetchall()) == 1


def test_columns_carry_their_meaning_in_both_languages(published: Path) -> None:
    files = _read(bundle.zipped(published))
    columns = files["userops/datasets/userops/rpt_engagement.yaml"]["columns"]
    (dau,) = [column for column in columns if column["column_name"] == "dau"]
    assert dau["description"] == "People active on the day.\n日活跃人数"


def test_the_address_opens_the_file_read_only_and_nothing_else(published: Path) -> None:
    engine = sqlalchemy.create_engine(bundle.address(published), poolclass=sqlalchemy.NullPool)
    outside = published.parent / "outside.txt"
    outside.write_text("not for readers")
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select sum(dau) from marts.rpt_engagement")).scalar() == 1
        for sql in (
            "create table marts.mine as select 1 as one",
            f"select * from read_text('{outside}')",
            f"copy marts.rpt_engagement to '{outside}'",
            "set enable_external_access = true",
        ):
            with pytest.raises(sqlalchemy.exc.DBAPIError):
                connection.execute(sqlalchemy.text(sql))
    assert outside.read_text() == "not for readers"


def test_the_same_file_gives_the_same_bytes(published: Path) -> None:
    assert bundle.zipped(published) == bundle.zipped(published)


def test_an_older_file_is_refused_by_name(tmp_path: Path) -> None:
    path = _publish(tmp_path / "published", TABLES - {"rpt_funnels"})
    with pytest.raises(bundle.OlderFile, match="no table rpt_funnels"):
        bundle.zipped(path)


def test_nothing_published_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USEROPS_DATA", str(tmp_path))
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "out.zip")]) == 2
    assert "make nightly" in capsys.readouterr().err
