{# `HighVol-Down` from a volatility band and a trend bucket; NULL where either is. #}
{% macro regime_name(vol_band, trend_bucket) -%}
    case {{ vol_band }} when 'low' then 'LowVol-' when 'mid' then 'MidVol-' when 'high' then 'HighVol-' end
    || case {{ trend_bucket }} when 'down' then 'Down' when 'flat' then 'Flat' when 'up' then 'Up' end
{%- endmacro %}
