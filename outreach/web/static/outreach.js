// Saves presses, never carries the only way: every page works without this file.
"use strict";

const say = document.getElementById("say");

function speak(words) {
  if (say && words && say.textContent !== words) say.textContent = words;
}

// Whoever listens to another thing turns progress off, and it stays off.
const muted = () => localStorage.getItem("mute") === "1";

function showMute(block) {
  const button = block.querySelector("[data-mute]");
  if (!button) return;
  button.hidden = false;
  button.textContent = muted() ? button.dataset.off : button.dataset.on;
}

function takeFocus() {
  const first = document.getElementById("summary") || document.querySelector("[data-focus]");
  if (first) first.focus();
}

// A live block is renewed from its own page; the finished block simply has no data-live.
function keepAlive(block) {
  let paused = false;
  const again = () => window.setTimeout(() => renew(), Number(block.dataset.live) * 1000);
  const pause = block.querySelector("[data-pause]");
  const hold = (button) => {
    paused = !paused;
    button.textContent = paused ? button.dataset.off : button.dataset.on;
    if (paused) speak(say.dataset.paused);
  };
  block.addEventListener("click", (press) => {
    const button = press.target.closest("[data-pause]");
    if (button) hold(button);
    const quiet = press.target.closest("[data-mute]");
    if (quiet) {
      localStorage.setItem("mute", muted() ? "" : "1");
      showMute(block);
    }
  });
  if (pause) pause.hidden = false;
  showMute(block);

  async function renew() {
    if (paused || document.hidden) return again();
    try {
      const answer = await fetch(window.location.href, { headers: { "X-Live": "1" } });
      if (answer.redirected) return window.location.assign(answer.url);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(block.id);
      if (!fresh) return window.location.reload();
      exchange(fresh);
    } catch (problem) {
      speak(say.dataset.lost);
    }
    return block.dataset.live ? again() : undefined;
  }

  function exchange(fresh) {
    const held = block.contains(document.activeElement) && document.activeElement;
    const words = fresh.dataset.say;
    if (words && words !== block.dataset.say && !muted()) speak(words);
    block.dataset.say = words || "";
    block.replaceChildren(...fresh.childNodes);
    if (fresh.dataset.live) block.dataset.live = fresh.dataset.live;
    else delete block.dataset.live;
    const button = block.querySelector("[data-pause]");
    if (button) button.hidden = false;
    showMute(block);
    const same = held && block.querySelector(held.matches("[data-mute]") ? "[data-mute]" : "[data-pause]");
    if (same && held.matches("[data-pause], [data-mute]")) same.focus();
  }

  again();
}

function showPasswords() {
  for (const box of document.querySelectorAll("[data-shows]")) {
    box.closest(".field").hidden = false;
    box.addEventListener("change", () => {
      const field = document.getElementById(box.dataset.shows);
      field.type = box.checked ? "text" : "password";
    });
  }
}

// Two minutes before a sign-in ends: a sentence, and one press to stay.
function remind(notice) {
  const stay = notice.querySelector("[data-stay]");
  const wait = () =>
    window.setTimeout(() => {
      notice.hidden = false;
      speak(notice.textContent.trim());
    }, Number(notice.dataset.after) * 1000);
  let timer = wait();
  stay.addEventListener("click", async (press) => {
    press.preventDefault();
    notice.hidden = true;
    window.clearTimeout(timer);
    const answer = await fetch(stay.dataset.stay);
    if (answer.redirected) window.location.assign(answer.url);
    timer = wait();
  });
}

// What is typed outlives a sign-in that ended, in this tab alone: the page that comes
// after a form forgets it, unless that page is the door.
function keepTyping() {
  const place = `typed:${window.location.pathname}`;
  const door = document.querySelector("main form input[name=password]");
  const sent = sessionStorage.getItem("sent");
  sessionStorage.removeItem("sent");
  const typedIn = Object.keys(sessionStorage).filter((key) => key.startsWith("typed:"));
  if (!door) typedIn.filter((key) => key !== place || key === sent).forEach((key) => sessionStorage.removeItem(key));
  for (const leave of document.querySelectorAll("[data-forget]")) {
    leave.addEventListener("submit", () => sessionStorage.clear());
  }
  if (door) return;
  const forms = [...document.querySelectorAll("main form.form[method=post]")];
  const fields = () =>
    forms.flatMap((form, at) =>
      [...form.elements]
        .filter((field) => field.name && !["hidden", "file", "password", "submit"].includes(field.type))
        .map((field) => [`${at} ${field.name} ${/^(checkbox|radio)$/.test(field.type) ? field.value : ""}`, field]),
    );
  const ticks = (field) => /^(checkbox|radio)$/.test(field.type);
  const kept = JSON.parse(sessionStorage.getItem(place) || "null");
  if (kept && !document.getElementById("summary")) {
    for (const [key, field] of fields()) {
      if (!(key in kept)) continue;
      if (ticks(field)) field.checked = kept[key];
      else field.value = kept[key];
    }
    speak(say.dataset.kept);
  }
  for (const form of forms) {
    form.addEventListener("input", () => {
      const typed = fields().map(([key, field]) => [key, ticks(field) ? field.checked : field.value]);
      sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(typed)));
    });
    form.addEventListener("submit", () => sessionStorage.setItem("sent", place));
  }
}

// Selecting and copying works on addresses without TLS too, where the clipboard is shut.
function offerCopy(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const from = document.getElementById(button.dataset.copy);
    const chosen = window.getSelection();
    if (from.select) from.select();
    else chosen.selectAllChildren(from);
    if (!document.execCommand("copy")) return;
    if (!from.select) chosen.removeAllRanges();
    button.textContent = button.dataset.done;
    speak(button.dataset.done);
    button.focus();
  });
}

takeFocus();
keepTyping();
const ending = document.getElementById("ending");
if (ending) remind(ending);
showPasswords();
for (const button of document.querySelectorAll("[data-copy]")) offerCopy(button);
for (const block of document.querySelectorAll("[data-live]")) keepAlive(block);
