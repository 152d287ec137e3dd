// From the server's plain description of a chart to the drawing library's options.
import type { EChartsCoreOption } from "echarts/core";
import type { Palette } from "./palette";

export interface Series {
  name: string;
  values: (number | null)[];
  tone?: string;
}

export interface Flow {
  source: string;
  target: string;
  value: number;
}

export interface ChartData {
  kind: "line" | "area" | "step" | "bar" | "stacked" | "sankey";
  labels: string[];
  series: Series[];
  flows?: Flow[];
  nodes?: { name: string; tone?: string }[];
  unit?: string;
  decimals?: number;
  locale?: string;
  most?: number | null;
  marks?: { label: string; text: string }[];
}

function formatter(data: ChartData): (value: number | null | undefined) => string {
  const format = new Intl.NumberFormat(data.locale, { maximumFractionDigits: data.decimals ?? 0 });
  return (value) => {
    if (value === null || value === undefined) return "–";
    return data.unit ? `${format.format(value)} ${data.unit}` : format.format(value);
  };
}

function tooltip(palette: Palette): EChartsCoreOption {
  return {
    trigger: "axis",
    confine: true,
    renderMode: "richText",
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
    axisPointer: { type: "line", lineStyle: { color: palette.muted, width: 1 } },
  };
}

function oneSeries(data: ChartData, series: Series, index: number, palette: Palette): object {
  const bar = data.kind === "bar" || data.kind === "stacked";
  const color = (series.tone ? palette.tones[series.tone] : undefined) ?? palette.series[index % 5];
  return {
    name: series.name,
    type: bar ? "bar" : "line",
    data: series.values,
    step: data.kind === "step" ? "end" : false,
    stack: data.kind === "stacked" ? "all" : undefined,
    symbol: "none",
    barMaxWidth: 22,
    connectNulls: false,
    color,
    lineStyle: { width: 1.75 },
    areaStyle: data.kind === "area" || data.kind === "step" ? { opacity: 0.1 } : undefined,
    emphasis: { disabled: true },
  };
}

function axisOption(data: ChartData, palette: Palette): EChartsCoreOption {
  const text = { color: palette.muted, fontFamily: palette.font, fontSize: 11 };
  const format = formatter(data);
  return {
    grid: { left: 4, right: 26, top: data.series.length > 1 ? 30 : 10, bottom: 4, containLabel: true },
    legend: {
      show: data.series.length > 1,
      left: 0,
      top: 0,
      itemWidth: 12,
      itemHeight: 3,
      icon: "rect",
      textStyle: { ...text, color: palette.ink },
    },
    tooltip: { ...tooltip(palette), valueFormatter: format },
    xAxis: {
      type: "category",
      data: data.labels,
      boundaryGap: data.kind === "bar" || data.kind === "stacked",
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      splitNumber: 3,
      minInterval: data.decimals ? undefined : 1,
      max: data.most ?? undefined,
      interval: data.most ? data.most / 4 : undefined,
      splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
      axisLabel: { ...text, formatter: format },
    },
    series: data.series.map((series, index) => oneSeries(data, series, index, palette)),
  };
}

function columnOf(name: string): string {
  return name.split("|")[0] ?? "";
}

// A node's text is what follows the bar in its name; thin ones are named in the last column only.
function nodeLabel(node: { name: string; value: number }, data: ChartData): string {
  const last = columnOf(data.nodes?.at(-1)?.name ?? "");
  const text = node.name.split("|").at(-1) ?? "";
  const most = Math.max(0, ...(data.flows ?? []).map((flow) => flow.value));
  return columnOf(node.name) === last || node.value > most / 8 ? text : "";
}

function sankeyOption(data: ChartData, palette: Palette): EChartsCoreOption {
  const format = formatter(data);
  const label = { color: palette.ink, fontFamily: palette.font, fontSize: 12 };
  const columns = [...new Set((data.nodes ?? []).map((node) => columnOf(node.name)))];
  return {
    tooltip: { ...tooltip(palette), trigger: "item", valueFormatter: format },
    series: [
      {
        type: "sankey",
        left: 4,
        right: 110,
        top: 8,
        bottom: 8,
        nodeWidth: 10,
        nodeGap: 12,
        draggable: false,
        // Nodes stay in the order they are given, best at the top, instead of being shuffled.
        layoutIterations: 0,
        label: { ...label, formatter: (node: { name: string; value: number }) => nodeLabel(node, data) },
        lineStyle: { color: "source", opacity: 0.22, curveness: 0.5 },
        emphasis: { focus: "adjacency" },
        data: (data.nodes ?? []).map((node) => ({
          name: node.name,
          depth: columns.indexOf(columnOf(node.name)),
          itemStyle: { color: palette.tones[node.tone ?? ""] ?? palette.series[0] },
        })),
        links: data.flows ?? [],
      },
    ],
  };
}

export function optionOf(data: ChartData, palette: Palette): EChartsCoreOption {
  return data.kind === "sankey" ? sankeyOption(data, palette) : axisOption(data, palette);
}
