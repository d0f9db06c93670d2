/* Makes a photo smaller on this device before it is sent, and says so; asks whether the server is there before the form
   leaves the page, so that neither words nor photo are lost without a signal. Without this file the form is sent as it
   is: the server makes every picture anew in any case. */
"use strict";
(() => {
  const form = document.querySelector("form[data-attach]");
  if (!form) return;
  const said = form.dataset, input = form.elements.file, status = document.getElementById("attaching");
  const LONGEST = 1600, QUALITY = 0.82, SMALL = 400000;
  let ready = Promise.resolve(), sending = false;

  const say = (sentence, data = {}) => {
    status.textContent = sentence.replace(/\{(\w+)\}/g, (_all, name) => data[name] ?? "");
  };
  const size = (bytes) =>
    bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1).replace(".", said.comma)} MB`;

  async function smaller(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "white";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  }

  async function chosen() {
    const file = input.files[0];
    if (!file) return say("");
    const before = size(file.size);
    if (file.type.startsWith("image/") && file.size > SMALL) {
      say(said.working);
      try {
        const blob = await smaller(file);
        if (input.files[0] !== file) return undefined; // another one was chosen meanwhile
        if (blob && blob.size < file.size) {
          const held = new DataTransfer();
          held.items.add(new File([blob], "foto.jpg", { type: "image/jpeg" }));
          input.files = held.files;
          return say(said.shrunk, { before, after: size(blob.size) });
        }
      } catch (unreadable) {
        // a picture this browser cannot read: the server says what is wrong with it
      }
    }
    if (file.type && !input.accept.split(",").includes(file.type)) return say(said.other);
    return say(file.size > Number(said.max) ? said.large : said.whole, { before });
  }
  input.addEventListener("change", () => { ready = chosen(); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    try {
      await ready;
      say(said.sending);
      await fetch("/healthz", { cache: "no-store" });
      form.submit();
    } catch (away) {
      say(said.offline);
    } finally {
      sending = false;
    }
  });
  if (input.files.length) ready = chosen();
})();
