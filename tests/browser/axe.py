"""What axe, which looks for barriers, finds on a page."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "src/tenure/web/assets/node_modules/axe-core/axe.min.js"
ALL = """{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
  "best-practice"]}"""
# What other colours can change.
COLOURS = """{type: "rule", values: ["color-contrast", "link-in-text-block"]}"""
RUN = """async () => {
  const found = await axe.run(document, {runOnly: %s, resultTypes: ["violations"]});
  return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) =>
    n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | ")}`);
}"""
# Colours that fade from one scheme to the other would be measured half-way.
AT_ONCE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""

# Of rows, entries and options of one list that differ in words alone, the first few stay. What they
# look like comes of names, classes and attributes of what they hold, and so do most barriers.
FEW = """() => {
  const words = /^(id|for|name|value|title|href|src|hx-.*)$/;
  const looks = (a) => a.name === "class"
    || !words.test(a.name) && a.value.length <= 16 && !/\\d/.test(a.value);
  const kind = (row) => [row, ...row.querySelectorAll("*")].map((one) => one.localName +
    [...one.attributes].filter(looks).map((a) => a.name + "=" + a.value).sort()).join("/");
  const times = new Map();
  for (const row of [...document.querySelectorAll("tbody > tr, li, option")]) {
    if (!times.has(row.parentNode)) times.set(row.parentNode, new Map());
    const alike = times.get(row.parentNode), own = kind(row), before = alike.get(own) ?? 0;
    alike.set(own, before + 1);
    if (before >= 3 && row.nextElementSibling) row.remove();
  }
}"""


def thin_out(page) -> None:
    """Leave a few of many rows alike, once the open page was measured and read."""
    page.evaluate(FEW)


def violations(page, address, rules=ALL) -> list[str]:
    """What axe finds on the open page; it is brought there once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
        page.evaluate(AT_ONCE)
    return [f"{address}: {text}" for text in page.evaluate(RUN % rules)]
