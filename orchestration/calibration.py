"""What the models' probabilities came to on the day they were tested on, as a public table."""

from __future__ import annotations

from datetime import date

import duckdb

# Of the curves that a model's card draws: the forecast that is published, and the rule it had to beat. A
# model of several goals has a method of each, `goal method, goal method`, or one for all of them.
_TABLE = """
create or replace table marts.rpt_model_calibration as
with plots as (
    select model, model_version, method as published, unnest(from_json(card -> '$.plots', '["json"]')) as plot
    from private.predictions.ml_model_version where as_of = $as_of
),
curves as (
    select
        model,
        model_version,
        published,
        replace(regexp_extract(plot ->> '$.title', '^(?:(.*): )?Calibration$', 1), ' ', '_') as goal,
        unnest(range(json_array_length(plot, '$.series')::bigint)) as place,
        plot -> '$.series' as series
    from plots where regexp_matches(plot ->> '$.title', '^(.*: )?Calibration$')
),
points as (
    select
        *,
        series -> place ->> '$.name' as method,
        unnest(from_json(series -> place -> '$.points', '[["double"]]')) as point,
        unnest(range(1, json_array_length(series -> place, '$.points')::bigint + 1)) as bin
    from curves
)
select
    model,
    model_version,
    coalesce(nullif(goal, ''), model) as target,
    method,
    published = method
    or list_contains(string_split(published, ', '), ltrim(goal || ' ' || method)) as is_published,
    cast(bin as integer) as bin,
    point[1] as foretold,
    point[2] as happened,
    $as_of::date as as_of
from points
order by model, target, is_published desc, method, bin
"""


def write(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Write `marts.rpt_model_calibration` from the cards of a night's models in `private`.

    Parameters
    ----------
    connection : DuckDBPyConnection
        On the file about to be published, with the private file attached as `private`.
    as_of : date
        The night.
    """
    connection.execute(_TABLE, {"as_of": as_of})
