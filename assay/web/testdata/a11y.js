// Returns a list of what is wrong with the page as it stands, in the terms of WCAG 2.2 level AA. It looks at what
// can be decided by a program: names, labels, structure, references, contrast, target size, reflow.
(() => {
  const wrong = [];
  const all = (sel, from = document) => [...from.querySelectorAll(sel)];
  const where = (el) => el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") + (el.className && el.className.baseVal === undefined ? "." + el.className.replaceAll(" ", ".") : "") +
    " " + JSON.stringify((el.textContent || el.value || "").trim().slice(0, 30));
  const bad = (rule, el, more = "") => wrong.push(`${rule}: ${where(el)} ${more}`.trim());
  const drawn = (el) => el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const hiddenFromAll = (el) => !drawn(el) || el.closest("[aria-hidden=true]");

  // Structure
  if (!document.documentElement.lang) wrong.push("3.1.1 the page has no language");
  if (!document.title.trim()) wrong.push("2.4.2 the page has no title");
  for (const [sel, n] of [["main", 1], ["h1", 1], ["header", 1], ["footer", 1]]) {
    const got = all(sel).length;
    if (got !== n) wrong.push(`1.3.1 got ${got} of ${sel}, want ${n}`);
  }
  let level = 0;
  for (const h of all("h1, h2, h3, h4, h5, h6")) {
    const own = Number(h.tagName[1]);
    if (own > level + 1) bad("1.3.1 a heading level is skipped", h);
    level = own;
  }
  const skip = document.querySelector("a");
  if (!skip.hash || !document.getElementById(skip.hash.slice(1))) wrong.push("2.4.1 the first link skips nothing");

  // References
  const ids = new Set();
  for (const el of all("[id]")) {
    if (ids.has(el.id)) bad("4.1.2 an id is given twice", el);
    ids.add(el.id);
  }
  for (const attr of ["aria-labelledby", "aria-describedby", "aria-controls", "for", "form"]) {
    for (const el of all(`[${attr}]`)) {
      for (const id of el.getAttribute(attr).split(/\s+/)) if (!ids.has(id)) bad(`1.3.1 ${attr} leads nowhere`, el, id);
    }
  }
  for (const a of all('a[href^="#"]')) if (a.hash.length > 1 && !ids.has(a.hash.slice(1))) bad("2.4.4 a link leads nowhere", a, a.hash);
  for (const el of all("[tabindex]")) if (el.tabIndex > 0) bad("2.4.3 the focus order is forced", el);

  // Names
  const byIds = (list) => list.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const name = (el) => (el.getAttribute("aria-labelledby") ? byIds(el.getAttribute("aria-labelledby")) : "") || el.getAttribute("aria-label") ||
    (el.labels?.length ? [...el.labels].map((l) => l.textContent).join(" ") : "") || (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) ? "" : el.textContent) || "";
  const squeeze = (s) => s.replace(/\s+/g, " ").trim();
  for (const el of all("a[href], button, summary, input:not([type=hidden]), textarea, [role=region], nav, fieldset, table, [role=group]")) {
    if (hiddenFromAll(el)) continue;
    const own = el.tagName === "FIELDSET" ? el.querySelector("legend")?.textContent ?? "" :
      /^(NAV|TABLE)$/.test(el.tagName) || el.getAttribute("role") ? (el.getAttribute("aria-label") ?? byIds(el.getAttribute("aria-labelledby") ?? "")) : name(el);
    if (!squeeze(own)) bad("4.1.2 it has no name", el);
    if (/^(A|BUTTON)$/.test(el.tagName) && el.getAttribute("aria-label")) {
      const seen = squeeze(el.innerText);
      if (!squeeze(own).toLowerCase().includes(seen.toLowerCase())) bad("2.5.3 the name lacks the visible label", el, own);
    }
  }
  for (const el of all("img, svg")) if (!el.closest("[aria-hidden=true]") && !el.getAttribute("alt") && !el.getAttribute("aria-label")) bad("1.1.1 a picture has no text", el);
  for (const th of all("th")) if (!th.scope) bad("1.3.1 a header cell has no scope", th);
  for (const el of all("[style], [onclick], [onload], [onsubmit]")) bad("an inline style or handler", el);

  // Contrast
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const cache = new Map();
  const parse = (css) => { if (!cache.has(css)) cache.set(css, rgba(css)); return cache.get(css); };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const backdrop = (el) => {
    const layers = [];
    for (let at = el; at; at = at.parentElement) {
      const c = parse(getComputedStyle(at).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), parse("Canvas"));
  };
  const lum = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, w, i) => { const v = c[i] / 255; return sum + w * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
  const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  let lowest = 21;
  const check = (rule, el, color, under, want) => {
    const got = ratio(over(parse(color), under), under);
    lowest = Math.min(lowest, got);
    if (got < want) bad(rule, el, `${got.toFixed(2)}:1, want ${want}:1`);
  };
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let t = walk.nextNode(); t; t = walk.nextNode()) {
    const el = t.parentElement;
    if (!t.data.trim() || seen.has(el) || !drawn(el) || el.closest("svg, script, .vh") || el.closest(":disabled")) continue;
    seen.add(el);
    const s = getComputedStyle(el), size = parseFloat(s.fontSize), bold = Number(s.fontWeight) >= 700;
    check("1.4.3 text is too faint", el, s.color, backdrop(el), size >= 24 || (bold && size >= 18.66) ? 3 : 4.5);
    for (const pseudo of ["::before", "::after"]) {
      const p = getComputedStyle(el, pseudo);
      if (p.content !== "none" && p.content !== "normal") check("1.4.3 text is too faint", el, p.color, backdrop(el), 4.5);
    }
  }
  for (const el of all("input:not([type=hidden]), textarea")) {
    if (!drawn(el)) continue;
    const s = getComputedStyle(el);
    check("1.4.3 text is too faint", el, s.color, backdrop(el), 4.5);
    if (el.placeholder) check("1.4.3 a placeholder is too faint", el, getComputedStyle(el, "::placeholder").color, backdrop(el), 4.5);
    if (!/^(radio|checkbox)$/.test(el.type)) check("1.4.11 a field's edge is too faint", el, s.borderTopColor, backdrop(el.parentElement), 3);
  }
  for (const el of all("button, .button")) {
    const s = getComputedStyle(el);
    if (drawn(el) && parse(s.borderTopColor)[3] > 0 && parseFloat(s.borderTopWidth) > 0) check("1.4.11 a button's edge is too faint", el, s.borderTopColor, backdrop(el.parentElement), 3);
  }

  // Size and reflow
  for (const el of all("a[href], button, summary, input:not([type=hidden])")) {
    if (hiddenFromAll(el) || el.closest(".lines, .skip, .vh") || el.matches(".skip")) continue;
    const box = (el.closest("label") ?? el).getBoundingClientRect();
    if (box.width < 24 || box.height < 24) bad("2.5.8 a target is too small", el, `${box.width.toFixed(0)}×${box.height.toFixed(0)}`);
  }
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) {
    wrong.push(`1.4.10 the page scrolls sideways: ${page.scrollWidth} > ${page.clientWidth}`);
    for (const el of all("body *")) if (el.getBoundingClientRect().right > page.clientWidth + 1 && drawn(el) && !el.closest(".sheet, .vh")) { bad("  it reaches out of the page", el); break; }
  }
  return { wrong: [...new Set(wrong)].slice(0, 30), lowest: Math.round(lowest * 100) / 100, texts: seen.size };
})()
