{% set rules = var('experiments') %}
{% set metrics = rules.metrics %}
{% set parts = experiment_parts(metrics) %}
{% set capped = experiment_capped(metrics) %}
{% set slices = [('all', text_literal('all'))] %}
{% for segment in rules.segments %}
{% do slices.append((segment, 'segment_' ~ loop.index)) %}
{% endfor %}

-- A tenant may cut by nothing: depends_on: {{ ref('dim_users') }}
with units as (
    select
        experiment_id,
        user_key,
        variant,
        exposed_at,
        counted_until
    from {{ ref('int_campaigns__exposures') }}
    where is_counted
),

events as (
    select
        *,
        occurred_at as happened_at
    from {{ ref('int_behaviour__events') }}
),

sessions as (
    select
        *,
        started_at as happened_at
    from {{ ref('int_behaviour__sessions') }}
),

orders as (
    select
        *,
        ordered_at as happened_at
    from {{ ref('int_value__orders') }}
    where is_purchase
),

{% for source in ['events', 'sessions', 'orders'] %}
{% set own = parts | selectattr('source', 'equalto', source) | list %}

{{ source }}_counted as (
    select
        {% for part in own %}
        {{ experiment_sum(part.counted, part.window) }} as {{ part.name }},
        {% endfor %}
        units.experiment_id,
        units.user_key
    from units
    inner join {{ source }}
        on
        units.user_key = {{ source }}.user_key
        and {{ source }}.happened_at >= units.exposed_at - interval {{ rules.cuped_days }} day
    {% if not own %}
    where 1 = 0
    {% endif %}
    group by units.experiment_id, units.user_key
),
{% endfor %}

-- A person whose window has not ended yet has no value: null, not zero.
counted as (
    select
        {% for part in parts %}
        {{ experiment_value(part) }} as {{ part.name }},
        {% endfor %}
        units.experiment_id,
        units.user_key,
        units.variant
    from units
    left join events_counted
        on
        units.experiment_id = events_counted.experiment_id
        and units.user_key = events_counted.user_key
    left join sessions_counted
        on
        units.experiment_id = sessions_counted.experiment_id
        and units.user_key = sessions_counted.user_key
    left join orders_counted
        on
        units.experiment_id = orders_counted.experiment_id
        and units.user_key = orders_counted.user_key
),

{% for number in capped %}

ranked_{{ number }} as (
    select
        experiment_id,
        y_{{ number }} as amount,
        row_number() over (partition by experiment_id order by y_{{ number }} nulls last) as place,
        count(*) over (partition by experiment_id) as people
    from counted
    where y_{{ number }} > 0
),

caps_{{ number }} as (
    select
        experiment_id,
        min(amount) as cap
    from ranked_{{ number }}
    where place >= {{ metrics[number - 1].cap_quantile }} * people
    group by experiment_id
),
{% endfor %}

-- Long tails are cut at the same amount in all variants, and before the exposure as after it.
measured as (
    select
        {% for part in parts %}
        {{ experiment_capped_value(part, capped) }} as {{ part.name }},
        {% endfor %}
        {% for number in capped %}
        caps_{{ number }}.cap as cap_{{ number }},
        {% endfor %}
        {% for segment in rules.segments %}
        {{ experiment_segment(segment) }} as segment_{{ loop.index }},
        {% endfor %}
        counted.experiment_id,
        counted.variant
    from counted
    {% for number in capped %}
    left join caps_{{ number }} on counted.experiment_id = caps_{{ number }}.experiment_id
    {% endfor %}
    {% if rules.segments %}
    left join {{ ref('dim_users') }} as users on counted.user_key = users.user_key
    {% endif %}
),

-- Exact decimals: a sum of doubles depends on the order it is added up in.
summed as (
    {% for segment, value in slices %}
    select
        {% for metric in metrics %}
        {% set number = loop.index %}
        count(y_{{ number }}) as units_{{ number }},
        sum(y_{{ number }}) as sum_y_{{ number }},
        sum(y_{{ number }} * y_{{ number }}) as sum_yy_{{ number }},
        sum(x_{{ number }}) as sum_x_{{ number }},
        sum(x_{{ number }} * x_{{ number }}) as sum_xx_{{ number }},
        sum(x_{{ number }} * y_{{ number }}) as sum_xy_{{ number }},
        {% if number in capped %}
        max(cap_{{ number }}) as cap_{{ number }},
        {% endif %}
        {% endfor %}
        experiment_id,
        variant,
        {{ text_literal(segment) }} as segment,
        {{ value }} as segment_value
    from measured
    group by experiment_id, variant{{ ', ' ~ value if segment != 'all' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    {% for metric in metrics or [none] %}
    {% set number = loop.index %}
    select
        experiment_id,
        {{ text_literal(metric.metric if metric else none) }} as metric,
        variant,
        segment,
        segment_value,
        {% if metric %}
        cast(units_{{ number }} as bigint) as units,
        {% for name in ['y', 'yy', 'x', 'xx', 'xy'] %}
        cast(coalesce(sum_{{ name }}_{{ number }}, 0) as double) as sum_{{ name }},
        {% endfor %}
        cast({{ 'cap_' ~ number if number in capped else 'null' }} as double) as cap,
        {% else %}
        cast(0 as bigint) as units,
        {% for name in ['y', 'yy', 'x', 'xx', 'xy'] %}
        cast(0 as double) as sum_{{ name }},
        {% endfor %}
        cast(null as double) as cap,
        {% endif %}
        {{ as_of() }} as as_of
    from summed
    {% if not metric %}
    where 1 = 0
    {% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
