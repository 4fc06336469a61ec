// Hearing sentences in place, one by one or all in a row. Without this script each ▶ opens its sound.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const links = [...document.querySelectorAll("a[data-listen]")];
  const everything = document.querySelector("[data-listen-all]");
  const says = document.querySelector("[data-listen-says]");
  if (!links.length) return;
  const player = new Audio();
  const label = everything ? everything.textContent : "";
  let following = false;

  const mark = (link) => links.forEach((one) => one.closest("tr").classList.toggle("sounding", one === link));
  const stop = () => {
    following = false;
    player.pause();
    mark(null);
    if (everything) everything.textContent = label;
  };
  const play = (link) => {
    says.textContent = "";
    mark(link);
    player.src = link.href;
    player.play().catch((failure) => {
      if (failure.name === "AbortError") return;
      stop();
      says.textContent = says.dataset.failed;
    });
  };
  player.addEventListener("ended", () => {
    const next = links[links.findIndex((link) => link.href === player.src) + 1];
    if (following && next) play(next);
    else stop();
  });
  links.forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    const again = !player.paused && player.src === link.href;
    stop();
    if (!again) play(link);
  }));
  if (everything) {
    everything.hidden = false;
    everything.addEventListener("click", () => {
      if (following) return stop();
      following = true;
      everything.textContent = everything.dataset.stop;
      play(links[0]);
    });
  }
});
