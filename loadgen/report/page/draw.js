/* Everything once; the charts again whenever their width changes; all of it open on paper. */

function setTheme(dark) {
  root.dataset.theme = dark ? "dark" : "light";
  $("theme").textContent = dark ? "Light" : "Dark";
}
$("theme").onclick = () => setTheme(root.dataset.theme !== "dark");
setTheme(location.hash === "#dark" || (location.hash !== "#light" && matchMedia("(prefers-color-scheme: dark)").matches));

function drawCharts() {
  drawTimeline();
  drawFailures();
  drawSpectrum();
}
drawHead();
drawTiles();
drawVerdicts();
drawNotes();
drawControls();
drawRequestControls();
drawTests();
drawSlowest(false);
drawUsers();
drawPercentiles();
drawFoot();
drawRequests();
drawCharts();

let drawnWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawnWidth || paper) return;
  drawnWidth = innerWidth;
  drawCharts();
});
function setPaper(on) {
  paper = on;
  drawRequests();
  drawCharts();
}
addEventListener("beforeprint", () => setPaper(true));
addEventListener("afterprint", () => setPaper(false));
