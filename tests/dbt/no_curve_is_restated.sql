{#
    The past of a curve changed under the same name. That is loaded, since the newer file is what
    its owner wants, and said, since whoever used the older figures should know.
#}
{{ config(severity='warn') }}
select
    backtest_id,
    restated_at,
    first_changed_at
from {{ ref('fct_restated_curves') }}
