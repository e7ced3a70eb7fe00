/* What pages gain with JavaScript; without it everything still works by links and forms.

   j k x e / in the stream of issues · [data-copy] copies a field · [data-submit] sends its form on change
   · [data-check-all] ticks the boxes of its form · [data-lines] numbers the lines of the text beside it
   · [data-pick] says in its line what is ticked in its list · [data-unsaved] asks before its changes are lost. */
(() => {
  "use strict";

  const typing = (target) => target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const link = (row) => row.querySelector("a[href]");

  function move(step) {
    const all = rows();
    const now = all.indexOf(document.activeElement.closest("[data-row]"));
    const next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step];
    if (next) {
      link(next).focus();
      next.scrollIntoView({ block: "nearest" });
    }
  }

  function tick() {
    const row = document.activeElement.closest("[data-row]");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: tick,
    "/": () => {
      const search = document.querySelector("[data-search]");
      search?.focus();
      search?.setSelectionRange(search.value.length, search.value.length); // to type on after what stands there
    },
    "[": () => document.querySelector("[rel=prev]")?.click(),
    "]": () => document.querySelector("[rel=next]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      closeMenus(null);
      if (typing(event.target)) event.target.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = keys[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });

  /* Suggestions below the search: arrows walk through them, and taking one goes on in the box. */
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest(".search");
    if (!box || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const all = [box.querySelector("[data-search]"), ...box.querySelectorAll("[data-suggest]")];
    const next = all[all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });

  document.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-suggest]");
    const field = document.querySelector("[data-search]");
    if (!taken || !field || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    field.value = taken.dataset.suggest;
    field.focus();
    if ("whole" in taken.dataset) field.form.requestSubmit();
    else field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* One menu is open at a time; a click elsewhere and Escape close it. */
  function closeMenus(but) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  }

  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.matches("[data-check-all]")) {
      for (const box of target.form.querySelectorAll("[data-row] input[type=checkbox]")) box.checked = target.checked;
    }
    if (target.matches("[data-submit]")) target.form.requestSubmit();
    if (target.matches("[data-row] input[type=checkbox], [data-check-all]")) mark(target.form);
  });

  /* The bulk buttons come alive with the first tick. */
  function mark(form) {
    const ticked = form.querySelectorAll("[data-row] input:checked").length;
    for (const button of form.querySelectorAll("[data-bulk]")) button.disabled = ticked === 0;
    for (const words of form.querySelectorAll("[data-ticked]")) words.textContent = ticked ? `${ticked} selected` : "";
  }

  /* What is ticked in a list stands in its line; a second list says what is left out. */
  document.addEventListener("change", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    const said = (list) => [...list.querySelectorAll("label:has(:checked)")].map((one) => one.textContent).join(" or ");
    const [chosen, but] = [...pick.querySelectorAll("fieldset")].map(said);
    pick.querySelector("summary").textContent = (chosen || pick.dataset.pick) + (but ? ` but ${but}` : "");
  });

  /* A row is a link as a whole; figures lie above it for what they say on hover. */
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && !event.target.closest("a, label, input, button")) link(row).click();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(field.value ?? field.textContent).then(() => {
      const words = button.querySelector("[data-words]") ?? button;
      const before = words.textContent;
      words.textContent = "Copied";
      setTimeout(() => { words.textContent = before; }, 1500);
    });
  });

  /* As many numbers as lines, at once; what is to be said of each line comes from the server. */
  function number(area) {
    const count = area.value.split("\n").length;
    const gutter = document.getElementById(area.dataset.lines);
    area.rows = Math.max(12, count);
    while (gutter.children.length < count) gutter.append(document.createElement("li"));
    while (gutter.children.length > count) gutter.lastElementChild.remove();
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-lines]")) number(event.target);
  });

  /* On a small screen tabs and the main menu go beyond its edge: where one is, is in view. */
  function reveal(place) {
    const row = place.closest(".tabs, .nav");
    const [one, edge] = [place.getBoundingClientRect(), row.getBoundingClientRect()];
    if (one.left >= edge.left && one.right <= edge.right) return;
    row.scrollLeft += (one.left + one.right - edge.left - edge.right) / 2;
  }

  /* What a form holds, without what only looks at it. */
  function held(form) {
    const data = new FormData(form);
    for (const field of form.querySelectorAll("[data-passing] [name]")) data.delete(field.name);
    return JSON.stringify([...data]);
  }

  /* Leaving a form that was changed asks first; one that came back unsaved ("changed") is so from the beginning. */
  function guard(form) {
    const before = form.dataset.unsaved === "changed" ? "" : held(form);
    let isSent = false;
    form.addEventListener("submit", () => { isSent = true; });
    addEventListener("pageshow", () => { isSent = false; });
    addEventListener("beforeunload", (event) => {
      if (!isSent && held(form) !== before) event.preventDefault();
    });
  }
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-unsaved]").forEach(guard));

  function start() {
    for (const tab of document.querySelectorAll(".tabs [aria-current], .nav [aria-current]")) reveal(tab);
    for (const form of document.querySelectorAll("form")) if (form.querySelector("[data-bulk]")) mark(form);
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
    for (const area of document.querySelectorAll("[data-lines]")) number(area);
  }
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
})();
