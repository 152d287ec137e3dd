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


def violations(page, address, rules=ALL) -> list[str]:
    """What axe finds on the open page; it is brought there once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
        page.evaluate(AT_ONCE)
    return [f"{address}: {text}" for text in page.evaluate(RUN % rules)]
