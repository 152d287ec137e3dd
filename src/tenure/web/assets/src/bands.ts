// Intervals around a line, and lines across a chart at some of its labels.
import type { ChartData, Series } from "./options";
import type { Palette } from "./palette";

type Values = (number | null)[];

// A band is two stacked areas, the lower one unseen; the tooltip and the legend leave both out.
function band(step: boolean, name: string, color: string, low: Values = [], high: Values = []): object[] {
  if (low.length === 0) return [];
  const shared = {
    type: "line",
    stack: name,
    stackStrategy: "all",
    step: step ? "end" : false,
    symbol: "none",
    silent: true,
    lineStyle: { opacity: 0 },
    emphasis: { disabled: true },
    color,
  };
  const widths = high.map((top, i) => (top === null || low[i] == null ? null : top - low[i]));
  return [
    { ...shared, data: low },
    { ...shared, data: widths, areaStyle: { opacity: 0.13 } },
  ];
}

export function bands(step: boolean, series: Series, index: number, color: string): object[] {
  return [
    ...band(step, `band-${index}`, color, series.low, series.high),
    ...band(step, `inner-${index}`, color, series.innerLow, series.innerHigh),
  ];
}

// Dashed lines, each with a word at its top.
export function marked(data: ChartData, palette: Palette): object | undefined {
  if (!data.marks?.length) return undefined;
  return {
    symbol: "none",
    silent: true,
    animation: false,
    lineStyle: { type: "dashed", width: 1, color: palette.muted },
    label: { color: palette.muted, fontFamily: palette.font, fontSize: 11, distance: 3 },
    data: data.marks.map((mark) => ({ xAxis: mark.at, label: { formatter: mark.text } })),
  };
}
