"""The first answer when a page is opened by its address: which scripts run, and what comes meanwhile."""

from __future__ import annotations

import re

import dash
import flask

# Run by every reader and used by none: what browsers of ten years ago lacked, and parts that no page has.
LEFT_OUT = (
    "/dash/deps/polyfill@",
    "/dash/dash_table/",
    "/dash_mantine_components/",
    "/vizro_dash_components/",
    "/js/models/ag_grid.",
    "/js/models/checklist.",
    "/js/models/container.",
    "/js/models/datetime_picker.",
    "/js/models/graph.",
    "/js/models/time_picker.",
    "/css/aggrid.",
    "/css/code.",
    "/css/date_time_pickers.",
    "/css/mantine_dates.",
    "/css/table.",
    "/css/tabs.",
)
# What Dash asks once all of its scripts have run.
ASKED = ("_dash-layout", "_dash-dependencies")
# What pages are written in, which a browser would ask for when the first word is laid out, and again after.
FONTS = tuple(
    f"_dash-component-suites/vizro/static/css/fonts/{name}"
    for name in ("inter-variable-font.ttf", "material-symbols-outlined.woff2")
)
# Run beside the others; else the controls are drawn empty, this is asked for, and they are drawn again.
CONTROLS = f"_dash-component-suites/dash/dcc/async-dropdown.js?v={dash.__version__}"
# By these names Dash writes a file's time, or its own version, into an address.
VERSIONED = frozenset("mv")
KEPT = (".css", ".ico", ".js")
A_YEAR = 365 * 24 * 3600
SCRIPT = re.compile(r"<script[^>]*\bsrc=\"([^\"]+)\"[^>]*></script>\n?")
STYLE = re.compile(r"<link[^>]*\bhref=\"([^\"]+)\"[^>]*>\n?")


def quicken(application: dash.Dash) -> None:
    """Have the application answer with an index of the scripts its pages use; what is versioned is kept."""
    whole = application.interpolate_index

    def index(**parts: str) -> str:
        prefix = application.config.requests_pathname_prefix
        return whole(**{**parts, **shortened(parts["scripts"], parts["css"], prefix)})

    # Vizro makes the application, so it cannot be of a class of ours; types forbid to assign a method.
    setattr(application, "interpolate_index", index)  # noqa: B010

    @application.server.after_request
    def kept(answer: flask.Response) -> flask.Response:
        # A file with a version in its address is another when it changes; a page's address may hold anything.
        asked = flask.request
        if answer.status_code == 200 and asked.path.endswith(KEPT) and VERSIONED & set(asked.args):
            answer.cache_control.no_cache = None
            answer.cache_control.max_age = A_YEAR
        return answer


def shortened(scripts: str, css: str, prefix: str) -> dict[str, str]:
    """The scripts to run, and before the styles what is fetched while they run.

    Plotly takes longest to run and is wanted last: `browser/parts.js` runs it while the server is asked.
    """
    asked = [_early(prefix + name, "fetch", ' crossorigin="anonymous"') for name in ASKED]
    asked += [_early(prefix + name, "font", ' crossorigin="anonymous"') for name in FONTS]

    def kept(found: re.Match[str]) -> str:
        source = found[1]
        if "/plotly/" in source:
            asked.append(_early(source, "script"))
            return ""
        return used(found)

    def used(found: re.Match[str]) -> str:
        return "" if any(name in found[1] for name in LEFT_OUT) else found[0]

    left = f'<script async src="{prefix}{CONTROLS}"></script>\n{SCRIPT.sub(kept, scripts)}'
    return {"scripts": left, "css": "\n".join([*asked, STYLE.sub(used, css)])}


def _early(address: str, kind: str, more: str = "") -> str:
    return f'<link rel="preload" href="{address}" as="{kind}"{more}>'
