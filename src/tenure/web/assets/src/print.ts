// A button with data-print opens the browser's dialog.

export function startPrint(root: Document): void {
  root.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
  });
}
