"""A model is found by its folder, and looking costs nothing."""

from __future__ import annotations

import subprocess
import sys

from ml.catalogue import specs


def test_every_folder_is_a_model_with_a_purpose_and_tables():
    found = specs()
    assert {"churn", "segments"} <= set(found)
    for name, spec in found.items():
        assert spec.name == name
        assert spec.purpose
        assert spec.tables
        assert all(columns["as_of"] == "date" for columns in spec.tables.values())


def test_listing_the_models_imports_no_numerics():
    code = (
        "import sys; from ml.catalogue import specs; specs();"
        "print([one for one in ('numpy', 'pandas', 'scipy', 'sklearn', 'skops') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
