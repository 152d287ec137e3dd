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

function ask(dialog: HTMLDialogElement, form: HTMLFormElement, submitter: HTMLElement | null): void {
  const count = dialog.querySelector("[data-count-checked]");
  if (count) {
    const checked = form.querySelectorAll("tbody input[type=checkbox]:checked").length;
    count.textContent = String(checked);
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
