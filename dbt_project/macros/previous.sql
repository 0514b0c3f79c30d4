{# A model's table as the proven night left it. No edge of the graph: it is read by what is built
   before the model itself is changed, and by nothing after. #}
{% macro previous(name) -%}
    {%- set found = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', name) | list -%}
    {%- set node = found[0] -%}
    {{ return(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) }}
{%- endmacro %}
