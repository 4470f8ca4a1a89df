// What axe does not measure. Each function returns sentences on what is wrong.
// Read by measures.py, which evaluates `(this file).name()` in the page.
(() => {
  const LEAST_TARGET = 43.5;
  const LEAST_CONTRAST = 3;
  const all = (what) => [...document.querySelectorAll(what)];
  const box = (e) => e.getBoundingClientRect();

  function shown(e) {
    const drawn = e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    return drawn && box(e).right > 0;
  }

  function named(e) {
    const mark = e.name || e.getAttribute("href") || e.id || e.classList[0] || "";
    const words = (e.innerText || e.value || "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `${e.tagName.toLowerCase()} ${mark} "${words}"`;
  }

  const TAKES_FOCUS =
    "a[href], button, input, select, textarea, summary, audio[controls], [tabindex='0']";
  const focusable = () =>
    all(TAKES_FOCUS).filter((e) => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && shown(e));

  // A link inside a sentence may be as high as its line (WCAG 2.5.8, inline).
  function inSentence(e) {
    const around = e.parentElement.innerText.trim().length;
    const inline = getComputedStyle(e).display === "inline";
    return e.tagName === "A" && inline && around > e.innerText.trim().length + 1;
  }

  function small() {
    const targets = focusable().filter((e) => !inSentence(e));
    return targets.flatMap((e) => {
      const boxes = [e, ...(e.labels || [])].map(box);
      const wide = Math.max(...boxes.map((each) => each.width));
      const high = Math.max(...boxes.map((each) => each.height));
      if (wide >= LEAST_TARGET && high >= LEAST_TARGET) return [];
      return [`${named(e)} is ${Math.round(wide)} x ${Math.round(high)} px`];
    });
  }

  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);

  function luminance(colour) {
    const linear = numbers(colour).slice(0, 3).map((n) => {
      const part = n / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  function ground(e) {
    for (let at = e; at; at = at.parentElement) {
      const fill = getComputedStyle(at).backgroundColor;
      if (numbers(fill)[3] !== 0) return fill;
    }
    return "rgb(255, 255, 255)";
  }

  // Yellow drawn inside a dark line, or round it, is seen by either of the two.
  function marked(e, bed) {
    const style = getComputedStyle(e);
    const width = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    const line = width >= 2 && contrast(style.outlineColor, bed) >= LEAST_CONTRAST;
    return line || contrast(ground(e), bed) >= LEAST_CONTRAST;
  }

  function hidden(e) {
    const { left, right, top: above, bottom } = box(e);
    const [from, to] = [Math.max(left, 0), Math.min(right, innerWidth)];
    const [high, low] = [Math.max(above, 0), Math.min(bottom, innerHeight)];
    if (from >= to || high >= low) return "outside the window";
    const [x, y] = [Math.min((from + to) / 2, from + 40), Math.min((high + low) / 2, high + 40)];
    const top = document.elementFromPoint(x, y);
    const label = e.labels && [...e.labels].some((each) => each.contains(top));
    if (e.contains(top) || (top && top.contains(e)) || label) return "";
    return `behind ${named(top)}`;
  }

  function unseen() {
    return focusable().flatMap((e) => {
      const bed = ground(e.parentElement);
      e.focus({ focusVisible: true });
      if (document.activeElement !== e) return [`${named(e)} takes no focus`];
      const where = hidden(e);
      const told = where ? [`${named(e)} is focused ${where}`] : [];
      return marked(e, bed) ? told : [...told, `the focus on ${named(e)} cannot be seen`];
    });
  }

  function disordered() {
    const jumps = all("[tabindex]").filter((e) => e.tabIndex > 0);
    const inMain = focusable().filter((e) => e.closest("main"));
    const back = inMain.slice(1).filter((e, at) => {
      const [was, is] = [box(inMain[at]), box(e)];
      return is.bottom <= was.top - 2 && is.left <= was.left - 2;
    });
    return [
      ...jumps.map((e) => `${named(e)} jumps the queue`),
      ...back.map((e) => `${named(e)} is reached after what stands below it`),
    ];
  }

  function headings() {
    const heads = all("h1, h2, h3, h4, h5").filter((e) => e.checkVisibility());
    const level = (e) => Number(e.tagName[1]);
    const skipped = heads.slice(1).filter((e, at) => level(e) - level(heads[at]) > 1);
    const first = all("h1");
    const words = first.length ? first[0].firstChild.textContent.trim() : "";
    return [
      ...(first.length === 1 ? [] : [`${first.length} h1`]),
      ...(all("main").length === 1 ? [] : [`${all("main").length} main`]),
      ...(document.title.includes(words) ? [] : [`the title lacks "${words}"`]),
      ...skipped.map((e) => `${named(e)} skips a level`),
    ];
  }

  function unspoken() {
    const tables = all("table");
    const bare = tables.filter((e) => !e.caption || !e.caption.textContent.trim());
    const pictures = all("svg").filter((e) => {
      const words = e.querySelector("title") || e.getAttribute("aria-label");
      const spoken = e.getAttribute("role") === "img" && words;
      return !spoken && !e.closest("[aria-hidden=true]");
    });
    const colours = all(".badge-state, .key li").filter((e) => !e.textContent.trim());
    return [
      ...bare.map(() => "a table without a caption"),
      ...all("th:not([scope])").map((e) => `${named(e)} heads nothing`),
      ...pictures.map((e) => `a picture without words: ${e.outerHTML.slice(0, 80)}`),
      ...colours.map((e) => `a state by colour alone: ${e.className}`),
    ];
  }

  function live() {
    const regions = all("[aria-live], [role=alert], [role=status], [role=log]");
    const others = regions.filter((e) => e.id !== "say");
    const lacks = document.querySelector("header.top") && regions.length === others.length;
    return [
      ...others.map((e) => `a second live region: ${named(e)}`),
      ...(lacks ? ["no live region"] : []),
    ];
  }

  function lost() {
    const ids = all("[id]").map((e) => e.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    const kinds = ["aria-describedby", "aria-labelledby", "aria-controls", "for"];
    const wanted = kinds.flatMap((kind) =>
      all(`[${kind}]`).flatMap((e) => e.getAttribute(kind).split(" ").filter(Boolean)),
    );
    const links = all("a[href^='#']").map((e) => decodeURIComponent(e.hash.slice(1)));
    const gone = [...wanted, ...links].filter((id) => id && !ids.includes(id));
    return [...twice.map((id) => `#${id} twice`), ...gone.map((id) => `no #${id}`)];
  }

  function sideways() {
    const wide = document.documentElement.scrollWidth;
    if (wide <= innerWidth) return [];
    const allowed = (e) => e.closest(".scroll, .skips, .visually-hidden, thead");
    const out = all("body *").filter((e) => shown(e) && !allowed(e));
    const widest = out.filter((e) => box(e).right > innerWidth + 1).slice(-2).map(named);
    return [`${wide} px wide in ${innerWidth}: ${widest.join("; ")}`];
  }

  function cut() {
    const spared = "#say, .visually-hidden, .scroll, svg, thead, select, input, textarea";
    const clipping = all("body *").filter((e) => {
      const style = getComputedStyle(e);
      return /hidden|clip/.test(style.overflowX + style.overflowY) && shown(e);
    });
    const short = clipping.filter((e) => {
      const over = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
      return over && (e.innerText || "").trim() && !e.closest(spared);
    });
    return short.map((e) => `the words of ${named(e)} are cut`);
  }

  // Every name in the summary leads to a field that says that it is wrong.
  function unmarked() {
    return all(".summary a").flatMap((link) => {
      const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const wrong = "[aria-invalid]";
      const fine = field && (field.matches(wrong) || field.querySelector(wrong));
      return fine ? [] : [`"${link.innerText}" leads to ${link.hash}, not marked`];
    });
  }

  const built = () => [disordered, headings, unspoken, live, lost].flatMap((f) => f());
  return { small, unseen, built, sideways, cut, unmarked };
})()
