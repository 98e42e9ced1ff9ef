/* Head, tiles, conditions, notes and foot. */

/* Less is better, but of requests a second; `key` decides which digits count. */
function change(parent, key, now, then) {
  if (then === undefined || then === null || (then === 0 && now === 0)) return;
  const share = then === 0 ? (now === 0 ? 0 : null) : 100 * (now - then) / then;
  const worse = key === "rps" ? now < then : now > then;
  const clear = share === null || Math.abs(share) >= 5;
  el(parent, "span", { class: "change" + (clear && key !== "requests" ? (worse ? " worse" : " better") : ""), title: "before: " + plain(then) },
    share === null ? "was 0" : (share >= 0 ? "+" : "\u2212") + plain(Math.abs(share)) + " %");
}

const spoken = Object.entries(generator.connections || {}).filter(([, number]) => number > 0).map(([name]) => name).reverse();

function drawHead() {
  const profile = { "ramp-up": "ramp up" }[options.profile] || options.profile;
  const moment = (run) => run.started_at.replace("T", " ").slice(0, 19) + " UTC";
  const file = (path) => path.split("/").pop();
  const facts = [
    [options.rate ? "up to " : "", count(options.vus, "virtual user", "virtual users")],
    options.rate ? ["rate ", options.rate] : ["profile ", profile],
    ["ran ", span(totals.duration_s)],
    ["started ", moment(results)],
  ];
  if (results.target) facts.push(["target ", results.target]);
  if (options.think_time) facts.push(["think time ", options.think_time]);
  if (options.environment) facts.push(["environment ", file(options.environment)]);
  if (options.data) facts.push(["data ", file(options.data) + ", " + options.data_order]);
  if (spoken.length) facts.push(["protocol ", spoken.join(" and ")]);
  if (generator.machines > 1) facts.push(["machines ", whole(generator.machines)]);
  if (options.segment) facts.push(["part ", options.segment]);
  if (baseline) facts.push(["compared with ", moment(baseline)]);
  document.title = results.name + " – load report";
  $("name").textContent = results.name;
  for (const [label, value] of facts) el(el($("meta"), "span", {}, label), "b", {}, value);
}

function tile(label, key, [value, unit], note, bad) {
  const box = el($("tiles"), "div", { class: "tile" + (bad ? " bad" : "") });
  el(box, "span", { title: label }, label);
  const strong = el(box, "strong", value.length > 8 ? { style: "font-size:" + Math.floor(195 / value.length) + "px" } : {}, value);
  if (unit) el(strong, "small", {}, unit);
  if (baseline) change(box, key, totals[key], baseline.totals[key]);
  el(box, "em", {}, note || "\u00a0");
}
function drawTiles() {
  const time = (key) => (hasTimes(totals) ? ms(totals[key]) : ["–", ""]);
  const note = (text) => (hasTimes(totals) ? text : "no answers");
  const corrected = (key) => note(closed ? "corrected " + msText(results.corrected[key]) : "from when due");
  tile("Total requests", "requests", [whole(totals.requests), ""], bytes(totals.bytes_in) + " received");
  tile("Requests / second", "rps", [rate(totals.rps), ""], options.rate ? "of " + options.rate + " wanted" : span(totals.duration_s));
  tile("Avg. response time", "avg_ms", time("avg_ms"), note(msText(totals.min_ms) + " – " + msText(totals.max_ms)));
  tile("Error rate", "error_pct", [percent(totals.error_pct), "%"], whole(totals.errors) + " without an answer, " + whole(totals.non_2xx) + " non-2xx", totals.error_pct > 0);
  tile("P90", "p90_ms", time("p90_ms"), note("median " + msText(totals.p50_ms)));
  tile("P95", "p95_ms", time("p95_ms"), corrected("p95_ms"));
  tile("P99", "p99_ms", time("p99_ms"), corrected("p99_ms"));
  tile("Failed tests", "failure_pct", totals.tests ? [percent(totals.failure_pct), "%"] : ["–", ""],
    totals.tests ? whole(totals.failed_tests) + " of " + whole(totals.tests) : "no tests", totals.failed_tests > 0);
}

function drawVerdicts() {
  for (const condition of results.conditions) {
    const item = el($("verdicts"), "li", condition.passed ? {} : { class: "bad" });
    item.append((condition.passed ? "✓ " : "✕ ") + condition.kind + " " + condition.text);
    el(item, "small", {}, condition.measured === null ? "no answer to measure" : "measured " + plain(condition.measured) + (condition.unit ? " " + condition.unit : ""));
  }
}

function drawNotes() {
  const note = (text) => el($("notes"), "p", { class: "note" }, text);
  if (results.aborted) note("The run was ended early: a condition was violated.");
  if (results.interrupted) note("The run was interrupted before its end.");
  const busy = generator.busy_pct + generator.waiting_pct >= 90 && generator.cpu_s + generator.wait_s >= 0.2;
  if (busy)
    note((generator.threads > 1 ? "The busiest of the load generator's threads" : "The load generator's thread") + " was busy for " + plain(generator.busy_pct) + " % of the run and waited for a core for " + plain(generator.waiting_pct) +
      " %: it may be what limits the requests a second, not the server.");
  if (busy && generator.busy_pct > generator.waiting_pct && generator.threads < generator.cores)
    note("The load generator had " + count(generator.threads, "thread", "threads") + " for " + whole(generator.cores) + " cores: more --threads let it use them all.");
  if (generator.lag_p99_ms >= 10) note("The load generator's loop came up to " + plain(generator.lag_p99_ms) + " ms late (1 in 100 turns): so much of the times may be its own.");
  if (generator.socket_failures) note(count(generator.socket_failures, "connection", "connections") + " failed for want of sockets or ports on the generator's machine, not for the server's sake.");
  if (spoken.includes("HTTP/1.1") && options.http && options.http !== "1.1")
    note("HTTP/2 was asked for, and " + count(generator.connections["HTTP/1.1"], "connection", "connections") + " spoke HTTP/1.1: the server chose it, or their address is http://.");
  if (generator.unsent) note(count(generator.unsent, "request", "requests") + " of the rate could not be sent: all virtual users were busy.");
  if (generator.scripts_left_out) note("Scripts of the collection that did not run: " + whole(generator.scripts_left_out) + ".");
  if (totals.requests === 0) note("No request ended during this run.");
}

function drawFoot() {
  $("footer").textContent = "squall " + generator.version + " · generator used " + plain(generator.cpu_s) + " CPU seconds (" +
    (generator.threads > 1 ? "on " + whole(generator.threads) + " threads, the busiest for " + plain(generator.busy_pct) + " % of the run, waited "
      : plain(generator.busy_pct) + " % of one core, waited ") + plain(generator.wait_s) + " s for one, loop lag P99 " + plain(generator.lag_p99_ms) + " ms) · " +
    count(results.iterations.done, "iteration", "iterations") + " done, " + whole(results.iterations.dropped) + " cut short when their user or the run ended · error rate counts " +
    (options.errors === "non-2xx" ? "requests without an answer and answers other than 2xx" : "requests without an answer") + ".";
}
