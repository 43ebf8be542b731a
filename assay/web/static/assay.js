// Everything on these pages works without this file; it adds copying, filtering, dropping a file and two shortcuts.
"use strict";
// At once, so that nothing moves when the rest begins.
document.documentElement.classList.add("has-js");

document.addEventListener("DOMContentLoaded", () => {
  const $ = (sel, from = document) => from.querySelector(sel);
  const $$ = (sel, from = document) => [...from.querySelectorAll(sel)];

  const status = $("#status");
  let quiet;
  function say(text) {
    clearTimeout(quiet);
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = text; });
    quiet = setTimeout(() => { status.textContent = ""; }, 4000);
  }

  const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

  // ---- paste page ----
  const form = $("#paste");
  if (form) {
    const text = $("#text"), count = $("#count"), limit = Number(count.dataset.limit), upTo = count.textContent;
    const measure = () => {
      const bytes = new TextEncoder().encode(text.value).length;
      count.textContent = text.value ? `${plural(text.value.length, "character")}. ${upTo}` : upTo;
      count.classList.toggle("over", bytes > limit);
      text.setCustomValidity(bytes > limit ? `This text has ${megabytes(bytes)}; a page takes ${megabytes(limit)}. assay extract reads larger ones.` : "");
    };
    // Files: the field's own, which dropping and pasting add to.
    const file = $("#file"), chosen = $("#chosen"), most = Number(file.dataset.limit), many = Number(file.dataset.most);
    const megabytes = (n) => n >= 2 ** 20 ? `${(n / 2 ** 20).toFixed(1)} MB` : `${Math.ceil(n / 1024)} KB`;
    const keep = (files) => {
      const all = new DataTransfer();
      for (const f of files) all.items.add(f);
      file.files = all.files;
      list();
    };
    function list() {
      const files = [...file.files], size = files.reduce((sum, f) => sum + f.size, 0), kept = $$(".kept :checked").length;
      chosen.replaceChildren(...files.map((f) => {
        const item = document.createElement("li"), name = document.createElement("b"), how = document.createElement("small"), drop = document.createElement("button");
        name.textContent = f.name;
        name.dir = "ltr";
        how.textContent = megabytes(f.size);
        drop.type = "button";
        drop.textContent = "Remove";
        drop.setAttribute("aria-label", `Remove ${f.name}`);
        drop.addEventListener("click", () => { keep(files.filter((other) => other !== f)); file.focus(); });
        item.append(name, how, drop);
        return item;
      }));
      file.setCustomValidity(size > most ? `These files have ${megabytes(size)}; a page takes ${megabytes(most)} together. assay extract reads larger ones.` :
        files.length + kept > many ? `These are more than ${many} files.` : "");
      text.required = files.length + kept === 0;
    }
    const attach = (files, how) => { keep([...file.files, ...files]); say(`${files.length === 1 ? files[0].name : plural(files.length, "file")} ${how}`); };
    file.addEventListener("change", list);
    for (const box of $$(".kept input")) box.addEventListener("change", list);
    list();

    const take = (value, said) => { text.value = value; measure(); text.focus(); say(said); };
    text.addEventListener("input", measure);
    measure();

    text.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); form.requestSubmit(); }
    });
    document.addEventListener("paste", (e) => {
      if (e.clipboardData.files.length > 0 && !e.clipboardData.getData("text/plain")) { e.preventDefault(); attach(e.clipboardData.files, "pasted"); return; }
      if (e.target.closest("textarea, input")) return;
      const pasted = e.clipboardData.getData("text/plain");
      if (pasted) { e.preventDefault(); take(pasted, `${plural(pasted.length, "character")} pasted`); }
    });

    let depth = 0;
    const over = (on) => document.body.classList.toggle("dropping", on);
    document.addEventListener("dragenter", () => { depth++; over(true); });
    document.addEventListener("dragleave", () => { if (--depth <= 0) { depth = 0; over(false); } });
    document.addEventListener("dragover", (e) => e.preventDefault());
    document.addEventListener("drop", (e) => {
      e.preventDefault();
      depth = 0;
      over(false);
      if (e.dataTransfer.files.length > 0) { attach(e.dataTransfer.files, "added"); return; }
      const dropped = e.dataTransfer.getData("text/plain");
      if (dropped) take(dropped, `${plural(dropped.length, "character")} dropped`);
    });
  }

  // ---- results page ----
  const groups = $("#groups");
  if (!groups) return;
  const rows = $$("tbody tr", groups);
  const value = (row) => $(".v > code", row).textContent;

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Outside a secure context (another host over plain HTTP) only the old command is left.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("refused");
  }

  document.addEventListener("click", async (e) => {
    const button = e.target.closest("button[data-copy]");
    if (!button) return;
    const defanged = "defanged" in button.dataset;
    const from = { one: button.closest("tr"), group: button.closest(".group"), all: groups }[button.dataset.copy];
    const chosen = button.dataset.copy === "one" ? [from] : $$("tbody tr", from).filter((row) => !row.hidden);
    const what = chosen.length === 1 ? (defanged ? chosen[0].dataset.defanged : value(chosen[0])) : plural(chosen.length, "value");
    try {
      await copy(chosen.map(defanged ? (row) => row.dataset.defanged : value).join("\n"));
      say(`Copied ${what}${defanged && chosen.length > 1 ? ", defanged" : ""}`);
    } catch {
      say("The browser refused to copy; select the text instead");
    }
  });

  const filter = $("#filter"), none = $("#none");
  const haystack = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  function apply() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => haystack.get(row).includes(word));
      if (!row.hidden) shown++;
    }
    for (const group of $$(".group", groups)) {
      const left = $$("tbody tr:not([hidden])", group).length, n = $(".n", group);
      group.hidden = left === 0;
      n.dataset.all ??= n.textContent;
      n.textContent = words.length ? `${left} of ${n.dataset.all}` : n.dataset.all;
    }
    none.hidden = shown > 0;
    const all = $$('.tools [data-copy="all"]');
    all[0].textContent = words.length ? `Copy ${shown}` : "Copy all";
    all[1].textContent = words.length ? `Copy ${shown} defanged` : "Copy all defanged";
    for (const button of all) button.disabled = shown === 0;
    if (words.length) say(`${shown} of ${plural(rows.length, "indicator")} shown`);
  }
  let pending;
  filter.addEventListener("input", () => { clearTimeout(pending); pending = setTimeout(apply, 120); });
  filter.addEventListener("keydown", (e) => { if (e.key === "Escape") { filter.value = ""; apply(); } });
  const more = $("#more");
  more.addEventListener("keydown", (e) => { if (e.key === "Escape") { more.open = false; $("summary", more).focus(); } });
  document.addEventListener("click", (e) => { if (!e.target.closest("#more") || e.target.closest(".menu")) more.open = false; });
  $("#unfilter").addEventListener("click", () => { filter.value = ""; apply(); filter.focus(); });
  if (filter.value) apply();

  // A row and its marks light up together, under the pointer and under the keyboard.
  const marks = new Map();
  for (const mark of $$(".lines .mk")) {
    for (const id of [mark.hash.slice(1), mark.dataset.in]) {
      if (id) marks.set(id, [...(marks.get(id) ?? []), mark]);
    }
  }
  let lit = [];
  function light(target) {
    for (const el of lit) el.classList.remove("on");
    const mark = target.closest?.(".lines .mk"), row = target.closest?.("#groups tbody tr");
    const id = mark ? mark.hash.slice(1) : row ? row.id : "";
    lit = id ? [document.getElementById(id), ...(marks.get(id) ?? [])] : [];
    for (const el of lit) el.classList.add("on");
  }
  for (const event of ["pointerover", "focusin"]) document.addEventListener(event, (e) => light(e.target));

  // A mark leads to its row even when the filter hides it or it is folded away.
  $("#sheet").addEventListener("click", (e) => {
    const row = document.getElementById(e.target.closest(".mk")?.hash.slice(1));
    if (row?.hidden) { filter.value = ""; apply(); }
    const fold = row?.closest("details");
    if (fold) fold.open = true;
  });
});
