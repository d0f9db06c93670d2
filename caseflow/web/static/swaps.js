/* Beside htmx: an ended session shows its log-in, what did not change stays as it is, and what did not arrive is said in
   words while everything typed stays where it is. */
"use strict";
(() => {
  const told = document.getElementById("jalur");
  const on = (name, act) => document.addEventListener(`htmx:${name}`, (event) => act(event.detail));
  const say = (why) => {
    told.textContent = why ? told.dataset[why] : "";
    told.hidden = !why;
  };
  on("beforeSwap", (answer) => {
    say("");
    if (new URL(answer.xhr.responseURL).pathname === "/masuk") {
      answer.target = document.getElementById("isi");
      answer.selectOverride = "#isi";
    } else if (answer.target === answer.elt) { // looks again by itself: nobody loses their place for nothing
      const fresh = new DOMParser().parseFromString(answer.serverResponse, "text/html").getElementById(answer.elt.id);
      if (fresh && fresh.hasAttribute("hx-get") && fresh.innerHTML === answer.elt.innerHTML) answer.shouldSwap = false;
    }
  });
  on("sendError", () => say("lost"));
  on("timeout", () => say("lost"));
  on("responseError", () => say("failed"));
})();
