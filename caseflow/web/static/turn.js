/* Takes what is typed here along to the same page in the other language. It waits in this tab alone, for its writer, and
   only until that page is there; passwords and files do not travel. Without this file the page says that what is typed
   stays behind. A form that draft.js saves takes its words along itself. */
"use strict";
(() => {
  const link = document.querySelector("a[data-turn]");
  if (!link) return;
  const WAITS = "caseflow:turned", here = `${link.dataset.turn}:${location.pathname}`;
  const STAY = new Set(["hidden", "password", "file", "submit", "button"]);
  const forms = () => [...document.querySelectorAll("main form:not([data-draft])")];
  const controls = () => forms().flatMap((form) => [...form.elements]).filter(({ id, type }) => id && !STAY.has(type));

  link.addEventListener("click", () => {
    const typed = controls().map(({ id, value, checked }) => [id, { value, checked }]);
    sessionStorage.setItem(WAITS, JSON.stringify({ here, typed }));
  });

  const waiting = JSON.parse(sessionStorage.getItem(WAITS));
  sessionStorage.removeItem(WAITS);
  if (!waiting || waiting.here !== here) return;
  const typed = new Map(waiting.typed);
  for (const control of controls()) {
    const { value, checked } = typed.get(control.id) ?? control;
    if (control.type === "radio" || control.type === "checkbox") control.checked = checked;
    else control.value = value;
  }
})();
