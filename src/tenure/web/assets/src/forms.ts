// Small conveniences of forms: select all rows, submit on change, close an open menu.

export function startForms(root: Document): void {
  root.addEventListener("change", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLElement)) return;
    if (field.matches("[data-check-all]") && field instanceof HTMLInputElement) checkAll(field);
    if (field instanceof HTMLInputElement && field.dataset["mostMb"]) checkSize(field);
    if (field.matches("[data-submit-on-change]")) field.closest("form")?.requestSubmit();
  });
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.tn-menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

// Says that files are too large before they are sent, which may take minutes.
function checkSize(field: HTMLInputElement): void {
  const bytes = [...(field.files ?? [])].reduce((sum, file) => sum + file.size, 0);
  const most = Number(field.dataset["mostMb"]) * 1024 * 1024;
  field.setCustomValidity(bytes > most ? (field.dataset["tooLarge"] ?? "") : "");
  field.reportValidity();
}

function checkAll(box: HTMLInputElement): void {
  const rows = box.closest("table")?.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]");
  for (const row of rows ?? []) row.checked = box.checked;
}
