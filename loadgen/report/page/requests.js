/* The table of requests, of the whole run or of one interval; the slowest; the run by its users. */

/* [heading, key, format, left out on paper] */
const columns = [
  ["Request", "name", null], ["Total", "requests", whole], ["Req/s", "rps", rate], ["Avg ms", "avg_ms", msFigure],
  ["Min", "min_ms", msFigure, true], ["Max", "max_ms", msFigure], ["P50", "p50_ms", msFigure], ["P90", "p90_ms", msFigure], ["P95", "p95_ms", msFigure],
  ["P99", "p99_ms", msFigure], ["P99 corrected", "corrected_p99_ms", msFigure, true], ["Error %", "error_pct", percent], ["Errors", "errors", whole, true], ["Non\u20112xx", "non_2xx", whole],
  ["Failed tests", "failed_tests", whole],
];
const badKeys = new Set(["errors", "error_pct", "non_2xx", "failed_tests"]);
const comparedKeys = new Set(["requests", "rps", "avg_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "max_ms", "error_pct"]);
const ROWS_SHOWN = 100, SLOWEST_SHOWN = 10;
let sortKey = null, sortDown = true, allRows = false, wanted = "";

/* What nobody has is no column: tests of a run without any, the correction of an open loop or of an interval. */
function shownColumns() {
  return columns.filter(([, key]) => (key !== "failed_tests" || totals.tests > 0) && (key !== "corrected_p99_ms" || (closed && !picked)));
}
const withCorrected = (row) => ({ ...row, corrected_p99_ms: row.corrected ? row.corrected.p99_ms : undefined });
function tableRows() {
  const rows = !picked ? results.requests.map(withCorrected)
    : results.requests.map((row) => ({ ...nothing, ...row.byPlace.get(placeOf(picked, results)), name: row.name, folder: row.folder, method: row.method }));
  const found = rows.filter((row) => (row.method + " " + labelOf(row)).toLowerCase().includes(wanted));
  const side = (row) => (sortKey === "name" ? labelOf(row) : row[sortKey]);
  if (sortKey) found.sort((a, b) => (side(a) < side(b) ? -1 : side(a) > side(b) ? 1 : 0) * (sortDown ? -1 : 1));
  return found;
}
const tableTotals = () => picked || { ...totals, corrected_p99_ms: results.corrected.p99_ms };

function nameCell(row, request) {
  const cell = el(row, "td");
  el(cell, "span", { class: "method" }, request.method);
  if (request.folder) el(cell, "span", { class: "folder" }, request.folder + " / ");
  const twice = request.name.startsWith(request.method + " "); /* as requests of plain URLs are called */
  cell.append(twice ? request.name.slice(request.method.length + 1) : request.name);
}
function requestCells(row, data, isAll) {
  const before = !baseline || picked ? null : isAll ? baseline.totals : baselineRows.get(keyOf(data));
  for (const [, key, format, optional] of shownColumns()) {
    if (!format) {
      if (isAll) el(row, "td", {}, "All");
      else nameCell(row, data);
      continue;
    }
    const none = key.endsWith("_ms") && !hasTimes(data);
    const cell = el(row, "td", { class: (badKeys.has(key) && data[key] > 0 ? "bad" : "") + (optional ? " optional" : "") }, none ? "–" : format(data[key]));
    if (before && comparedKeys.has(key) && !none) change(cell, key, data[key], before[key]);
  }
}
function tableHead(table) {
  const head = el(el(table, "thead"), "tr");
  for (const [label, key, , optional] of shownColumns()) {
    const cell = el(head, "th", key === sortKey ? { "aria-sort": sortDown ? "descending" : "ascending" } : {});
    if (optional) cell.classList.add("optional");
    if (label.length > 8) cell.classList.add("long");
    el(cell, "button", { type: "button" }, label).onclick = () => {
      sortDown = key === sortKey ? !sortDown : key !== "name";
      sortKey = key;
      drawRequests();
    };
  }
}
function drawRequests() {
  const table = $("requests"), rows = tableRows(), shown = allRows || paper ? rows : rows.slice(0, ROWS_SHOWN);
  table.textContent = "";
  $("whole").hidden = !picked;
  $("requests-title").textContent = picked ? "Requests from " + clockText(picked.t_s) + " to " + clockText(endOf(picked)) : "Requests";
  tableHead(table);
  const body = el(table, "tbody");
  for (const data of shown) requestCells(el(body, "tr"), data, false);
  if (wanted && !rows.length) el(el(body, "tr"), "td", { class: "soft" }, "No request of that name.");
  requestCells(el(body, "tr", { class: "all" }), tableTotals(), true);
  $("more").hidden = shown.length === rows.length;
  $("more").textContent = "Show all " + whole(rows.length);
}
function drawRequestControls() {
  $("search").hidden = results.requests.length <= 20;
  $("search").oninput = () => { wanted = $("search").value.trim().toLowerCase(); drawRequests(); };
  $("more").onclick = () => { allRows = true; drawRequests(); };
  $("whole").onclick = () => pick(null);
  $("more-slowest").onclick = () => drawSlowest(true);
}

/* --- slowest ------------------------------------------------------------- */

function drawSlowest(all) {
  const rows = all ? results.slowest : results.slowest.slice(0, SLOWEST_SHOWN);
  $("slowest-card").hidden = !results.slowest.length;
  $("slowest").textContent = "";
  const head = el(el($("slowest"), "thead"), "tr"), body = el($("slowest"), "tbody");
  for (const label of ["Request", "Response time", "Ended at", "Status"]) el(head, "th", {}, label);
  for (const sample of rows) {
    const row = el(body, "tr");
    nameCell(row, results.requests[sample.request]);
    el(row, "td", {}, msText(sample.ms));
    el(row, "td", {}, clockText(sample.t_s));
    el(row, "td", sample.status > 299 ? { class: "bad" } : {}, String(sample.status));
  }
  $("more-slowest").hidden = rows.length === results.slowest.length;
  $("more-slowest").textContent = "Show " + results.slowest.length;
}

/* --- by users ------------------------------------------------------------ */

const LEVELS = 5;
/* Windows by how many users were there, in five steps of the most; a rate that never keeps one busy has none. */
function levels() {
  const most = Math.max(...results.windows.map((w) => w.vus), 0);
  const rows = Array.from({ length: LEVELS }, () => ({ low: Infinity, high: 0, seconds: 0, requests: 0, answers: 0, sum: 0, max: 0, errors: 0, non_2xx: 0, tests: 0, failed: 0 }));
  for (const w of most >= 1 ? results.windows : []) {
    const row = rows[Math.min(LEVELS - 1, Math.max(0, Math.ceil(w.vus / most * LEVELS - 1e-9) - 1))];
    row.low = Math.min(row.low, w.vus);
    row.high = Math.max(row.high, w.vus);
    row.seconds += w.duration_s;
    row.sum += w.avg_ms * (w.requests - w.errors);
    row.answers += w.requests - w.errors;
    row.max = Math.max(row.max, w.max_ms);
    row.failed += w.failed_tests;
    for (const key of ["requests", "errors", "non_2xx", "tests"]) row[key] += w[key];
  }
  return rows.filter((row) => row.requests > 0);
}
function drawUsers() {
  const rows = levels(), share = (part, all) => (all ? percent(100 * part / all) : "–");
  const few = !closed && rows.every((row) => row.high < 10);
  const users = (n) => (few ? n.toFixed(1) : whole(Math.round(n)));
  $("users-card").hidden = rows.length < 2;
  if (rows.length < 2) return;
  const head = el(el($("users"), "thead"), "tr"), body = el($("users"), "tbody");
  const heads = [closed ? "Users" : "Users with a request", "For", "Requests", "Req/s", "Avg ms", "Max", "Error %", "Non-2xx %"];
  for (const label of totals.tests ? [...heads, "Failed tests %"] : heads) el(head, "th", {}, label);
  for (const row of rows) {
    const line = el(body, "tr"), low = users(row.low), high = users(row.high);
    const cells = [low === high ? low : low + " – " + high, span(Math.round(row.seconds)), whole(row.requests), rate(row.requests / row.seconds),
      row.answers ? msFigure(row.sum / row.answers) : "–", row.answers ? msFigure(row.max) : "–", share(row.errors, row.requests), share(row.non_2xx, row.requests)];
    for (const text of totals.tests ? [...cells, share(row.failed, row.tests)] : cells) el(line, "td", {}, text);
  }
}
