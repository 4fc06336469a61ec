// Small comforts of the desk. Every page works without them.
"use strict";

// What cannot be undone is asked about once more.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Parts of pages that are sent for by themselves carry the page's guard against forgery.
document.addEventListener("htmx:configRequest", (event) => {
  const guard = document.querySelector("input[name=csrf_token]");
  if (guard) event.detail.headers["X-CSRFToken"] = guard.value;
});

// The first wrong field is where the reader wants to be.
document.addEventListener("DOMContentLoaded", () => {
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
});

// Addresses to be copied with one press.
document.addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  });
});
