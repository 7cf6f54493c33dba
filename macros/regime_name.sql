{# `HighVol-Down` from the codes of a volatility band and a trend bucket; NULL where either is. #}
{% macro regime_name(vol_band, trend_bucket) -%}
    case {{ vol_band }} when 0 then 'LowVol-' when 1 then 'MidVol-' when 2 then 'HighVol-' end
    || case {{ trend_bucket }} when 0 then 'Down' when 1 then 'Flat' when 2 then 'Up' end
{%- endmacro %}
