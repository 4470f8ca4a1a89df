// Says parts and price while somebody writes; without it, every button does.
"use strict";
(() => {
  const form = document.getElementById("editor");
  const text = document.getElementById("sms_text");
  const count = document.getElementById("sms-count");
  const say = document.getElementById("say");
  if (!form || !text || !count || !window.fetch) return;
  let timer = 0;
  let latest = 0;
  const bold = () => Boolean(count.querySelector("strong, .fault"));
  const measure = async () => {
    const turn = ++latest;
    const body = new FormData(form);
    body.delete("once"); // a question may be asked many times, a deed is done once
    const answer = await fetch(form.dataset.measure, { method: "POST", body });
    if (!answer.ok || turn !== latest) return;
    const before = bold();
    count.innerHTML = await answer.text();
    if (say && bold() !== before) say.textContent = count.textContent;
  };
  form.addEventListener("input", (event) => {
    const name = event.target.name || "";
    if (name !== "sms_text" && !name.startsWith("value-")) return;
    clearTimeout(timer);
    timer = setTimeout(() => measure().catch(() => {}), 400);
  });
})();
