// Draws each [data-chart] from the JSON beside it. The figure also holds a sentence and a table.
import { BarChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use, type EChartsCoreOption, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { optionOf, type ChartData } from "./options";
import { readPalette } from "./palette";
import { plotOption, type PlotData } from "./plots";

use([
  BarChart,
  LineChart,
  ScatterChart,
  SankeyChart,
  HeatmapChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

const drawn = new Map<HTMLElement, EChartsType>();
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function dataOf(place: HTMLElement): ChartData | PlotData | null {
  const source = document.getElementById(place.dataset["chart"] ?? "");
  return source?.textContent ? (JSON.parse(source.textContent) as ChartData | PlotData) : null;
}

function draw(place: HTMLElement): void {
  const data = dataOf(place);
  if (!data) return;
  drawn.get(place)?.dispose();
  const chart = init(place, null, { renderer: "canvas" });
  const palette = readPalette(place);
  const option: EChartsCoreOption = data.kind === "plot" ? plotOption(data, palette) : optionOf(data, palette);
  chart.setOption({ ...option, animation: !calm.matches });
  drawn.set(place, chart);
}

/** Forgets charts that left the page and draws those of `root` that are not drawn yet, or all. */
function drawIn(root: ParentNode, again = false): void {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of root.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (again || !drawn.has(place)) draw(place);
  }
}

drawIn(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target instanceof HTMLElement) drawIn(event.target);
});
window.addEventListener("resize", () => {
  for (const chart of drawn.values()) chart.resize();
});
dark.addEventListener("change", () => drawIn(document, true));
