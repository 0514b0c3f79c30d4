{# What a touchpoint has of a whole number of parts that is shared by place: the first and those
   between have their shares, cut to whole parts, and the last what is left over. #}
{% macro part_by_place(whole, first_share, middle_share) -%}
    {%- set first_part = 'cast(floor(' ~ first_share ~ ' * cast(' ~ whole ~ ' as double)) as bigint)' -%}
    {%- set middle_part = 'cast(floor(' ~ middle_share ~ ' * cast(' ~ whole ~ ' as double)) as bigint)' -%}
    case
        when touchpoint_count = 1 then {{ whole }}
        when position < touchpoint_count and position = 1 then {{ first_part }}
        when position < touchpoint_count then {{ middle_part }}
        when touchpoint_count = 2 then {{ whole }} - {{ first_part }}
        else {{ whole }} - {{ first_part }} - (touchpoint_count - 2) * {{ middle_part }}
    end
{%- endmacro %}
