/* The charts over time, and what they show: legends, metrics, one request, one interval. */

const timeMetrics = [["avg_ms", "Avg"], ["min_ms", "Min"], ["max_ms", "Max"], ["p90_ms", "P90"], ["p95_ms", "P95"], ["p99_ms", "P99"]];
const shownMetrics = new Set(["avg_ms", "p95_ms"]);
const metricColor = { avg_ms: "var(--time)", min_ms: "var(--soft)", max_ms: "var(--error)", p90_ms: "var(--users)", p95_ms: "var(--time2)", p99_ms: "var(--rps)" };
const panels = [
  { key: "users", title: closed ? "Virtual users" : "Virtual users with a request", color: "var(--users)", height: 84, series: () => [["vus", "", "var(--users)"]] },
  { key: "rps", title: "Requests / second", color: "var(--rps)", height: 116, series: () => [["rps", "", "var(--rps)"]] },
  { key: "time", title: "Response time, ms", color: "var(--time)", height: 156,
    series: () => timeMetrics.filter(([key]) => shownMetrics.has(key)).map(([key, label]) => [key, label, metricColor[key]]) },
  { key: "errors", title: "Error rate, %", color: "var(--error)", height: 76, series: () => [["error_pct", "", "var(--error)"]] },
];
const shownPanels = new Set(panels.map((p) => p.key));
const valueOf = (w, key) => (key.endsWith("_ms") && !hasTimes(w) ? null : w[key]);
/* Lower on paper: the charts and all that is above them are the first page. */
const heightOf = (panel) => (paper ? Math.round(panel.height * 0.75) : panel.height);
const LEFT = 56, TOP = 32, GAP = 44;
const timeEnd = () => Math.max(...[results, ...(baseline ? [baseline] : [])].flatMap((run) => run.windows.slice(-1).map(endOf)), 0.001);

/* --- controls ------------------------------------------------------------ */

function chip(parent, label, color, pressed, toggle) {
  const button = el(parent, "button", { type: "button", "aria-pressed": pressed });
  el(button, "i", { style: "background:" + color });
  button.append(label);
  button.onclick = () => { button.setAttribute("aria-pressed", toggle()); drawTimeline(); };
}
const flip = (set, key) => () => (set.delete(key) ? false : (set.add(key), true));

function drawControls() {
  for (const panel of panels) chip($("panels"), panel.title.split(",")[0], panel.color, true, flip(shownPanels, panel.key));
  el($("metrics"), "span", { class: "soft" }, "Response time:");
  for (const [key, label] of timeMetrics) chip($("metrics"), label, metricColor[key], shownMetrics.has(key), flip(shownMetrics, key));
  el($("filter"), "option", { value: "-1" }, "all");
  results.requests.forEach((row, at) => el($("filter"), "option", { value: String(at) }, labelOf(row)));
  $("filter-label").hidden = results.requests.length < 2;
  $("filter").onchange = () => {
    filter = Number($("filter").value);
    $("filter-label").classList.toggle("all", filter < 0);
    drawTimeline();
    drawFailures();
  };
  $("filter-label").classList.add("all");
}

function pick(w) {
  picked = w;
  drawTimeline();
  drawRequests();
  drawFailures();
}

/* --- one chart ----------------------------------------------------------- */

function pathOf(points) {
  let path = "", pen = "M";
  for (const [x, y] of points) {
    if (y === null) { pen = "M"; continue; }
    path += pen + x.toFixed(1) + " " + y.toFixed(1);
    pen = "L";
  }
  return path;
}

/* More windows than one can tell apart are a haze behind the intervals' line. */
const MANY = 900;
function drawSeries(chart, rows, key, color, x, y, fill) {
  const haze = rows === results.windows && rows.length > MANY && results.intervals.length < rows.length;
  if (haze) svg(chart, "path", { d: pathOf(rows.map((w) => [x(middle(w)), valueOf(w, key) === null ? null : y(valueOf(w, key))])), fill: "none", stroke: color, "stroke-width": 1, opacity: 0.25 });
  drawLine(chart, haze ? results.intervals : rows, key, color, x, y, fill);
}
function drawLine(chart, rows, key, color, x, y, fill) {
  const points = rows.map((w) => [x(middle(w)), valueOf(w, key) === null ? null : y(valueOf(w, key))]);
  const drawn = points.filter((p) => p[1] !== null);
  if (fill && drawn.length === points.length && drawn.length > 1)
    svg(chart, "path", { d: pathOf(points) + "L" + points[points.length - 1][0] + " " + y(0) + "L" + points[0][0] + " " + y(0) + "Z", fill: color, opacity: 0.1 });
  svg(chart, "path", { d: pathOf(points), fill: "none", stroke: color, "stroke-width": rows.length > 400 ? 1.2 : 2, "stroke-linejoin": "round", "stroke-linecap": "round" });
  points.forEach((p, at) => {
    const alone = p[1] !== null && !(points[at - 1] && points[at - 1][1] !== null) && !(points[at + 1] && points[at + 1][1] !== null);
    if (alone) svg(chart, "circle", { cx: p[0], cy: p[1], r: 3, fill: color });
  });
}

function yAxis(chart, ticks, y, left, right) {
  for (const tick of ticks) {
    svg(chart, "line", { class: "grid", x1: left, x2: right, y1: y(tick), y2: y(tick) });
    svg(chart, "text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, plain(tick));
  }
}

/* Labels at a chart's upper right, the first the outermost on the left. */
function drawLegend(chart, labels, right, y) {
  let at = right;
  for (const [label, color] of labels.slice().reverse()) {
    svg(chart, "text", { x: at, y, "text-anchor": "end", style: "fill:" + color + ";font-weight:600" }, label);
    at -= label.length * 7.5 + 14;
  }
}

function drawPanel(chart, panel, rows, before, top, x, right) {
  const series = panel.series();
  let max = 0;
  for (const [key] of series) for (const list of [rows, before]) for (const w of list) max = Math.max(max, valueOf(w, key) || 0);
  if (panel.key === "users") max = Math.max(max, 1);
  const ticks = niceSteps(max, panel.height < 100 ? 2 : 4), limit = ticks[ticks.length - 1];
  const y = (value) => top + heightOf(panel) * (1 - value / limit);
  svg(chart, "text", { class: "title", x: LEFT, y: top - 12 }, panel.title);
  yAxis(chart, ticks, y, LEFT, right);
  for (const [key, , color] of series) {
    const path = pathOf(before.map((w) => [x(middle(w)), valueOf(w, key) === null ? null : y(valueOf(w, key))]));
    if (path) svg(chart, "path", { class: "before", d: path, fill: "none", stroke: color, "stroke-width": 1.4, "stroke-dasharray": "5 4", opacity: 0.7 });
    drawSeries(chart, rows, key, color, x, y, series.length === 1);
  }
  if (series.length > 1) drawLegend(chart, series.map(([, label, color]) => [label, color]), right, top - 12);
}

/* --- all of them --------------------------------------------------------- */

function shade(chart, x, top, bottom) {
  if (picked) svg(chart, "rect", { class: "picked", x: x(picked.t_s), y: top, width: Math.max(2, x(endOf(picked)) - x(picked.t_s)), height: bottom - top });
}

function listen(chart, area, cursor, rows, x, timeAt) {
  const pointed = (event) => {
    const t = timeAt(event);
    return rows.find((one) => t < endOf(one)) || rows[rows.length - 1];
  };
  area.onmousemove = (event) => {
    const w = pointed(event);
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, x(middle(w)));
    cursor.setAttribute("visibility", "visible");
    readout(w);
  };
  area.onmouseleave = () => { cursor.setAttribute("visibility", "hidden"); readout(null); };
  area.onclick = (event) => {
    const w = intervalAt(timeAt(event));
    pick(picked === w ? null : w);
  };
  chart.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key], list = results.intervals;
    if (event.key === "Escape") pick(null);
    else if (step) {
      const at = picked ? list.indexOf(picked) + step : step > 0 ? 0 : list.length - 1;
      pick(list[Math.min(Math.max(at, 0), list.length - 1)]);
      event.preventDefault();
    }
  };
}

function drawTimeline() {
  const host = $("timeline"), rows = shownWindows(), before = baselineWindows();
  const shown = panels.filter((p) => shownPanels.has(p.key) && p.series().length);
  const hadFocus = host.contains(document.activeElement);
  host.textContent = "";
  if (!shown.length || !rows.length) { $("readout").textContent = rows.length ? "Choose a chart above." : ""; return; }
  const width = chartWidth(host), right = width - 8, end = timeEnd();
  const height = shown.reduce((sum, p) => sum + heightOf(p) + GAP, 0) + 14, bottom = height - 14 - GAP + TOP;
  const x = (t) => LEFT + (right - LEFT) * t / end;
  const chart = svg(host, "svg", { viewBox: "0 0 " + width + " " + height, role: "img", tabindex: "0",
    "aria-label": "Users, requests, response time and errors over time; arrow keys choose a window, Escape the whole run" });
  shade(chart, x, 14, bottom);
  let top = TOP;
  for (const panel of shown) { drawPanel(chart, panel, rows, before, top, x, right); top += heightOf(panel) + GAP; }
  timeAxis(chart, end, x, LEFT, right, bottom);
  const cursor = svg(chart, "line", { class: "cursor", y1: 20, y2: bottom, visibility: "hidden" });
  const area = svg(chart, "rect", { class: "area", x: LEFT, y: 0, width: right - LEFT, height: bottom, fill: "transparent" });
  listen(chart, area, cursor, rows, x, (event) => {
    const box = chart.getBoundingClientRect();
    return ((event.clientX - box.left) * width / box.width - LEFT) / (right - LEFT) * end;
  });
  if (hadFocus) chart.focus();
  readout(null);
}

function readout(w) {
  const host = $("readout");
  host.textContent = "";
  if (!w) { host.textContent = "Point at the charts to read a window; click, and the table below shows it." + (baseline ? " Dashed: the run before." : ""); return; }
  const show = (label, value) => { host.append(label); el(host, "b", {}, value); host.append("   "); };
  show("", clockText(w.t_s) + " – " + clockText(endOf(w)));
  show("users ", plain(w.vus));
  show("requests/s ", rate(w.rps));
  if (hasTimes(w)) for (const [key, label] of timeMetrics) if (shownMetrics.has(key)) show(label + " ", msText(w[key]));
  show("errors ", whole(w.errors));
  show("non-2xx ", whole(w.non_2xx));
  if (totals.tests) show("failed tests ", whole(w.failed_tests));
}
