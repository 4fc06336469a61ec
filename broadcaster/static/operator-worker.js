// Answers for the operator's page while the network is away: with what the page has put by, and nothing else.
"use strict";

const CACHE = "operator";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

// The network first: what was withdrawn or renewed must not live on here while there is one.
async function answer(request) {
  try {
    return await fetch(request);
  } catch (away) {
    const cache = await caches.open(CACHE);
    const held = await cache.match(request.url, { ignoreVary: true }) || (request.mode === "navigate" && await cache.match(new URL(request.url).pathname, { ignoreVary: true }));
    if (!held) throw away;
    const range = request.headers.get("Range");
    return range ? part(held, range) : held;
  }
}

// Players ask for parts of a sound; the cache only has it whole.
async function part(held, range) {
  const whole = await held.blob();
  const [first, last] = range.replace("bytes=", "").split("-");
  const begins = Number(first || 0);
  const ends = last ? Math.min(Number(last), whole.size - 1) : whole.size - 1;
  return new Response(whole.slice(begins, ends + 1), {
    status: 206,
    headers: {
      "Content-Type": held.headers.get("Content-Type"),
      "Content-Length": String(ends - begins + 1),
      "Content-Range": `bytes ${begins}-${ends}/${whole.size}`,
    },
  });
}
