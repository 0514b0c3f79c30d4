"""Pages over the published file: YAML in `pages/`, read-only, each night followed without a restart."""

__version__ = "1"

# Read by Dash, to which this package is a component library too. Plotly is fetched beside the rest and not
# only when the first chart asks for it.
_js_dist = [
    {"relative_package_path": "browser/parts.js", "namespace": "dashboards"},
    {"relative_package_path": "browser/frame.js", "namespace": "dashboards"},
    {
        "relative_package_path": "package_data/plotly.min.js",
        "namespace": "plotly",
        "attributes": {"async": "async"},
    },
]
