// A form that names a <dialog> in data-confirm is sent only after that dialog says yes.

export function startConfirm(root: Document): void {
  root.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement)) return;
      const submitter = event.submitter;
      const name = submitter?.dataset["confirm"] ?? form.dataset["confirm"];
      if (!name || form.dataset["confirmed"] === "yes") {
        delete form.dataset["confirmed"];
        return;
      }
      const dialog = root.getElementById(name);
      if (!(dialog instanceof HTMLDialogElement)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(dialog, form, submitter);
    },
    true,
  );
}

// Boxes of a table may belong to a form that stands elsewhere, so ask the form, not the tree.
function ticked(form: HTMLFormElement): number {
  return [...form.elements].filter(
    (field) => field instanceof HTMLInputElement && field.type === "checkbox" && field.name && field.checked,
  ).length;
}

function ask(dialog: HTMLDialogElement, form: HTMLFormElement, submitter: HTMLElement | null): void {
  const count = dialog.querySelector("[data-count-checked]");
  if (count) {
    count.textContent = String(ticked(form));
  }
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset["confirmed"] = "yes";
      form.requestSubmit(submitter);
    },
    { once: true },
  );
  dialog.showModal();
}
