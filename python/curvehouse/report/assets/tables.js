// Sorts tables by their headings, and filters the leaderboard.
"use strict";

(() => {
  function valueOf(row, column) {
    const cell = row.cells[column];
    return "o" in cell.dataset ? Number(cell.dataset.o) : cell.textContent.trim();
  }

  // What has no number comes last, whichever way the numbers go.
  function compare(first, second, sign) {
    const isNumber = [first, second].map((value) => typeof value === "number");
    if (isNumber[0] && isNumber[1]) {
      return sign * (first - second);
    }
    if (isNumber[0] || isNumber[1]) {
      return isNumber[0] ? -1 : 1;
    }
    return sign * first.localeCompare(second, undefined, { numeric: true });
  }

  function sortBy(table, heading) {
    const column = heading.cellIndex;
    const first = heading.classList.contains("n") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const order = heading.getAttribute("aria-sort") === first ? other : first;
    for (const cell of table.tHead.rows[0].cells) {
      if (cell.hasAttribute("aria-sort")) {
        cell.setAttribute("aria-sort", cell === heading ? order : "none");
      }
    }
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const keyed = Array.from(body.rows, (row) => [valueOf(row, column), row]);
    keyed.sort((one, two) => compare(one[0], two[0], sign));
    body.append(...keyed.map(([, row]) => row));
    table.dispatchEvent(new Event("sorted"));
  }

  function makeSortable(table) {
    for (const heading of table.tHead.rows[0].cells) {
      if (heading.dataset.unsorted !== undefined) {
        continue;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      if (!heading.hasAttribute("aria-sort")) {
        heading.setAttribute("aria-sort", "none");
      }
      button.addEventListener("click", () => sortBy(table, heading));
    }
  }

  // Of a long table only the first rows that match are laid out, until all are asked for.
  function makeFilter(form) {
    const table = document.getElementById(form.dataset.table);
    const body = table.tBodies[0];
    const subjects = JSON.parse(document.getElementById("subjects").textContent);
    const told = new Map(
      Array.from(body.rows, (row, index) => {
        return [row, { subject: subjects[index], text: row.textContent.toLowerCase() }];
      }),
    );
    const fields = form.elements;
    const output = form.querySelector("output");
    let limit = Number(form.dataset.limit);

    function isWanted({ subject, text }, words) {
      return (
        (fields.run.value === "" || Number(fields.run.value) === subject[0]) &&
        (fields.strategy.value === "" || Number(fields.strategy.value) === subject[1]) &&
        words.every((word) => text.includes(word))
      );
    }

    function apply() {
      const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const row of body.rows) {
        const isFound = isWanted(told.get(row), words);
        found += isFound;
        row.classList.toggle("later", !isFound || found > limit);
      }
      const [shown, all, of] = [Math.min(found, limit), found, told.size].map((number) =>
        number.toLocaleString("en"),
      );
      output.value =
        shown === all ? `${all} of ${of} shown` : `the first ${shown} of ${all} shown`;
      fields.all.hidden = found <= limit;
    }

    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    fields.all.addEventListener("click", () => {
      limit = Infinity;
      apply();
    });
    table.addEventListener("sorted", apply);
    form.hidden = false;
    apply();
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("form.filter").forEach(makeFilter);
  document.documentElement.dataset.ready = "tables";
})();
