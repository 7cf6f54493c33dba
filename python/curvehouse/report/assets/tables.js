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

  function makeFilter(form) {
    const table = document.getElementById(form.dataset.table);
    const subjects = JSON.parse(document.getElementById("subjects").textContent);
    const rows = Array.from(table.tBodies[0].rows, (row, index) => {
      return { row, subject: subjects[index], text: row.textContent.toLowerCase() };
    });
    const output = form.querySelector("output");
    const fields = form.elements;

    function apply() {
      const words = fields.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, subject, text } of rows) {
        const isWanted =
          (fields.run.value === "" || Number(fields.run.value) === subject[0]) &&
          (fields.strategy.value === "" || Number(fields.strategy.value) === subject[1]) &&
          words.every((word) => text.includes(word));
        row.hidden = !isWanted;
        shown += isWanted;
      }
      output.value = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
    }

    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    apply();
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("form.filter").forEach(makeFilter);
  document.documentElement.dataset.ready = "tables";
})();
