/* Stands on the page that says "saved": what this tab just sent from the form of a stage of this case is not kept. */
"use strict";
(() => {
  const RECENT = 120000, sent = sessionStorage.getItem("caseflow:sent");
  for (const name of Object.keys(localStorage).filter((key) => key.startsWith("caseflow:"))) {
    let copy = null;
    try { copy = JSON.parse(localStorage.getItem(name)); } catch (broken) { copy = null; }
    const ofThis = name.includes(`:${location.pathname}/catatan/`) && name === sent;
    if (!copy || (ofThis && copy.sent && Date.now() - copy.at < RECENT)) localStorage.removeItem(name);
  }
})();
