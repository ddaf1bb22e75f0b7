"use strict";

// Sorts and filters the table of counts. The order in which the rows came is kept,
// so that equal ones stay in it.
{
  const table = document.getElementById("table");
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const filter = document.getElementById("filter");
  const matching = document.getElementById("matching");
  const rows = [...body.rows].map((element, order) => ({
    element,
    order,
    pattern: element.cells[0].textContent.toLowerCase(),
    value: (column, kind) => {
      const text = element.cells[column].textContent;
      return kind === "number" ? Number(text.replaceAll(",", "")) : text;
    },
  }));

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const sortBy = (column, direction) => {
    const kind = headings[column].dataset.kind;
    const keyed = rows.map((row) => ({ row, key: row.value(column, kind) }));
    keyed.sort((a, b) => direction * compare(a.key, b.key) || a.row.order - b.row.order);
    body.replaceChildren(...keyed.map(({ row }) => row.element));
    headings.forEach((heading, nth) => {
      if (nth === column) {
        heading.ariaSort = direction === 1 ? "ascending" : "descending";
      } else {
        heading.removeAttribute("aria-sort");
      }
    });
  };

  headings.forEach((heading, column) => {
    heading.querySelector("button").addEventListener("click", () => {
      // The first click on a number puts the largest on top.
      const first = heading.dataset.kind === "number" ? "descending" : "ascending";
      const current = heading.ariaSort;
      const turned = current === "ascending" ? "descending" : "ascending";
      const next = current ? turned : first;
      sortBy(column, next === "ascending" ? 1 : -1);
    });
  });

  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.element.hidden = !row.pattern.includes(wanted);
      shown += row.element.hidden ? 0 : 1;
    }
    matching.textContent = wanted ? `${shown} of ${rows.length}` : "";
  });
}
