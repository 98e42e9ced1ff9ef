/* The response times' distribution, measured and corrected. */

const nines = (p) => -Math.log10(Math.max(1 - p / 100, 1e-9));

function drawSpectrumLegend(chart, before, right) {
  const labels = closed ? [["measured", "var(--time)"], ["corrected", "var(--time2)"]] : [["measured", "var(--time)"]];
  drawLegend(chart, before.length ? [["before", "var(--soft)"], ...labels] : labels, right, 18);
}

function percentileAxis(chart, x, last, left, right, top, bottom) {
  let free = -Infinity;
  for (const p of [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999]) {
    if (nines(p) > last + 0.01) continue;
    svg(chart, "line", { class: "grid", x1: x(p), x2: x(p), y1: top, y2: bottom });
    if (x(p) < free) continue;
    svg(chart, "text", { x: x(p), y: bottom + 18, "text-anchor": p === 0 ? "start" : x(p) > right - 20 ? "end" : "middle" }, p + "%");
    free = x(p) + 44;
  }
}

function drawSpectrum() {
  const host = $("spectrum"), rows = results.spectrum, before = baseline ? baseline.spectrum : [];
  host.textContent = "";
  $("spectrum-card").hidden = !rows.length;
  if (!rows.length) return;
  $("spectrum-note").textContent = closed
    ? "A user that waits for a stalled server sends nothing meanwhile; the corrected line adds the requests that it kept back."
    : "Times count from the moment a request was due.";
  const width = chartWidth(host), height = 270, left = 52, right = width - 14, top = 34, bottom = height - 30;
  const last = Math.max(nines(rows[rows.length - 1][0]), 1);
  const values = rows.flatMap((r) => (closed ? [r[1], r[2]] : [r[1]])).concat(before.map((r) => r[1]));
  const low = Math.max(Math.min(...values), 0.001), high = Math.max(...values, low * 1.01);
  const logarithmic = high / low > 20;
  const ticks = [];
  if (logarithmic) for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) ticks.push(Math.pow(10, e));
  else ticks.push(...niceSteps(high, 5));
  const first = ticks[0], limit = ticks[ticks.length - 1];
  const y = (v) => (logarithmic
    ? bottom - (bottom - top) * (Math.log10(Math.max(v, first)) - Math.log10(first)) / (Math.log10(limit) - Math.log10(first))
    : bottom - (bottom - top) * v / limit);
  const x = (p) => left + (right - left) * nines(p) / last;
  const chart = svg(host, "svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Response time by percentile" });
  svg(chart, "text", { class: "title", x: left, y: 18 }, width < 420 ? "ms" : "ms" + (logarithmic ? ", logarithmic" : ""));
  yAxis(chart, ticks, y, left, right);
  percentileAxis(chart, x, last, left, right, top, bottom);
  if (before.length)
    svg(chart, "path", { class: "before", d: pathOf(before.filter((r) => nines(r[0]) <= last).map((r) => [x(r[0]), y(r[1])])), fill: "none", stroke: "var(--soft)", "stroke-width": 1.5, "stroke-dasharray": "2 3" });
  for (const column of closed ? [2, 1] : [1])
    svg(chart, "path", { d: pathOf(rows.map((r) => [x(r[0]), y(r[column])])), fill: "none", stroke: column === 1 ? "var(--time)" : "var(--time2)", "stroke-width": 2,
      "stroke-linejoin": "round", "stroke-dasharray": column === 2 ? "6 4" : "none" });
  if (rows.length === 1) svg(chart, "circle", { cx: x(rows[0][0]), cy: y(rows[0][1]), r: 3.5, fill: "var(--time)" });
  drawSpectrumLegend(chart, before, right);
}

function drawPercentiles() {
  const table = $("percentiles"), at = results.percentiles;
  const head = el(el(table, "thead"), "tr"), body = el(table, "tbody");
  el(head, "th", {}, "ms");
  for (const [p] of at) el(head, "th", {}, "P" + p);
  for (const [label, column] of closed ? [["measured", 1], ["corrected", 2]] : [["measured", 1]]) {
    const line = el(body, "tr");
    el(line, "td", {}, label);
    for (const row of at) el(line, "td", {}, msFigure(row[column]));
  }
}
