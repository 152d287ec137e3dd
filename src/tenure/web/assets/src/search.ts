// ⌘K or Ctrl-K opens the search box; arrows move through what is found, enter opens it.

export function startSearch(root: Document): void {
  const dialog = root.getElementById("search");
  if (!(dialog instanceof HTMLDialogElement)) return;
  const apple = /Mac|iPhone|iPad/.test(navigator.userAgent);
  for (const key of root.querySelectorAll(".tn-find kbd")) key.textContent = apple ? "⌘ K" : "Ctrl K";
  root.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open(dialog);
  });
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target === dialog) dialog.close();
    if (!event.target.closest("[data-open-search]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(dialog);
  });
  dialog.addEventListener("keydown", (event) => move(dialog, event));
}

function open(dialog: HTMLDialogElement): void {
  if (dialog.open || document.querySelector("dialog[open]")) return;
  dialog.showModal();
  const field = dialog.querySelector("input");
  field?.select();
  field?.dispatchEvent(new CustomEvent("tn:open"));
}

function move(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  const field = dialog.querySelector("input");
  const hits = [...dialog.querySelectorAll<HTMLElement>("[data-hit]")];
  const at = hits.findIndex((hit) => hit === document.activeElement);
  if (event.key === "ArrowDown") hits[Math.min(at + 1, hits.length - 1)]?.focus();
  else if (event.key === "ArrowUp") (at > 0 ? hits[at - 1] : field)?.focus();
  else if (event.key === "Enter" && document.activeElement === field && hits[0]) hits[0].click();
  else return;
  event.preventDefault();
}
