// The queue of Today: d is done, D done with the whole account, s snoozes. In the plan of the week d
// accepts and x opens the reasons for dismissing. After a list was drawn anew the focus goes to what
// stands where the item stood, so that the next key goes on from there.
import { isTyping, rowAt } from "./keyboard";

const LIST = "today-list";
const LISTS = [LIST, "today-plan"];
let place = -1;

export function startQueue(root: Document): void {
  if (!root.getElementById(LIST)) return;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const item = rowAt(root);
    if (!item) return;
    if (event.key === "d") press(item, "[data-key-done]");
    if (event.key === "D") press(item.closest("li.card"), "[data-key-all]", "[data-key-done]");
    if (event.key === "s") openMenu(item, "[data-key-snooze]");
    if (event.key === "x") openMenu(item, "[data-key-dismiss]");
  });
  root.addEventListener("htmx:beforeRequest", () => {
    const at = rowAt(root);
    place = links(root).findIndex((link) => at?.contains(link) || at === link);
  });
  root.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof HTMLElement && LISTS.includes(event.target.id)) restore(root);
  });
}

function links(root: Document): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("[data-item] [data-row-link]")];
}

function press(within: Element | null, ...buttons: string[]): void {
  for (const name of buttons) {
    const button = within?.querySelector<HTMLButtonElement>(name);
    if (!button) continue;
    button.click();
    return;
  }
}

function openMenu(item: HTMLElement, name: string): void {
  const menu = item.querySelector<HTMLDetailsElement>(`details${name}`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector<HTMLElement>("button")?.focus();
}

function restore(root: Document): void {
  if (place < 0) return;
  const there = links(root);
  const next = there[Math.min(place, there.length - 1)] ?? root.getElementById(LIST);
  next?.focus();
  place = -1;
}
