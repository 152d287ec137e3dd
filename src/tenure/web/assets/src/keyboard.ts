// Keys: "/" to search, j and k through the rows of a list, enter opens, escape closes a menu.

export function startKeyboard(root: Document): void {
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") closeMenus(root);
    if (isTyping(event.target)) return;
    if (event.key === "/") focusSearch(root, event);
    if (event.key === "j") moveRow(root, 1);
    if (event.key === "k") moveRow(root, -1);
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
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
  const at = links.findIndex((link) => link === root.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}
