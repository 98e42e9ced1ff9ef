/* Elements, and figures as text. */

const SVG = "http://www.w3.org/2000/svg";
const root = document.documentElement;
const $ = (id) => document.getElementById(id);

function made(parent, node, attributes, text) {
  for (const name in attributes || {}) node.setAttribute(name, attributes[name]);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}
const el = (parent, tag, attributes, text) => made(parent, document.createElement(tag), attributes, text);
const svg = (parent, tag, attributes, text) => made(parent, document.createElementNS(SVG, tag), attributes, text);

/* The digits of the terminal's tables (figure_text.c): a figure is known to a thousandth, halves round up. */
const formats = [0, 1, 2, 3].map((digits) => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
function fixed(value, decimals) {
  const step = 10 ** (3 - decimals);
  const units = Math.floor((Math.round(value * 1000) + Math.floor(step / 2)) / step);
  return formats[decimals].format(units / 10 ** decimals);
}
const whole = (n) => formats[0].format(n);
const digitsOf = (ms) => (ms < 10 ? 2 : ms < 1000 ? 1 : 0);
const msFigure = (ms) => fixed(ms, digitsOf(ms));
const rate = (rps) => fixed(rps, 1);
const percent = (share) => fixed(share, 2);

/* For axes and asides: as short as can be. */
function plain(n) {
  if (n === 0) return "0";
  const size = Math.abs(n);
  if (size >= 100) return whole(n);
  return String(Number(n.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3)));
}
const ms = (n) => (n >= 10000 ? [fixed(n / 1000, 2), "s"] : [msFigure(n), "ms"]);
const msText = (n) => ms(n).join(" ");
function span(seconds) {
  if (seconds < 90) return plain(seconds) + " s";
  const all = Math.round(seconds), hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60, rest = all % 60;
  return [[hours, "h"], [minutes, "min"], [rest, "s"]].filter(([n]) => n).map((pair) => pair.join(" ")).join(" ");
}
/* A moment of the run: 12s, 1:05, 1:02:05, and tenths where they tell moments apart. */
function clockText(seconds) {
  const tenths = Math.round(seconds * 10), all = Math.floor(tenths / 10), two = (n) => String(n).padStart(2, "0");
  const tail = tenths % 10 ? "." + tenths % 10 : "";
  if (all < 60) return all + tail + "s";
  if (all < 3600) return Math.floor(all / 60) + ":" + two(all % 60) + tail;
  return Math.floor(all / 3600) + ":" + two(Math.floor(all / 60) % 60) + ":" + two(all % 60);
}
function bytes(n) {
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) if (n >= size) return plain(n / size) + " " + unit;
  return n + " B";
}
const count = (n, one, many) => whole(n) + " " + (n === 1 ? one : many);

/* --- axes ---------------------------------------------------------------- */

function niceSteps(max, wanted) {
  if (!(max > 0)) max = 1;
  const rough = max / wanted, power = Math.pow(10, Math.floor(Math.log10(rough)));
  const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough - 1e-12) * power;
  const ticks = [];
  for (let i = 0; i * step < max * 0.99 + step; i++) ticks.push(Number((i * step).toPrecision(10)));
  return ticks;
}
function timeSteps(seconds, wanted) {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  const step = steps.find((s) => seconds / s <= wanted) || 86400 * 7;
  const ticks = [];
  for (let t = 0; t <= seconds + 1e-9; t += step) ticks.push(Number(t.toFixed(3)));
  return ticks;
}
function timeAxis(chart, end, x, left, right, bottom) {
  svg(chart, "line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom });
  for (const tick of timeSteps(end, Math.max(3, Math.min(9, Math.floor((right - left) / 62))))) {
    svg(chart, "line", { class: "axis", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 5 });
    svg(chart, "text", { x: x(tick), y: bottom + 19, "text-anchor": tick === 0 ? "start" : x(tick) > right - 16 ? "end" : "middle" }, clockText(tick));
  }
}
/* On paper a chart is as wide as the page; elsewhere as its place. */
let paper = false;
const chartWidth = (host) => (paper ? 660 : Math.max(300, host.clientWidth || 1100));
