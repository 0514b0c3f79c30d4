"""The environment is listed: what is not known is refused, what is secret is not shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration import environment
from orchestration.environment import UnknownVariable


def test_an_unknown_variable_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownVariable, match=r"USEROPS_TENNANT.*USEROPS_TENANT"):
        environment.read({"USEROPS_TENNANT": "demo"})


def test_an_unknown_kind_of_environment_does_not_fall_through_to_a_default() -> None:
    with pytest.raises(UnknownVariable, match="staging is not one of local, ci, production"):
        environment.read({"USEROPS_ENVIRONMENT": "staging"})


def test_variables_of_other_programs_are_none_of_its_business() -> None:
    assert environment.read({"PATH": "/bin", "DAGSTER_HOME": "/x"}) == environment.Environment()


def test_an_empty_variable_counts_as_not_given() -> None:
    assert environment.read({"USEROPS_TENANT": "", "USEROPS_DATA": ""}) == environment.Environment()


def test_secrets_do_not_show_in_a_repr() -> None:
    found = environment.read(
        {
            "USEROPS_PSEUDONYM_KEY": "s3cret-key",
            "USEROPS_WEBHOOK_URL": "https://hooks.example.test/s3cret-path",
            "USEROPS_SMTP_URL": "smtp://ops:s3cret-password@mail.example.test",
        }
    )
    assert found.pseudonym_key == "s3cret-key"
    assert "s3cret" not in repr(found)


def test_only_listed_variables_can_be_set() -> None:
    with pytest.raises(UnknownVariable, match="tennant is not a variable"):
        environment.write("tennant", "demo")
    environment.write("as_of", "2026-03-10")
    assert environment.read().as_of == "2026-03-10"


def test_state_lies_in_the_data_folder_asked_for_else_under_the_tenants_name(tmp_path: Path) -> None:
    asked = environment.read({"USEROPS_DATA": str(tmp_path)})
    assert asked.data_folder("corner_shop") == tmp_path
    default = environment.read({})
    assert default.data_folder("corner_shop") == environment.PROJECT_ROOT / "data" / "corner_shop"


def test_every_library_is_told_to_report_to_nobody(tmp_path: Path) -> None:
    environment.silence_telemetry(tmp_path)
    assert {name: os.environ[name] for name in environment.QUIET} == environment.QUIET
    assert os.environ["DAGSTER_HOME"] == str(tmp_path)
