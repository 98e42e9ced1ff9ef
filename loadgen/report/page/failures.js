/* Errors by class and answers other than 2xx by status: how many over time, and what some looked like. */

const classText = {
  connect: "could not connect", resolve: "host has no address", timeout: "no answer in time", reset: "connection broke",
  closed: "closed before the answer was whole", parse: "answer was no HTTP", request: "request could not be made", tls: "no secure connection",
  other: "of other kinds",
};
const TOP_KINDS = 5, BAR_PIXELS = 9, TREND_HEIGHT = 110;
const isStatus = (kind) => /^\d+$/.test(kind);
const kindText = (kind) => (isStatus(kind) ? "HTTP " + kind : classText[kind] || kind);

/* [kind, count], the most frequent first: of the run, or of the request that is shown. */
function kindsOf(run, request) {
  const counts = {};
  if (request) Object.assign(counts, request.failures);
  else {
    for (const error of run.error_classes) counts[error.class] = error.count;
    for (const [status, number] of Object.entries(run.status_codes)) if (status < 200 || status > 299) counts[status] = number;
  }
  return Object.entries(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
const kindColor = (at) => (at < TOP_KINDS ? "var(--kind" + (at + 1) + ")" : "var(--rest)");

/* --- bars over time ------------------------------------------------------ */

/* Neighbouring windows together, so that bars can be told apart. */
function binsOf(rows, wantedCount) {
  const size = Math.max(1, Math.ceil(rows.length / wantedCount)), bins = [];
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size);
    bins.push({ t_s: part[0].t_s, duration_s: endOf(part[part.length - 1]) - part[0].t_s, rows: part });
  }
  return bins;
}

/* Stacked bars: `stack` has [label, color, count of a window], the lowest first. */
function drawBars(host, title, stack, label) {
  host.textContent = "";
  const width = chartWidth(host), right = width - 8, bottom = TOP + TREND_HEIGHT, end = timeEnd();
  const x = (t) => LEFT + (right - LEFT) * t / end;
  const bins = binsOf(shownWindows(), Math.floor((right - LEFT) / BAR_PIXELS));
  for (const bin of bins) bin.values = stack.map(([, , of]) => bin.rows.reduce((sum, w) => sum + of(w), 0) / Math.max(bin.duration_s, 0.001));
  const max = Math.max(...bins.map((bin) => bin.values.reduce((a, b) => a + b, 0)), 0);
  const ticks = niceSteps(max, 3), limit = ticks[ticks.length - 1], y = (value) => bottom - TREND_HEIGHT * value / limit;
  const chart = svg(host, "svg", { viewBox: "0 0 " + width + " " + (bottom + 26), role: "img", "aria-label": label });
  svg(chart, "text", { class: "title", x: LEFT, y: TOP - 12 }, title);
  yAxis(chart, ticks, y, LEFT, right);
  shade(chart, x, 14, bottom);
  for (const bin of bins) {
    const from = x(bin.t_s), gap = Math.min(1.5, (x(endOf(bin)) - from) / 4), bar = Math.max(1, x(endOf(bin)) - from - gap);
    let at = 0;
    bin.values.forEach((value, kind) => {
      if (value > 0) svg(chart, "rect", { class: "column", x: from, width: bar, y: y(at + value), height: Math.max(0.5, y(at) - y(at + value)), style: "fill:" + stack[kind][1] });
      at += value;
    });
    const area = svg(chart, "rect", { class: "area", x: from, width: bar + gap, y: 14, height: bottom - 14, fill: "transparent" });
    const told = stack.map(([name, , of]) => [name, bin.rows.reduce((sum, w) => sum + of(w), 0)]).filter(([, n]) => n > 0);
    svg(area, "title", {}, clockText(bin.t_s) + " – " + clockText(endOf(bin)) + (told.length ? "\n" + told.map(([name, n]) => name + ": " + whole(n)).join("\n") : "\nnone"));
    area.onclick = () => { const w = intervalAt(bin.t_s + bin.duration_s / 2); pick(picked === w ? null : w); };
  }
  timeAxis(chart, end, x, LEFT, right, bottom);
  return chart;
}

function drawTrend(kinds) {
  const top = kinds.slice(0, TOP_KINDS), others = kinds.slice(TOP_KINDS).map(([kind]) => kind);
  const stack = top.map(([kind], at) => [kindText(kind), kindColor(at), (w) => w.failures[kind] || 0]);
  const rest = (w) => others.reduce((sum, kind) => sum + (w.failures[kind] || 0), 0) + (others.includes("other") || top.some(([kind]) => kind === "other") ? 0 : w.failures.other || 0);
  if (others.length || shownWindows().some((w) => w.failures.other)) stack.push(["others", "var(--rest)", rest]);
  drawBars($("trend"), "A second" + (kinds.length > TOP_KINDS ? ", the five most frequent" : ""), stack, "Errors and answers other than 2xx over time, by kind");
}

/* --- kinds and samples --------------------------------------------------- */

function samplesOf(kind) {
  const rows = isStatus(kind) ? results.answers.filter((sample) => String(sample.status) === kind)
    : (results.error_classes.find((error) => error.class === kind) || { samples: [] }).samples;
  return filter < 0 ? rows : rows.filter((sample) => sample.request === filter);
}
function drawSample(box, sample) {
  const place = el(box, "div", { class: "sample" });
  el(place, "p", { class: "soft" }, labelOf(results.requests[sample.request]) + ", " + clockText(sample.t_s));
  const pair = el(place, "div");
  if (sample.sent) el(pair, "pre", { "aria-label": "request" }, sample.sent);
  el(pair, "pre", { "aria-label": "what came" }, sample.text || "");
}
/* Which requests a kind struck most. */
function struck(kind) {
  if (filter >= 0 || results.requests.length < 2) return "";
  const rows = results.requests.filter((row) => row.failures && row.failures[kind]).sort((a, b) => b.failures[kind] - a.failures[kind]);
  return rows.slice(0, 3).map((row) => row.name + " " + whole(row.failures[kind])).join(", ") + (rows.length > 3 ? ", …" : "");
}
function drawKind(host, [kind, number], at, all, before) {
  const samples = samplesOf(kind), box = samples.length ? el(host, "details") : host;
  const line = el(box, samples.length ? "summary" : "div", { class: samples.length ? "" : "line" });
  const name = el(line, "b");
  el(name, "i", { class: "swatch", style: "background:" + kindColor(at) });
  name.append(kindText(kind));
  el(line, "span", { class: "hint" }, struck(kind));
  el(line, "span", { class: "number" }, whole(number));
  const share = el(line, "span", { class: "number soft" }, percent(100 * number / all) + " %");
  if (before) change(share, "errors", number / all, before(kind));
  for (const sample of samples) drawSample(box, sample);
}
function drawAnswers(host) {
  const codes = Object.entries(results.status_codes).filter(([code]) => code >= 200 && code <= 299);
  if (filter < 0 && codes.length) el(host, "p", { class: "soft answers" }, "Answers 2xx: " + codes.map(([code, number]) => whole(number) + " × " + code).join(", ") + ".");
}
/* A kind's share of the requests in the run before; null where there is nothing to compare with. */
function sharesBefore(request) {
  const row = baseline && (request ? baselineRows.get(keyOf(request)) : baseline.totals);
  if (!row || !row.requests) return null;
  const counts = new Map(kindsOf(baseline, request ? row : null));
  return (kind) => (counts.get(kind) || 0) / row.requests;
}
function drawFailures() {
  const request = shownRequest(), kinds = kindsOf(results, request), host = $("errors");
  const all = (request || totals).requests;
  const before = sharesBefore(request);
  const open = new Set([...host.querySelectorAll("details[open] b")].map((node) => node.textContent));
  $("errors-title").textContent = "Errors and answers other than 2xx" + (request ? " of " + labelOf(request) : "");
  host.textContent = $("trend").textContent = "";
  $("errors-note").textContent = kinds.length ? "" : all ? "Every request was answered with 2xx." : "No request ended.";
  if (kinds.length) {
    if (results.windows.some((w) => Object.keys(w.failures).length)) drawTrend(kinds);
    const list = el(host, "div", { class: "kinds" });
    kinds.forEach((kind, at) => drawKind(list, kind, at, all, before));
    for (const box of list.querySelectorAll("details")) box.open = paper || open.has(box.querySelector("b").textContent);
  }
  drawAnswers(host);
  drawTestsTrend();
}

/* --- failed tests -------------------------------------------------------- */

function drawTestsTrend() {
  if ($("tests-card").hidden) return;
  drawBars($("tests-trend"), "Failed tests a second" + (shownRequest() ? ", of " + labelOf(shownRequest()) : ""), [["failed", "var(--error)", (w) => w.failed_tests]], "Failed tests over time");
}
function drawTests() {
  $("tests-card").hidden = !totals.failed_tests;
  if (!totals.failed_tests) return;
  $("tests-note").textContent = whole(totals.failed_tests) + (totals.tests ? " of " + count(totals.tests, "test", "tests") : " tests") + " failed.";
  const head = el(el($("tests"), "thead"), "tr"), body = el($("tests"), "tbody");
  for (const label of ["Request", "Test", "Why, the first time", "Failed"]) el(head, "th", { class: label === "Failed" ? "" : "left" }, label);
  for (const test of results.failed_tests.slice().sort((a, b) => b.count - a.count)) {
    const row = el(body, "tr");
    el(row, "td", {}, labelOf(results.requests[test.request]));
    el(row, "td", { class: "left wrap wide" }, test.name);
    el(row, "td", { class: "left wrap first" }, test.message);
    el(row, "td", { class: "bad" }, whole(test.count));
  }
  if (results.other_failed_tests) el(el(body, "tr"), "td", { colspan: 4 }, whole(results.other_failed_tests) + " failures of other tests");
}
