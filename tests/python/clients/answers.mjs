// What Node's client sees of a published file, as answers.py has it:
// node answers.mjs FILE < QUESTIONS
import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const instance = await DuckDBInstance.create(process.argv[2], { access_mode: "READ_ONLY" });
const connection = await instance.connect();

async function run(query) {
  const reader = await connection.runAndReadAll(query);
  return reader.getRowsJson();
}

const rows = [];
for (const question of JSON.parse(readFileSync(0, "utf8"))) {
  rows.push(await run(question));
}
const tables = {};
const columns = await run(
  "select table_name, column_name from information_schema.columns " +
    "order by table_name, ordinal_position",
);
for (const [table, column] of columns) {
  (tables[table] ??= []).push(column);
}
const comments = await run(
  "select table_name, comment from duckdb_tables() union all " +
    "select table_name || '.' || column_name, comment from duckdb_columns() where not internal",
);
let refusal = "";
try {
  await run("create table written (a integer)");
} catch (error) {
  refusal = error.message;
}
console.log(JSON.stringify({ tables, comments: Object.fromEntries(comments), rows, refusal }));
