{# Whether a person meets the `when` of an action's rule: every key with a value must hold; a key left
   out, null or an empty list holds for everyone. An unknown key stops the build. #}
{% macro action_condition(rule) -%}
    {%- set columns = {
        'lifecycle_state': 'lifecycle_state',
        'churn_band': 'churn_band',
        'value_tier': 'value_tier',
        'segment': 'segment_name'
    } -%}
    {%- set conditions = [] -%}
    {%- for key, wanted in (rule.when or {}).items() -%}
        {%- if wanted is none or wanted == [] -%}
        {%- elif key == 'is_converted' -%}
            {%- do conditions.append('is_converted' if wanted else 'not is_converted') -%}
        {%- elif key == 'feedback' -%}
            {%- set said = ['1 = 0'] -%}
            {%- do said.append('is_detractor') if 'detractor' in wanted -%}
            {%- do said.append('has_unanswered_complaint') if 'unanswered_complaint' in wanted -%}
            {%- do conditions.append('(' ~ said | join(' or ') ~ ')') -%}
        {%- elif key in columns -%}
            {%- set values = [wanted] if wanted is string else wanted -%}
            {%- do conditions.append(columns[key] ~ ' in ' ~ text_list(values)) -%}
        {%- else -%}
            {{ exceptions.raise_compiler_error(
                "action '" ~ rule.action ~ "': unknown condition '" ~ key ~ "'; known: is_converted, feedback, "
                ~ columns | join(', ')
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {{ conditions | join(' and ') if conditions else '1 = 1' }}
{%- endmacro %}
