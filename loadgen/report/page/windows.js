/*
 * The run in windows of time. The run's own are fine; each request has windows, too, of one width
 * for all of them, and `intervals` are the run's as wide as those: a click is one interval.
 */

const figureKeys = ["requests", "rps", "avg_ms", "min_ms", "max_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "errors", "non_2xx", "tests", "failed_tests", "error_pct"];
const nothing = { ...Object.fromEntries(figureKeys.map((key) => [key, 0])), failures: {} };
const middle = (w) => w.t_s + w.duration_s / 2;
const endOf = (w) => w.t_s + w.duration_s;
const hasTimes = (w) => w.requests > w.errors;
const placeOf = (w, run) => Math.floor(Math.round(w.t_s * 1000) / run.interval_ms);

/* Rows of window_columns, and then the failures by kind where there are any. */
function unpackRows(run, rows) {
  return rows.map((row) => {
    const window = { failures: row[run.window_columns.length] || {} };
    run.window_columns.forEach((name, at) => { window[name] = row[at]; });
    return window;
  });
}
for (const run of baseline ? [results, baseline] : [results]) {
  for (const owner of [run, ...run.requests]) owner.windows = unpackRows(run, owner.windows);
  run.intervals = unpackRows(run, run.intervals);
  for (const row of run.requests) row.byPlace = new Map(row.windows.map((w) => [placeOf(w, run), w]));
}

const labelOf = (row) => (row.folder ? row.folder + " / " : "") + row.name;
const keyOf = (row) => JSON.stringify([row.folder, row.name, row.method]);
const baselineRows = new Map((baseline ? baseline.requests : []).map((row) => [keyOf(row), row]));
const totals = results.totals, options = results.options, generator = results.generator;
const closed = options.model !== "open";

let filter = -1;   /* the row of requests whose course is shown; -1: all */
let picked = null; /* the interval that the table shows; null: the whole run */

/* One request's windows on the run's intervals: it may have had none in some. */
function windowsOf(run, row) {
  if (!row) return run.windows;
  return run.intervals.map((w) => ({ ...nothing, ...row.byPlace.get(placeOf(w, run)), t_s: w.t_s, duration_s: w.duration_s, vus: w.vus }));
}
const shownRequest = () => results.requests[filter];
const shownWindows = () => windowsOf(results, shownRequest());
function baselineWindows() {
  if (!baseline) return [];
  if (filter < 0) return baseline.windows;
  const row = baselineRows.get(keyOf(shownRequest()));
  return row ? windowsOf(baseline, row) : [];
}
const intervalAt = (t) => results.intervals.find((w) => t < endOf(w)) || results.intervals[results.intervals.length - 1];
