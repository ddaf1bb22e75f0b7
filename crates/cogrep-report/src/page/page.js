"use strict";

// Sorts and filters the tables. The order in which the rows came is kept, so that equal ones
// stay in it.
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const rows = [...body.rows].map((element, order) => ({
    element,
    order,
    name: element.cells[0].textContent.toLowerCase(),
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
    heading.querySelector("button")?.addEventListener("click", () => {
      // The first click on a number puts the largest on top.
      const first = heading.dataset.kind === "number" ? "descending" : "ascending";
      const current = heading.ariaSort;
      const turned = current === "ascending" ? "descending" : "ascending";
      const next = current ? turned : first;
      sortBy(column, next === "ascending" ? 1 : -1);
    });
  });

  const filter = document.getElementById(table.dataset.filter);
  const matching = document.getElementById(table.dataset.matching);
  filter?.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.element.hidden = !row.name.includes(wanted);
      shown += row.element.hidden ? 0 : 1;
    }
    matching.textContent = wanted ? `${shown} of ${rows.length}` : "";
  });
}
