/* Lets the page of an order follow it: what changed is taken from the page itself, until nothing is left to do. */
"use strict";
(() => {
  const WAIT = 4000;
  const look = async () => {
    const shown = document.getElementById("keadaan");
    try {
      const answer = await fetch(location.href, { redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("keadaan");
      if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(fresh);
      if (fresh && "selesai" in fresh.dataset) {
        document.getElementById("kabar").textContent = page.getElementById("kabar").textContent;
        return;
      }
    } catch (lost) { /* the line is down: it is asked again */ }
    setTimeout(look, WAIT);
  };
  setTimeout(look, WAIT);
})();
