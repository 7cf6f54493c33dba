from __future__ import annotations

import json
from typing import Any

from curvehouse.build.results import read_results
from curvehouse.home import Home

CONTRACT = (
    "Compilation Error in model dim_x (models/marts/dim_x.sql)\n"
    "  This model has an enforced contract that failed.\n  Please ensure …\n  \n"
    "  | column_name | definition_type | contract_type | mismatch_reason |\n"
    "  | ----------- | --------------- | ------------- | --------------- |\n"
    "  | value       | VARCHAR         | DOUBLE        | data type mism… |\n"
    "  | further     | INTEGER         |               | missing in co…  |\n"
)

BROKEN = (
    "its contract is broken: value is VARCHAR and should be DOUBLE; "
    "further is INTEGER and should be absent"
)


def write(home: Home, *results: dict[str, Any], invocation_id: str = "now") -> None:
    home.target.mkdir(parents=True)
    metadata = {"invocation_id": invocation_id}
    nodes = {
        "test.p.unique_x.1": {"name": "unique_x", "original_file_path": "models/_m.yml"},
        "model.p.dim_x": {"name": "dim_x", "original_file_path": "models/marts/dim_x.sql"},
    }
    files: dict[str, dict[str, Any]] = {
        "run_results": {"results": results},
        "manifest": {"nodes": nodes},
    }
    for name, content in files.items():
        path = home.target / f"{name}.json"
        path.write_text(json.dumps({"metadata": metadata, **content}))


def result(unique_id: str, status: str, message: str = "", failures: int | None = None) -> Any:
    return {"unique_id": unique_id, "status": status, "message": message, "failures": failures}


def test_each_failure_is_one_line_that_names_node_fault_and_file(home: Home) -> None:
    write(
        home,
        result("model.p.ok", "success", "OK"),
        result("model.p.later", "skipped"),
        result("model.p.dim_x", "error", CONTRACT),
        result("test.p.unique_x.1", "fail", "Got 3 results, configured to fail if != 0", 3),
        result("test.p.unique_x.1", "warn", "Got 1 result, configured to warn if != 0", 1),
        result("test.p.unknown", "error", "Runtime Error in test unknown (t.sql)\n  IO Error: x"),
    )
    found = read_results(home, "now")
    assert [str(node) for node in found] == [
        f"model dim_x: {BROKEN} (models/marts/dim_x.sql)",
        "test unique_x: 3 failing rows (models/_m.yml)",
        "test unique_x: 1 failing row (models/_m.yml)",
        "test unknown: IO Error: x (its file)",
    ]
    assert [node.is_warning for node in found] == [False, False, True, False]


def test_artefacts_of_another_command_are_not_read(home: Home) -> None:
    write(home, result("model.p.dim_x", "error", CONTRACT), invocation_id="earlier")
    assert read_results(home, "now") == []
    assert read_results(Home(home.root / "nowhere"), "now") == []
