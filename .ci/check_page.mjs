// Opens reports in a headless Chromium and looks at them as a reader would: narrow and
// wide, light and dark. Nothing may be loaded, no error may reach the console, axe-core
// may find no violation, no label may lie on another, the table must sort and filter, by mouse
// and by keyboard, and on paper nothing may be cut off. Of a long table only the rows near
// those in view are made: one who scrolls sees all of them, as do paper and a browser without
// scripts.
//
// usage: check_page.mjs MODULES CHROMIUM FOLDER PAGE.html...
//
// MODULES is a folder with playwright-core and axe-core in it; pictures of the pages go
// to FOLDER.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, folder, ...pages] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = [360, 800, 1440];

// What is between the margins of a page of A4, in pixels.
const PAPER = 718;
const MARGIN = { top: "10mm", bottom: "10mm", left: "10mm", right: "10mm" };
const SCHEMES = ["light", "dark"];

// A context that waits for as long as it takes: a machine may be busy.
async function newContext(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(0);
  return context;
}

// What axe-core objects to, each with the first place.
async function violations(page) {
  // Through the debugger, since the page's own policy forbids it anything from outside.
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document));
  assert.ok(found.passes.length > 10, "axe-core has looked");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}

// Labels of pictures that lie on each other or reach out of their picture.
function collisions() {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const paper = svg.getBoundingClientRect();
    const labels = [...svg.querySelectorAll("text")].map((text) => ({
      words: text.firstChild?.data ?? "",
      box: text.getBoundingClientRect(),
    }));
    // Only labels whose rows meet can collide: sorted, those are neighbours.
    labels.sort((a, b) => a.box.top - b.box.top);
    labels.forEach(({ words, box }, nth) => {
      if (box.left < paper.left || box.right > paper.right || box.bottom > paper.bottom) {
        found.push(`${words} reaches out of its picture`);
      }
      for (const other of labels.slice(nth + 1)) {
        if (other.box.top >= box.bottom - 1) break;
        if (other.box.left < box.right - 1 && box.left < other.box.right - 1) {
          found.push(`${words} lies on ${other.words}`);
        }
      }
    });
  }
  return found;
}

// What is beyond the edge of a page of paper, or in a part that scrolls, which paper does not.
function cropped() {
  const found = [];
  for (const box of document.querySelectorAll("body, .scroll, td, th, code, svg")) {
    const { right } = box.getBoundingClientRect();
    const name = `${box.tagName} ${box.id}${box.textContent.slice(0, 30)}`;
    if (right > innerWidth + 1) found.push(`${name} is cut off on paper`);
    if (box.matches(".scroll") && box.scrollHeight > box.clientHeight + 1) {
      found.push(`${name} scrolls on paper`);
    }
  }
  return found;
}

// The cells of a column, in the rows that are seen.
const column = (page, nth) =>
  page.$$eval(
    "#table tbody tr",
    (rows, nth) => rows.filter((row) => row.offsetParent).map((row) => row.cells[nth].textContent),
    nth,
  );

const numbers = async (page, nth) =>
  (await column(page, nth)).map((text) => Number(text.replaceAll(",", "")));

const heading = (page, nth) => page.locator("#table thead th").nth(nth);

async function sorts(page) {
  const given = await column(page, 0);
  const counts = await numbers(page, 1);
  const falling = [...counts].sort((a, b) => b - a);
  await heading(page, 1).getByRole("button").click();
  assert.deepEqual(await numbers(page, 1), falling, "the first click puts the largest on top");
  assert.equal(await heading(page, 1).getAttribute("aria-sort"), "descending");
  await page.keyboard.press("Enter");
  assert.deepEqual(await numbers(page, 1), falling.toReversed(), "the keyboard turns it round");
  assert.equal(await heading(page, 1).getAttribute("aria-sort"), "ascending");
  await heading(page, 0).getByRole("button").click();
  assert.deepEqual(await column(page, 0), [...given].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  assert.equal(await heading(page, 1).getAttribute("aria-sort"), null, "one column is sorted by");
}

async function filters(page) {
  const all = await column(page, 0);
  const wanted = all[0].slice(0, 2).toUpperCase();
  const fits = all.filter((pattern) => pattern.toUpperCase().includes(wanted));
  await page.getByLabel("Filter the patterns").fill(wanted);
  assert.deepEqual(await column(page, 0), fits);
  assert.equal(await page.locator("#matching").textContent(), `${fits.length} of ${all.length}`);
  await page.getByLabel("Filter the patterns").fill("\u{10ffff}");
  assert.deepEqual(await column(page, 0), []);
  await page.getByLabel("Filter the patterns").fill("");
  assert.deepEqual(await column(page, 0), all);
}

// The rows of a table that are in the page, as text; spaces of the markup are none.
const rowsOf = (page, table) =>
  page.$$eval(`${table} tbody tr`, (rows) =>
    rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")),
  );

// All rows as one sees them who scrolls through a long table, each in its place.
const scrolledThrough = (page, table) =>
  page.$eval(table, async (table) => {
    const region = table.closest(".scroll");
    const seen = [];
    region.scrollTop = 0;
    for (let last = -1; region.scrollTop > last; region.scrollTop += region.clientHeight / 2) {
      last = region.scrollTop;
      // A frame for the event, and one for what it makes.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      const { top, bottom } = region.getBoundingClientRect();
      for (const row of table.querySelectorAll("tbody tr")) {
        const box = row.getBoundingClientRect();
        if (box.bottom <= top || box.top >= bottom) continue;
        const text = [...row.cells].map((cell) => cell.textContent.trim()).join("\t");
        seen[Number(row.getAttribute("aria-rowindex")) - 2] = text;
      }
    }
    return seen;
  });

// That rows are these; of hundreds, the first that is not is enough to see.
function same(rows, expected, what) {
  const at = Array.from(expected).findIndex((row, nth) => row !== rows[nth]);
  assert.equal(at, -1, `${what}: row ${at} is ${rows[at]}, not ${expected[at]}`);
  assert.equal(rows.length, expected.length, what);
}

// The long tables of a page: what is made of them, on the screen and on paper.
async function longTables(browser, file, page) {
  const context = await newContext(browser, { javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(pathToFileURL(resolve(file)).href);
  for (const table of ["#table", "#source-table"]) {
    const all = await rowsOf(plain, table);
    const rows = async () => (await rowsOf(page, table)).length;
    assert.equal(await page.locator(table).getAttribute("aria-rowcount"), `${all.length + 1}`);
    assert.ok((await rows()) < 400 && all.length > 500, "few of many rows are made");
    same(await scrolledThrough(page, table), all, "who scrolls sees every row");
    assert.ok((await rows()) < 400, "few are made at the end, too");

    const number = (row) => Number(row.split("\t")[1].replaceAll(",", ""));
    const falling = [...all].sort((a, b) => number(b) - number(a));
    await page.locator(`${table} thead th`).nth(1).getByRole("button").click();
    same(await scrolledThrough(page, table), falling, "sorted, it has every row");

    const name = (row) => row.split("\t")[0];
    const wanted = name(falling.at(-1));
    const filter = await page.locator(table).getAttribute("data-filter");
    await page.locator(`#${filter}`).fill(wanted);
    const fits = falling.filter((row) => name(row).toLowerCase().includes(wanted.toLowerCase()));
    same(await rowsOf(page, table), fits, "the filter finds what is not in view");
    await page.locator(`#${filter}`).fill("\u{10ffff}");
    assert.deepEqual(await rowsOf(page, table), []);
    await page.locator(`#${filter}`).fill("");

    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    same(await rowsOf(page, table), falling, "paper has every row");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.ok((await rows()) < 400, "few are made after that");
  }
  await context.close();
}

async function check(browser, file, width, colorScheme) {
  const context = await newContext(browser, { viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => trouble.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => trouble.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.isNavigationRequest()) trouble.push(`loads ${request.url()}`);
  });
  await page.goto(pathToFileURL(resolve(file)).href);
  const name = `${basename(file, ".html")}-${width}-${colorScheme}.png`;
  const isLong = (await page.locator("[aria-rowcount]").count()) > 0;
  await page.screenshot({ path: join(folder, name), fullPage: !isLong });
  trouble.push(...(await page.evaluate(collisions)));
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (overflow > 0) trouble.push(`the page is ${overflow} pixels too wide`);
  trouble.push(...(await violations(page)));
  if (isLong) {
    // To scroll through all of it takes a minute, so that is done once, where rows are highest.
    if (colorScheme === "light" && width === WIDTHS[0]) await longTables(browser, file, page);
  } else {
    await sorts(page);
    await filters(page);
  }
  trouble.push(...(await violations(page)));
  if (width === WIDTHS.at(-1)) {
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: PAPER, height: 1000 });
    if (isLong) await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    trouble.push(...(await page.evaluate(cropped)));
    if (isLong) await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    // Registered after that of the page, this looks at what the page has made for paper.
    await page.evaluate(() =>
      addEventListener("beforeprint", () => {
        window.onPaper = document.querySelectorAll("#source-table tbody tr").length;
      }),
    );
    const path = join(folder, name.replace("png", "pdf"));
    await page.pdf({ path, format: "A4", margin: MARGIN });
    if (isLong) {
      const count = await page.locator("#source-table").getAttribute("aria-rowcount");
      assert.equal(await page.evaluate(() => window.onPaper), count - 1, "all rows are printed");
    }
  }
  await context.close();
  return trouble.map((line) => `${name}: ${line}`);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const trouble = [];
for (const file of pages) {
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) trouble.push(...(await check(browser, file, width, scheme)));
  }
}
await browser.close();
console.log([...trouble, `${pages.length} pages, ${trouble.length} complaints`].join("\n"));
process.exitCode = trouble.length ? 1 : 0;
