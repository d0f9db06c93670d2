/* Saves the form of a stage while it is typed: on this device at once, on the server after a pause. Without this file
   the form is saved by its button alone. Says in words where what was typed is; never "saved" before the server has
   answered. */
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.dataset;
  const status = document.getElementById("saving");
  const offer = document.getElementById("kept");
  const place = `caseflow:${said.reader}:${location.pathname}`;
  const PAUSE = 2500, LONGEST = 20000, AGAIN = 10000, KEPT_DAYS = 7;
  let waiting = 0, since = 0, sending = false, stopped = false, last = "";

  const fields = () => [...new FormData(form)].filter(([name, value]) => !name.startsWith("_") && typeof value === "string");
  const told = (pairs) => JSON.stringify(pairs);
  const shown = told(fields());

  function say(sentence, data = {}) {
    const text = sentence.replace(/\{(\w+)\}/g, (_all, name) => data[name] ?? "");
    if (text !== status.textContent) status.textContent = text;
  }

  // --- on this device ---
  function keep(sent = false) {
    const version = Number(form.elements._versi.value);
    try {
      localStorage.setItem(place, JSON.stringify({ at: Date.now(), fields: fields(), version, sent }));
    } catch (full) {
      say(said.full);
    }
  }
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(place));
    } catch (broken) {
      return null;
    }
  }
  const forget = () => localStorage.removeItem(place);

  function forgetOld() {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith("caseflow:"))) {
      let at = 0;
      try { at = JSON.parse(localStorage.getItem(name)).at; } catch (broken) { at = 0; }
      if (Date.now() - at > KEPT_DAYS * 864e5) localStorage.removeItem(name);
    }
  }

  function put(pairs) {
    for (const control of form.elements) {
      if (!control.name || control.name.startsWith("_") || control.type === "hidden") continue;
      const values = pairs.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values[0] ?? "";
    }
  }

  // --- on the server ---
  async function send() {
    if (sending || stopped) return;
    const now = fields(), content = told(now);
    if (content === last) return;
    sending = true;
    since = 0;
    say(said.saving);
    const body = new URLSearchParams(now);
    for (const name of ["_token", "_siapa", "_versi"]) body.append(name, form.elements[name].value);
    try {
      const answer = await fetch(said.draft, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
      const plain = (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : null;
      if (plain && answer.ok) {
        form.elements._versi.value = plain.version;
        last = content;
        say(said.saved, plain);
        if (told(fields()) === content) forget();
        else later(PAUSE);
      } else if (plain && answer.status === 409) {
        stopped = true;
        say(said.conflict);
      } else if (plain) {
        last = content; // asked again once it changed
        say(said.refused, plain);
      } else if (answer.status >= 500) {
        say(said.offline);
        later(AGAIN);
      } else {
        stopped = true;
        say(said.ended);
      }
    } catch (offline) {
      say(said.offline);
      later(AGAIN);
    } finally {
      sending = false;
    }
  }
  function later(milliseconds) {
    clearTimeout(waiting);
    waiting = setTimeout(send, milliseconds);
  }

  form.addEventListener("input", () => {
    keep();
    since = since || Date.now();
    later(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); stopped = true; keep(true); });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });

  // --- what was left here before ---
  forgetOld();
  last = shown;
  const before = kept();
  const arrived = before && before.sent && Number(form.elements._versi.value) > before.version;
  if (before && !arrived && told(before.fields) !== shown) {
    offer.hidden = false;
    offer.querySelector("[data-when]").textContent = new Date(before.at).toLocaleString(document.documentElement.lang);
    offer.querySelector("[data-use]").addEventListener("click", () => {
      put(before.fields);
      offer.hidden = true;
      later(0);
      form.querySelector("input:not([type=hidden]), textarea, select").focus();
    });
    offer.querySelector("[data-drop]").addEventListener("click", () => { forget(); offer.hidden = true; });
  } else if (before) {
    forget();
  }
})();
