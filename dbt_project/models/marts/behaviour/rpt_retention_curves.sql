with cohorts as (
    select * from {{ ref('rpt_retention') }}
    where is_complete
),

final as (
    select
        cohort_basis,
        granularity,
        kind,
        period_number,
        cast(count(*) as bigint) as cohorts,
        cast(sum(cohort_size) as bigint) as people,
        cast(sum(retained) as bigint) as retained,
        cast(cast(sum(retained) as double) / nullif(sum(cohort_size), 0) as decimal(18, 8))
            as weighted_rate,
        cast(cast(sum(retention_rate) as double) / nullif(count(*), 0) as decimal(18, 8))
            as simple_rate,
        {{ as_of() }} as as_of
    from cohorts
    group by cohort_basis, granularity, kind, period_number
)

select * from final
