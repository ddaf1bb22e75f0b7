"use strict";

// Sorts and filters the tables. The order in which the rows came is kept, so that equal ones
// stay in it. A long table comes as text, of which only the rows near those in view are made.

// How many rows are made at once: an even number, so that their bands go on.
const GROUP = 50;

// Browsers end a page after some millions of pixels; a row has 30 or a few more.
const MOST_IN_VIEW = 400_000;

const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const shown = (number) => number.toLocaleString("en");

// A row that is in the page.
class Row {
  constructor(element, order) {
    this.element = element;
    this.order = order;
  }

  text(column) {
    return this.element.cells[column].textContent;
  }
}

// A row that is text, and no part of the page before it is seen.
class RowOfText {
  constructor(markup, order) {
    this.markup = markup;
    this.order = order;
  }

  text(column) {
    const cell = this.markup.split(/<\/t[hd]>/, column + 1)[column];
    const text = cell.replaceAll(/<[^>]*>/g, "");
    return text.replaceAll(/&([^;]*);/g, (_, name) => CHARACTERS[name]);
  }
}

// A table whose rows are all in the page.
class Table {
  note = "";

  constructor(element) {
    this.element = element;
    this.rows = [...element.tBodies[0].rows].map((row, order) => new Row(row, order));
  }

  show(rows) {
    this.element.tBodies[0].replaceChildren(...rows.map((row) => row.element));
  }
}

// A table that makes the rows near those in view, in groups. In place of the others is space;
// what has not been seen yet is taken to be as high as what was seen first.
class LongTable {
  made = new Map();
  rowHeight = 0;
  width = 0;

  constructor(source) {
    const [head, rest] = source.textContent.split("<tbody>\n");
    const lines = rest.slice(0, rest.indexOf("\n</tbody>")).split("\n");
    this.rows = lines.map((markup, order) => new RowOfText(markup, order));
    this.note = `${shown(this.rows.length)} in all: this finds them all, the search of the browser only those near the ones in view.`;
    if (this.rows.length > MOST_IN_VIEW) {
      this.note += ` The first ${shown(MOST_IN_VIEW)} can be scrolled to.`;
    }
    this.space = document.createElement("div");
    this.space.innerHTML = `${head}</table>`;
    this.element = this.space.firstElementChild;
    this.region = source.parentElement;
    source.replaceWith(this.space);
    this.show(this.rows);
    this.region.addEventListener("scroll", () => this.make(), { passive: true });
    // Where it gets wider or narrower, rows get lower or higher.
    new ResizeObserver(() => this.fit()).observe(this.region);
    addEventListener("beforeprint", () => this.makeAll());
    addEventListener("afterprint", () => this.makeFew());
  }

  show(rows) {
    this.all = rows;
    this.groups = [];
    for (let nth = 0; nth < Math.min(rows.length, MOST_IN_VIEW); nth += GROUP) {
      this.groups.push({ first: nth, rows: rows.slice(nth, nth + GROUP) });
    }
    this.element.setAttribute("aria-rowcount", rows.length + 1);
    this.clear();
    this.region.scrollTop = 0;
    this.make();
  }

  clear() {
    [...this.element.tBodies].forEach((body) => body.remove());
    this.made.clear();
  }

  // For paper, which nobody scrolls.
  makeAll() {
    this.left = this.region.scrollTop;
    this.clear();
    this.element.append(this.bodyOf({ first: 0, rows: this.all }));
    this.space.style.padding = "0";
    this.keepColumns(false);
  }

  makeFew() {
    this.show(this.all);
    this.region.scrollTop = this.left ?? 0;
  }

  fit() {
    if (this.region.clientWidth === this.width) return;
    this.width = this.region.clientWidth;
    const inView = this.inView([...this.made.keys()]);
    this.groups.forEach((group) => delete group.height);
    this.keepColumns(false);
    this.rowHeight = 0;
    this.measure();
    this.region.scrollTop = this.above(inView);
    this.make();
  }

  // The first of these groups that is seen.
  inView(groups) {
    const { scrollTop } = this.region;
    return groups.find((group) => this.above(group) + this.heightOf(group) > scrollTop);
  }

  heightOf(group) {
    return group.height ?? group.rows.length * this.rowHeight;
  }

  // What is above this group, in pixels.
  above(wanted) {
    let sum = 0;
    for (const group of this.groups) {
      if (group === wanted) break;
      sum += this.heightOf(group);
    }
    return sum;
  }

  // Makes the groups in view and near it, and forgets the others.
  make() {
    if (!this.groups.length) {
      this.space.style.padding = "0";
      return;
    }
    const { scrollTop, clientHeight } = this.region;
    const near = this.near(scrollTop - clientHeight, scrollTop + 2 * clientHeight);
    for (const [group, body] of this.made) {
      if (near.includes(group)) continue;
      body.remove();
      this.made.delete(group);
    }
    let previous = this.element.tHead;
    for (const group of near) {
      if (!this.made.has(group)) {
        const body = this.bodyOf(group);
        previous.after(body);
        this.made.set(group, body);
      }
      previous = this.made.get(group);
    }
    // What is in view stays where it is, whatever the groups above it turn out to be.
    const inView = this.inView(near);
    const before = this.above(inView);
    this.measure();
    const first = this.above(near[0]);
    const end = this.above(near.at(-1)) + this.heightOf(near.at(-1));
    this.space.style.padding = `${first}px 0 ${this.above(null) - end}px`;
    const wanted = inView ? scrollTop + this.above(inView) - before : scrollTop;
    // It has moved, too, where there was less space for a moment.
    if (Math.abs(this.region.scrollTop - wanted) >= 1) this.region.scrollTop = wanted;
  }

  // The groups between two heights; the last one if there are none.
  near(from, to) {
    const near = [];
    let top = 0;
    for (const group of this.groups) {
      const bottom = top + this.heightOf(group);
      if (bottom >= from && top <= to) near.push(group);
      top = bottom;
      // Before anything was measured, the first group is as good as any.
      if (!this.rowHeight) break;
    }
    return near.length ? near : this.groups.slice(-1);
  }

  measure() {
    for (const [group, body] of this.made) {
      group.height = body.getBoundingClientRect().height;
      this.rowHeight ||= group.height / group.rows.length;
    }
    this.keepColumns(true);
  }

  // Columns do not become narrower while one scrolls.
  keepColumns(keep) {
    const headings = [...this.element.tHead.rows[0].cells];
    const widths = headings.map((heading) => heading.getBoundingClientRect().width);
    headings.forEach((heading, column) => {
      heading.style.minWidth = keep ? `${widths[column]}px` : "";
    });
  }

  bodyOf({ first, rows }) {
    const body = document.createElement("tbody");
    // The heading is the first row.
    const numbered = ({ markup }, nth) =>
      markup.replace("<tr", `<tr aria-rowindex="${first + nth + 2}"`);
    body.innerHTML = rows.map(numbered).join("");
    return body;
  }
}

const tables = [...document.querySelectorAll(".scroll > *")].map((element) =>
  element.matches("noscript") ? new LongTable(element) : new Table(element),
);

for (const table of tables) {
  const headings = [...table.element.tHead.rows[0].cells];
  const filter = document.getElementById(table.element.dataset.filter);
  const matching = document.getElementById(table.element.dataset.matching);
  let sorted = table.rows;

  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

  const showSome = () => {
    const wanted = filter?.value.toLowerCase() ?? "";
    const fits = (row) => (row.name ??= row.text(0).toLowerCase()).includes(wanted);
    const some = wanted ? sorted.filter(fits) : sorted;
    table.show(some);
    if (matching) matching.textContent = wanted ? `${some.length} of ${sorted.length}` : table.note;
  };

  const sortBy = (column, direction) => {
    const kind = headings[column].dataset.kind;
    const keyed = table.rows.map((row) => {
      const text = row.text(column);
      return { row, key: kind === "number" ? Number(text.replaceAll(",", "")) : text };
    });
    keyed.sort((a, b) => direction * compare(a.key, b.key) || a.row.order - b.row.order);
    sorted = keyed.map(({ row }) => row);
    showSome();
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

  filter?.addEventListener("input", showSome);
  if (matching) matching.textContent = table.note;
}
