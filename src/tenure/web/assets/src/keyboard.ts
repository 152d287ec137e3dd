// Keys: "/" to search, j and k through the rows of a list, enter opens, x ticks, ? shows the keys,
// escape closes a menu.

export function startKeyboard(root: Document): void {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") closeMenus(root);
    if (isTyping(event.target)) return;
    if (event.key === "/") focusSearch(root, event);
    if (event.key === "j") moveRow(root, 1);
    if (event.key === "k") moveRow(root, -1);
    if (event.key === "x") tick(root);
    if (event.key === "?") showKeys(root);
  });
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.matches("[type=checkbox], [type=radio]")) return false;
  return target.matches("input, textarea, select, [contenteditable]");
}

// The row that holds the focus, wherever in it that is.
export function rowAt(root: Document): HTMLElement | null {
  return root.activeElement?.closest<HTMLElement>("[data-item], tr") ?? null;
}

function closeMenus(root: Document): void {
  for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.tn-menu[open]")) {
    menu.open = false;
    menu.querySelector<HTMLElement>("summary")?.focus();
  }
}

function focusSearch(root: Document, event: KeyboardEvent): void {
  const search = root.querySelector<HTMLInputElement>("input[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function moveRow(root: Document, step: number): void {
  const links = [...root.querySelectorAll<HTMLElement>("[data-row-link]")];
  if (links.length === 0) return;
  const row = rowAt(root);
  const at = links.findIndex((link) => link === root.activeElement || row?.contains(link));
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

function tick(root: Document): void {
  rowAt(root)?.querySelector<HTMLInputElement>("input[type=checkbox][name]")?.click();
}

function showKeys(root: Document): void {
  const keys = root.querySelector<HTMLDetailsElement>("details[data-keys]");
  if (!keys) return;
  keys.open = !keys.open;
  keys.querySelector<HTMLElement>("summary")?.focus();
}
