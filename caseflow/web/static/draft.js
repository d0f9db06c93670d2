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
  const MOST_KEPT = 5;
  let waiting = 0, since = 0, sending = false, stopped = false, away = false, last = "";

  const fields = () => [...new FormData(form)].filter(([name, value]) => !name.startsWith("_") && typeof value === "string");
  const told = (pairs) => JSON.stringify(pairs);

  // What the page came with: on a slow line somebody types before this script runs.
  function came() {
    const pairs = [];
    for (const control of form.elements) {
      if (!control.name || control.name.startsWith("_") || control.type === "hidden") continue;
      if (control.type === "radio" || control.type === "checkbox") {
        if (control.defaultChecked) pairs.push([control.name, control.value]);
      } else if (control.tagName === "SELECT") {
        const chosen = [...control.options].find((option) => option.defaultSelected) || control.options[0];
        pairs.push([control.name, chosen ? chosen.value : ""]);
      } else if (control.tagName !== "BUTTON") pairs.push([control.name, control.defaultValue]);
    }
    return pairs;
  }
  const shown = told(came());

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
  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch (broken) {
      return null;
    }
  }
  const forget = () => localStorage.removeItem(place);

  // Copies that were not sent wait apart, so that what is typed now does not take their place.
  const apart = `${place}#`;
  const left = () => (read(apart) || { copies: [] }).copies;
  function leave(copies) {
    if (copies.length) localStorage.setItem(apart, JSON.stringify({ at: copies[0].at, copies: copies.slice(0, MOST_KEPT) }));
    else localStorage.removeItem(apart);
  }

  function forgetOld() {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith("caseflow:"))) {
      let at = 0;
      try { at = JSON.parse(localStorage.getItem(name)).at; } catch (broken) { at = 0; }
      if (Date.now() - at > KEPT_DAYS * 864e5) localStorage.removeItem(name);
    }
  }

  const given = (pairs, wanted) => pairs.filter(([name]) => name === wanted).map(([, value]) => value);

  function put(pairs, only = null) {
    for (const control of form.elements) {
      if (!control.name || control.name.startsWith("_") || control.type === "hidden") continue;
      if (only && !only.has(control.name)) continue;
      const values = given(pairs, control.name);
      if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
      else control.value = values[0] ?? "";
    }
  }

  // What colleagues wrote meanwhile is shown where nobody typed since: else the next save would undo it.
  function show(theirs, sent) {
    const now = fields();
    const untouched = Object.keys(theirs).filter((name) => told(given(now, name)) === told(given(sent, name)));
    put(untouched.flatMap((name) => theirs[name].map((value) => [name, value])), new Set(untouched));
    return untouched.length > 0;
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
      away = false;
      const plain = (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : null;
      if (plain && answer.ok) {
        form.elements._versi.value = plain.version;
        const typedOn = told(fields()) !== content;
        last = show(plain.theirs, now) && !typedOn ? told(fields()) : content;
        document.getElementById("last").textContent = "";
        say(plain.left ? said.left : said.saved, plain);
        if (typedOn) later(PAUSE);
        else if (!plain.left) forget();
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
      away = true;
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
  form.addEventListener("submit", (event) => {
    if (away || !navigator.onLine) { // the browser would show its own page instead of the words
      event.preventDefault();
      keep();
      say(said.offline);
      later(0);
      return;
    }
    clearTimeout(waiting);
    stopped = true;
    keep(true);
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });

  // --- what was left here before ---
  function offered() {
    const [copy] = left();
    offer.hidden = !copy;
    if (copy) offer.querySelector("[data-when]").textContent = new Date(copy.at).toLocaleString(document.documentElement.lang);
  }
  offer.querySelector("[data-use]").addEventListener("click", () => {
    const [copy, ...others] = left();
    put(copy.fields);
    form.elements._versi.value = copy.version; // what colleagues wrote since is kept, or asked about
    keep();
    leave(others);
    offered();
    later(0);
    form.querySelector("input:not([type=hidden]), textarea, select").focus();
  });
  offer.querySelector("[data-drop]").addEventListener("click", () => { leave(left().slice(1)); offered(); });

  forgetOld();
  last = shown;
  const before = read(place);
  forget();
  if (before && told(before.fields) !== shown) leave([before, ...left()]);
  offered();
  if (told(fields()) !== shown) {
    keep();
    later(PAUSE);
  }
})();
