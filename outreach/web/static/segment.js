// Counts the segment again 600 ms after the last change; without it, a button does.
"use strict";
(() => {
  const form = document.getElementById("rule");
  const result = document.getElementById("result");
  const say = document.getElementById("say");
  if (!form || !window.fetch) return;
  let timer = 0;
  let latest = 0;
  const count = async () => {
    const turn = ++latest;
    const body = new FormData(form);
    body.delete("once"); // a question may be asked many times, a deed is done once
    body.set("deed", "count");
    const answer = await fetch(form.dataset.count, { method: "POST", body });
    if (!answer.ok || turn !== latest) return;
    result.innerHTML = await answer.text();
    const sentence = document.getElementById("answer");
    if (say && sentence) say.textContent = sentence.textContent;
  };
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => count().catch(() => {}), 600);
  });
})();
