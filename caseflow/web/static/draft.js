/* Saves the form of a stage while it is typed: on this device at once, on the server after a pause. Without this file
   the form is saved by its button alone. Says in words where what was typed is; never "saved" before the server has
   answered. What stays on this device is sealed under a key of its writer, which only a page of theirs has: whoever
   takes up a shared phone next reads nothing of it. Into the other language the words go along unasked. */
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const said = form.dataset;
  const status = document.getElementById("saving");
  const offer = document.getElementById("kept");
  const place = `caseflow:${said.reader}:${location.pathname}`;
  const PAUSE = 2500, LONGEST = 20000, AGAIN = 10000, KEPT_DAYS = 30, OPEN_DAYS = 7;
  const MOST_KEPT = 5, TURNED = "caseflow:turned-draft";
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

  // --- sealing: browsers do it on https and on this machine only; elsewhere everything is in the open anyway ---
  const IV = 12, bound = new TextEncoder().encode(place);
  const text = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const bytesOf = (coded) => Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0));
  const imported = (coded) => crypto.subtle.importKey("raw", bytesOf(coded), "AES-GCM", false, ["encrypt", "decrypt"]);
  const keys = window.isSecureContext ? Promise.all(said.keys.split(" ").map(imported)) : null;

  async function sealed(copy) {
    if (!keys) return copy;
    const { fields: pairs, ...kept } = copy;
    const iv = crypto.getRandomValues(new Uint8Array(IV)), plain = new TextEncoder().encode(told(pairs));
    const closed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, (await keys)[0], plain);
    return { ...kept, sealed: text([...iv, ...new Uint8Array(closed)]) };
  }
  async function opened(kept) {
    if (kept.fields) return { ...kept, kept: await sealed(kept) };
    const bytes = bytesOf(kept.sealed), iv = bytes.slice(0, IV);
    for (const key of keys ? await keys : []) {
      try {
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound }, key, bytes.slice(IV));
        return { ...kept, kept, fields: JSON.parse(new TextDecoder().decode(plain)) };
      } catch (other) {
        continue; // one of an earlier key of the installation
      }
    }
    return { ...kept, kept, fields: null };
  }

  // --- on this device: each page has a place of its own there, so that no tab takes away what another one keeps ---
  const random = () => Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
  const fresh = () => `${place}#${random()}`;
  let own = fresh(), turn = 0;
  async function keep(sent = false) {
    const mine = ++turn;
    try {
      const kept = await sealed({ at: Date.now(), fields: fields(), version: Number(form.elements._versi.value), sent });
      if (mine === turn) localStorage.setItem(own, JSON.stringify(kept));
      return true;
    } catch (full) {
      say(said.full);
      return false;
    }
  }
  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch (broken) {
      return null;
    }
  }
  function forget() {
    turn += 1; // what is being sealed at this moment comes too late
    localStorage.removeItem(own);
  }

  // Copies that were not sent wait where they are until they are used or dropped.
  let copies = [];
  function found() {
    const list = `${place}#`, earlier = (read(list) || { copies: [] }).copies; // as earlier versions kept them
    localStorage.removeItem(list);
    for (const copy of earlier) localStorage.setItem(fresh(), JSON.stringify(copy));
    const names = Object.keys(localStorage).filter((name) => name === place || name.startsWith(list));
    const all = names.map((name) => ({ name, written: localStorage.getItem(name), kept: read(name) }));
    all.sort((one, other) => one.kept.at - other.kept.at);
    all.slice(0, -MOST_KEPT).forEach(release);
    return all.slice(-MOST_KEPT);
  }
  const unchanged = (copy) => localStorage.getItem(copy.name) === copy.written; // else its own tab is open and goes on
  function release(copy) {
    if (unchanged(copy)) localStorage.removeItem(copy.name);
  }
  async function legible(copy) {
    const { kept, ...plain } = await opened(copy.kept), written = JSON.stringify(kept);
    if (written !== copy.written && unchanged(copy)) localStorage.setItem(copy.name, written); // sealed from now on
    return { ...plain, name: copy.name, written };
  }

  const young = (copy) => Date.now() - copy.at < (copy.fields ? OPEN_DAYS : KEPT_DAYS) * 864e5;
  function forgetOld() {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith("caseflow:"))) {
      const kept = read(name), all = (kept && kept.copies) || [kept], left = all.filter((copy) => copy && young(copy));
      if (!left.length) localStorage.removeItem(name);
      else if (left.length < all.length) localStorage.setItem(name, JSON.stringify({ ...kept, copies: left }));
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
    sessionStorage.setItem("caseflow:sent", own); // what saved.js forgets
    keep(true);
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });

  // --- into the other language: only once every word is kept; that page puts them back without asking ---
  const link = document.querySelector("a[data-turn]");
  link?.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // beside this page, which stays
    event.preventDefault();
    if (told(fields()) !== last && !(await keep())) return;
    if (localStorage.getItem(own)) sessionStorage.setItem(TURNED, own);
    clearTimeout(waiting);
    location.assign(link.href);
  });

  // --- what was left here before ---
  const readable = () => copies.find((copy) => copy.fields);
  function offered(done = null) {
    copies = copies.filter((copy) => copy !== done);
    const copy = readable();
    offer.hidden = !copy;
    if (copy) offer.querySelector("[data-when]").textContent = moment(new Date(copy.at));
  }
  function moment(at) { // as pages write it: 23 November 2026, 07.37
    const lang = document.documentElement.lang === "en" ? "en-GB" : "id", timeZone = said.zone;
    const day = at.toLocaleDateString(lang, { timeZone, day: "numeric", month: "long", year: "numeric" });
    return `${day}, ${at.toLocaleTimeString(lang, { timeZone, hour: "2-digit", minute: "2-digit" })}`;
  }
  function use(copy) {
    if (localStorage.getItem(own)) own = fresh(); // what is typed here and was not sent waits for its turn
    put(copy.fields);
    form.elements._versi.value = copy.version; // what colleagues wrote since is kept, or asked about
    offered(copy);
    keep().then(() => {
      if (localStorage.getItem(own)) release(copy);
      later(0);
    });
  }
  offer.querySelector("[data-use]").addEventListener("click", () => {
    use(readable());
    form.querySelector("input:not([type=hidden]), textarea, select").focus();
  });
  offer.querySelector("[data-drop]").addEventListener("click", () => {
    const copy = readable();
    release(copy);
    offered(copy);
  });

  forgetOld();
  last = shown;
  const left = found();
  if (told(fields()) !== shown) {
    keep();
    later(PAUSE);
  }
  Promise.all(left.map(legible)).then((all) => {
    all.filter((copy) => copy.fields && told(copy.fields) === shown).forEach(release);
    copies = all.filter((copy) => !copy.fields || told(copy.fields) !== shown);
    const turned = copies.find((copy) => copy.fields && copy.name === sessionStorage.getItem(TURNED));
    sessionStorage.removeItem(TURNED);
    if (turned && told(fields()) === shown) use(turned); // else somebody already types here, and is asked
    else offered();
  });
})();
