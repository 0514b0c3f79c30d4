{# The order of versions that no time of the source's own can tell apart: by delivered file, and
   within it by line. The folder a file came from decides before the night it was loaded, so the
   order of arrival does not matter. #}
{% macro latest_delivery() -%}
    _file desc nulls last, _loaded_on desc, _file_sha256 desc, _line desc
{%- endmacro %}
