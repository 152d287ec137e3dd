// Points over two scales, with their intervals and, where asked for, the line of equality.
import type { EChartsCoreOption } from "echarts/core";
import type { Palette } from "./palette";

// x, y, low, high, rows
type Point = [number, number, number | null, number | null, number | null];

interface Trace {
  name: string;
  tone?: string;
  line: boolean;
  points: Point[];
}

export interface PlotData {
  kind: "plot";
  across: string;
  up: string;
  diagonal: string;
  traces: Trace[];
  unit?: string;
  decimals?: number;
  locale?: string;
  most?: number | null;
}

type Format = (value: number | null | undefined) => string;

function formatter(data: PlotData): Format {
  const format = new Intl.NumberFormat(data.locale, { maximumFractionDigits: data.decimals ?? 0 });
  return (value) => (value == null ? "–" : format.format(value) + (data.unit ?? ""));
}

function colorOf(trace: Trace, index: number, palette: Palette): string {
  return (trace.tone ? palette.tones[trace.tone] : undefined) ?? palette.series[index % 5] ?? palette.ink;
}

// One upright stroke from low to high for each point; a gap after each keeps them apart.
function strokes(trace: Trace, color: string): object[] {
  const bounded = trace.points.filter((point) => point[2] !== null && point[3] !== null);
  if (bounded.length === 0) return [];
  return [
    {
      type: "line",
      data: bounded.flatMap(([x, , low, high]) => [[x, low], [x, high], [x, null]]),
      symbol: "none",
      connectNulls: false,
      silent: true,
      color,
      lineStyle: { width: 1.5, opacity: 0.7 },
    },
  ];
}

function drawn(trace: Trace, index: number, palette: Palette): object[] {
  const color = colorOf(trace, index, palette);
  const data = trace.points.map(([x, y]) => [x, y]);
  const line = { type: "line", symbol: "none", lineStyle: { width: 1.75 } };
  const dots = { type: "scatter", symbolSize: 8 };
  return [
    { name: trace.name, data, color, emphasis: { disabled: true }, ...(trace.line ? line : dots) },
    ...strokes(trace, color),
  ];
}

function equality(data: PlotData, most: number, palette: Palette): object[] {
  if (!data.diagonal) return [];
  return [
    {
      name: data.diagonal,
      type: "line",
      data: [[0, 0], [most, most]],
      symbol: "none",
      silent: true,
      color: palette.muted,
      lineStyle: { width: 1, type: "dashed" },
      tooltip: { show: false },
    },
  ];
}

function told(data: PlotData, format: Format): (at: unknown) => string {
  return (at) => {
    const { seriesName, dataIndex } = at as { seriesName: string; dataIndex: number };
    const point = data.traces.find((trace) => trace.name === seriesName)?.points[dataIndex];
    if (!point) return "";
    const [x, y, low, high, rows] = point;
    const ends = low === null ? "" : ` (${format(low)} – ${format(high)})`;
    const count = rows === null ? "" : `\nn = ${new Intl.NumberFormat(data.locale).format(rows)}`;
    return `${seriesName}\n${data.across}: ${format(x)}\n${data.up}: ${format(y)}${ends}${count}`;
  };
}

export function plotOption(data: PlotData, palette: Palette): EChartsCoreOption {
  const text = { color: palette.muted, fontFamily: palette.font, fontSize: 11 };
  const format = formatter(data);
  const ends = data.traces.flatMap((trace) => trace.points.map(([x, y, , high]) => Math.max(x, y, high ?? 0)));
  const most = data.most ?? Math.max(...ends, 0);
  const axis = {
    type: "value",
    min: 0,
    max: data.most ?? undefined,
    interval: data.most ? data.most / 4 : undefined,
    splitNumber: 4,
    nameLocation: "middle",
    nameTextStyle: text,
    axisLine: { lineStyle: { color: palette.line } },
    splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
    axisLabel: { ...text, formatter: format, hideOverlap: true },
  };
  return {
    // Many names take two lines, on a narrow screen three.
    grid: { left: 22, right: 22, top: data.traces.length > 3 ? 64 : 30, bottom: 22, containLabel: true },
    legend: {
      data: [...data.traces.map((trace) => trace.name), ...(data.diagonal ? [data.diagonal] : [])],
      left: 0,
      top: 0,
      itemWidth: 12,
      itemHeight: 3,
      icon: "rect",
      textStyle: { ...text, color: palette.ink },
    },
    tooltip: {
      trigger: "item",
      confine: true,
      renderMode: "richText",
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontFamily: palette.font, fontSize: 12 },
      formatter: told(data, format),
    },
    xAxis: { ...axis, name: data.across, nameGap: 26 },
    yAxis: { ...axis, name: data.up, nameGap: 42 },
    series: [
      ...equality(data, most, palette),
      ...data.traces.flatMap((trace, index) => drawn(trace, index, palette)),
    ],
  };
}
