// The stylesheet's colour roles, resolved for a canvas, which knows no custom properties.

export interface Palette {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  series: string[];
  tones: Record<string, string>;
  font: string;
}

const SERIES = ["--tn-series-1", "--tn-series-2", "--tn-series-3", "--tn-series-4", "--tn-series-5"];
const TONES = ["good", "fair", "poor", "unknown", "prospect", "customer", "client", "advocate", "former"];

// The name of a role without its prefix, as the server names tones: series-1.
function bare(role: string): string {
  return role.replace("--tn-", "");
}

export function readPalette(place: HTMLElement): Palette {
  const probe = document.createElement("span");
  probe.style.transitionProperty = "none";
  place.append(probe);
  const resolve = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    ink: resolve("--tn-ink"),
    muted: resolve("--tn-ink-2"),
    line: resolve("--tn-line"),
    surface: resolve("--tn-surface"),
    series: SERIES.map(resolve),
    tones: Object.fromEntries([...TONES, ...SERIES.map(bare)].map((tone) => [tone, resolve(`--tn-${tone}`)])),
    font: getComputedStyle(place).fontFamily,
  };
  probe.remove();
  return palette;
}
