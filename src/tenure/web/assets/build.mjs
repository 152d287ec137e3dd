// Builds everything the pages load into ../static/build under stable names; the static files
// storage adds the hashes. Run through `python -m tenure.web.build`, or `npm run build`.
import { build } from "esbuild";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { PurgeCSS } from "purgecss";

const out = new URL("../static/build/", import.meta.url).pathname;
const rooms = new URL("../../", import.meta.url).pathname;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await build({
  entryPoints: {
    app: "src/app.ts",
    charts: "src/charts.ts",
    style: "src/css/style.css",
  },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  assetNames: "[name]",
  loader: { ".woff2": "file" },
  legalComments: "linked",
  logLevel: "warning",
});

// Tabler ships half a megabyte of rules; keep those that a template or module can name.
const sheet = `${out}style.css`;
const [purged] = await new PurgeCSS().purge({
  content: [`${rooms}**/templates/**/*.html`, `${rooms}web/**/*.py`, "src/**/*.ts"],
  css: [{ raw: await readFile(sheet, "utf8") }],
  safelist: { greedy: [/^tn-/, /htmx/, /^is-/], standard: ["html", "body", "dialog"] },
  dynamicAttributes: ["data-bs-theme", "data-tone", "aria-current", "open"],
});
await writeFile(sheet, purged.css);
