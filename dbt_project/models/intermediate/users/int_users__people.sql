with

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

users as (
    select * from {{ ref('stg_users') }}
),

people as (
    select
        person_id,
        min(user_key) as user_key,
        min(case when id_type = 'user_id' then id end) as user_id,
        min(case when id_type in ('user_id', 'anonymous_id') then first_seen_at end) as first_seen_at
    from identifiers
    group by person_id
),

accounts as (
    select identifiers.person_id, users.*
    from users
    inner join identifiers
        on users.user_id = identifiers.id
        and identifiers.id_type = 'user_id'
),

account_spans as (
    select
        person_id,
        min(registered_at) as registered_at,
        max(updated_at) as updated_at,
        case when count(deleted_at) = count(*) then max(deleted_at) end as deleted_at
    from accounts
    group by person_id
),

-- Of several accounts declared one person's, the one still open and last changed speaks.
speaking_accounts as (
    select *
    from accounts
    qualify row_number() over (
        partition by person_id
        order by
            case when deleted_at is null then 0 else 1 end asc,
            updated_at desc nulls last,
            user_id asc nulls last
    ) = 1
),

final as (
    select
        people.person_id,
        people.user_key,
        people.user_id,
        account_spans.registered_at,
        account_spans.updated_at,
        account_spans.deleted_at,
        people.first_seen_at,
        speaking_accounts.gender,
        speaking_accounts.birth_date,
        speaking_accounts.country,
        speaking_accounts.region,
        speaking_accounts.city,
        speaking_accounts.language,
        speaking_accounts.occupation,
        speaking_accounts.membership_level,
        speaking_accounts.acquisition_channel,
        speaking_accounts.acquisition_campaign_id,
        speaking_accounts.referrer,
        speaking_accounts.platform
    from people
    left join account_spans
        on people.person_id = account_spans.person_id
    left join speaking_accounts
        on people.person_id = speaking_accounts.person_id
)

select * from final
