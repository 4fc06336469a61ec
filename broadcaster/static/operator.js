// The operator's page with and without a network. Without this script its forms still work.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const board = document.querySelector("[data-operator]");
  if (!board) return;
  const said = board.dataset;
  const KEPT = "operator-waiting";
  const CACHE = "operator";
  const note = board.querySelector("[data-network]");

  const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
  const keep = (rows) => localStorage.setItem(KEPT, JSON.stringify(rows));
  const guard = () => document.querySelector("input[name=csrf_token]");

  function tell(words) {
    if (!note) return;
    note.textContent = words;
    note.hidden = !words;
  }

  function show(itemId, words) {
    const card = [...board.querySelectorAll("[data-item]")].find((one) => one.dataset.item === itemId);
    if (!card) return;
    const form = card.querySelector(".say");
    if (form) form.hidden = true;
    const state = card.querySelector("[data-state]");
    state.textContent = words;
    state.hidden = false;
  }

  // A session can be reported from the moment it begins.
  function open() {
    board.querySelectorAll("[data-from]").forEach((card) => {
      const begun = Date.parse(card.dataset.from) <= Date.now();
      card.querySelectorAll(".as-planned").forEach((button) => { button.disabled = !begun; });
    });
  }

  board.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest(".say")) return;
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    const lengthMs = Number(fields.get("length_ms"));
    const outcome = fields.get("outcome");
    const minutes = Number(fields.get("minutes") || 0);
    const row = {
      event_id: fields.get("event_id"),
      item_id: fields.get("item_id"),
      player: fields.get("player"),
      started_at: fields.get("started_at"),
      outcome: outcome,
      played_ms: outcome === "played" ? lengthMs : Math.min(minutes * 60000, lengthMs),
      reason: fields.get("reason") || null,
    };
    // Written down first, sent afterwards: whatever happens to the network, it is not lost.
    keep([...kept().filter((one) => one.event_id !== row.event_id || one.player !== row.player), row]);
    show(row.item_id, said.waiting);
    deliver();
  });

  let delivering = false;

  async function deliver() {
    const rows = kept();
    if (delivering || !rows.length || !guard()) return;
    delivering = true;
    try {
      const answer = await fetch(said.deliver, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": guard().value },
        body: JSON.stringify({ airings: rows }),
        redirect: "manual",
      });
      if (answer.ok) settle(rows, (await answer.json()).results);
      else if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") tell(said.signedOut);
      else if (answer.status === 400) await renew();
    } catch (unreachable) {
      rows.forEach((row) => show(row.item_id, said.waiting));
    } finally {
      delivering = false;
    }
  }

  function settle(rows, results) {
    const answered = new Set();
    results.forEach((result, index) => {
      answered.add(index);
      const rejected = result.status === "rejected";
      show(rows[index].item_id, rejected ? `${said.refused} ${result.reason}` : said.done);
    });
    const left = rows.filter((_row, index) => !answered.has(index));
    const meanwhile = kept().filter((row) => !rows.some((sent) => sent.event_id === row.event_id && sent.player === row.player));
    keep([...left, ...meanwhile]);
  }

  // The guard of a page that was kept overnight may be an old one.
  async function renew() {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname, { cache: "no-store" })).text(), "text/html");
    const fresh = page.querySelector("input[name=csrf_token]");
    if (fresh) document.querySelectorAll("input[name=csrf_token]").forEach((field) => { field.value = fresh.value; });
  }

  // The page, what it looks like and today's sound, for when the network is away.
  async function holdAll() {
    if (!("serviceWorker" in navigator) || !("caches" in window)) return;
    await navigator.serviceWorker.register(said.worker, { scope: said.scope });
    await navigator.serviceWorker.ready;
    const cache = await caches.open(CACHE);
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((one) => one.href);
    const scripts = [...document.scripts].map((one) => one.src).filter(Boolean);
    const fonts = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/"));
    const sounds = [...board.querySelectorAll("audio")].map((one) => one.src);
    const wanted = new Set([...parts, ...scripts, ...fonts, ...sounds, location.origin + said.scope]);
    for (const address of wanted) {
      const answer = await fetch(address, { cache: "no-cache" });
      if (answer.ok && !answer.redirected) await cache.put(address, answer);
    }
    for (const request of await cache.keys()) {
      if (!wanted.has(request.url)) await cache.delete(request);
    }
    board.dataset.held = "yes";
    tell(navigator.onLine ? said.ready : said.offline);
  }

  window.addEventListener("online", () => { tell(""); deliver(); });
  window.addEventListener("offline", () => tell(said.offline));
  kept().forEach((row) => show(row.item_id, said.waiting));
  open();
  setInterval(open, 20000);
  setInterval(deliver, 30000);
  if (!navigator.onLine) tell(said.offline);
  deliver();
  holdAll().catch(() => { if (!navigator.onLine) tell(said.offline); });
});
