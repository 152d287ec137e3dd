// Where the names of pages and tabs stand in one line that scrolls, the current one is in sight.

export function showCurrent(root: Document): void {
  for (const here of root.querySelectorAll<HTMLElement>(".tn-nav [aria-current], .tn-tabs [aria-current]")) {
    const line = here.closest<HTMLElement>("ul");
    if (!line || line.scrollWidth <= line.clientWidth) continue;
    const [frame, own] = [line.getBoundingClientRect(), here.getBoundingClientRect()];
    line.scrollLeft += own.left + own.width / 2 - frame.left - frame.width / 2;
  }
}
