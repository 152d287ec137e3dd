// Small conveniences of forms: select all rows, submit on change, close an open menu.

export function startForms(root: Document): void {
  root.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement)) return;
    if (field.matches("[data-check-all]") && field instanceof HTMLInputElement) checkAll(field);
    if (field.matches("[data-submit-on-change]")) field.closest("form")?.requestSubmit();
  });
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.tn-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

function checkAll(box: HTMLInputElement): void {
  const rows = box.closest("table")?.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]");
  for (const row of rows ?? []) row.checked = box.checked;
}
