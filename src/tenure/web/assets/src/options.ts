// From the server's plain description of a chart to the drawing library's options.
import type { EChartsCoreOption } from "echarts/core";
import { bands, marked } from "./bands";
import type { Palette } from "./palette";

export interface Series {
  name: string;
  values: (number | null)[];
  tone?: string;
  low?: (number | null)[];
  high?: (number | null)[];
  innerLow?: (number | null)[];
  innerHigh?: (number | null)[];
}

export interface Flow {
  source: string;
  target: string;
  value: number;
}

export interface ChartData {
  kind: "line" | "area" | "step" | "bar" | "stacked" | "sankey" | "bridge";
  labels: string[];
  series: Series[];
  flows?: Flow[];
  nodes?: { name: string; tone?: string }[];
  unit?: string;
  decimals?: number;
  locale?: string;
  least?: number | null;
  most?: number | null;
  marks?: { at: number; text: string }[];
}

function formatter(data: ChartData): (value: number | null | undefined) => string {
  const format = new Intl.NumberFormat(data.locale, { maximumFractionDigits: data.decimals ?? 0 });
  return (value) => {
    if (value === null || value === undefined) return "–";
    return format.format(value) + (data.unit ?? "");
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

function colorOf(series: Series, index: number, palette: Palette): string {
  return (series.tone ? palette.tones[series.tone] : undefined) ?? palette.series[index % 5] ?? palette.ink;
}

// One line of a tooltip for each named series, with its interval where it has one.
function told(data: ChartData, format: (value: number | null | undefined) => string): (points: unknown) => string {
  return (points) => {
    const at = (points as { dataIndex: number; name: string }[])[0];
    if (!at) return "";
    const lines = data.series.map((series) => {
      const { low = [], high = [] } = series;
      const value = series.values[at.dataIndex];
      const ends = low[at.dataIndex] == null ? "" : ` (${format(low[at.dataIndex])} – ${format(high[at.dataIndex])})`;
      return `${series.name}: ${format(value)}${ends}`;
    });
    return [at.name, ...lines].join("\n");
  };
}

function oneSeries(data: ChartData, series: Series, index: number, palette: Palette): object {
  const bar = data.kind === "bar" || data.kind === "stacked";
  return {
    name: series.name,
    type: bar ? "bar" : "line",
    data: series.values,
    step: data.kind === "step" ? "end" : false,
    stack: data.kind === "stacked" ? "all" : undefined,
    symbol: "none",
    barMaxWidth: 22,
    connectNulls: false,
    color: colorOf(series, index, palette),
    lineStyle: { width: 1.75 },
    areaStyle: data.kind === "area" || (data.kind === "step" && data.series.length === 1 && !series.low?.length) ? { opacity: 0.1 } : undefined,
    emphasis: { disabled: true },
    markLine: index === 0 ? marked(data, palette) : undefined,
  };
}

function axisOption(data: ChartData, palette: Palette): EChartsCoreOption {
  const text = { color: palette.muted, fontFamily: palette.font, fontSize: 11 };
  const format = formatter(data);
  const banded = data.series.some((series) => (series.low ?? []).length > 0);
  return {
    grid: { left: 4, right: 26, top: data.series.length > 1 ? 30 : data.marks?.length ? 20 : 10, bottom: 4, containLabel: true },
    legend: {
      show: data.series.length > 1,
      data: data.series.map((series) => series.name),
      left: 0,
      top: 0,
      itemWidth: 12,
      itemHeight: 3,
      icon: "rect",
      textStyle: { ...text, color: palette.ink },
    },
    tooltip: { ...tooltip(palette), ...(banded ? { formatter: told(data, format) } : { valueFormatter: format }) },
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
      min: data.least ?? undefined,
      max: data.most ?? undefined,
      interval: data.most ? (data.most - (data.least ?? 0)) / 4 : undefined,
      splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
      axisLabel: { ...text, formatter: format, hideOverlap: true },
    },
    series: data.series.flatMap((series, index) => [
      oneSeries(data, series, index, palette),
      ...bands(data.kind === "step", series, index, colorOf(series, index, palette)),
    ]),
  };
}

// Bars that hang between the totals: each change starts where the one before it ended. They lie on
// their side, so that their names have room on a telephone too.
function bridgeOption(data: ChartData, palette: Palette): EChartsCoreOption {
  const values = (data.series[0]?.values ?? []).map((value) => value ?? 0);
  const format = formatter(data);
  const text = { color: palette.muted, fontFamily: palette.font, fontSize: 11 };
  const last = values.length - 1;
  let level = 0;
  const bars = values.map((value, index) => {
    const total = index === 0 || index === last;
    const from = total ? (data.least ?? 0) : level;
    level = total ? value : level + value;
    const tone = total ? palette.series[0] : value < 0 ? palette.tones["poor"] : palette.tones["good"];
    return { from: Math.min(from, level), to: Math.max(from, level), tone };
  });
  return {
    grid: { left: 4, right: 62, top: 4, bottom: 4, containLabel: true },
    tooltip: {
      ...tooltip(palette),
      trigger: "item",
      formatter: (point: unknown) => {
        const { dataIndex, name } = point as { dataIndex: number; name: string };
        return `${name}: ${format(values[dataIndex])}`;
      },
    },
    xAxis: {
      type: "value",
      min: data.least ?? undefined,
      splitNumber: 3,
      splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
      axisLabel: { ...text, formatter: format, hideOverlap: true },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: data.labels,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { ...text, color: palette.ink, fontSize: 12 },
    },
    series: [
      {
        type: "bar",
        stack: "all",
        silent: true,
        data: bars.map((bar) => bar.from),
        itemStyle: { opacity: 0 },
        emphasis: { disabled: true },
      },
      {
        type: "bar",
        stack: "all",
        barMaxWidth: 24,
        emphasis: { disabled: true },
        data: bars.map((bar) => ({ value: bar.to - bar.from, itemStyle: { color: bar.tone } })),
        label: {
          show: true,
          position: "right",
          color: palette.ink,
          fontFamily: palette.font,
          fontSize: 11,
          formatter: (point: { dataIndex: number }) => format(values[point.dataIndex]),
        },
      },
    ],
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
        labelLayout: { hideOverlap: true },
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
  if (data.kind === "sankey") return sankeyOption(data, palette);
  return data.kind === "bridge" ? bridgeOption(data, palette) : axisOption(data, palette);
}
