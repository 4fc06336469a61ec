// The plan as a calendar: dragging an item fills in the same form that the session's page has, and sends it.
"use strict";

document.addEventListener("DOMContentLoaded", async () => {
  const place = document.getElementById("calendar");
  if (!place) return;
  const form = document.getElementById("calendar-move");
  const told = document.getElementById("calendar-told");
  const answer = await fetch(place.dataset.events, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    told.textContent = place.dataset.nowhere;
    return;
  }
  const plan = await answer.json();
  const views = { month: "dayGridMonth", week: "dayGridWeek", day: "resourceTimelineDay" };
  const hours = plan.sessions.map((session) => Number(session.start.slice(11, 13)));
  const earliest = Math.min(...hours, 23);
  const latest = Math.max(...hours, earliest);

  // The calendar's dates show wall time in their local fields, whatever zone the browser is in.
  const wall = (date) => {
    const two = (number) => String(number).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00`;
  };
  const minutes = (text) => Date.parse(`${text}Z`) / 60000;

  // The session that an item was dropped on: of the zone and, in days and months, of the day, nearest in time.
  const target = (info, zone) => {
    const at = wall(info.event.start);
    const near = plan.sessions.filter(
      (session) => session.open && session.zone === zone && session.start.slice(0, 10) === at.slice(0, 10),
    );
    near.sort((one, other) => Math.abs(minutes(one.start) - minutes(at)) - Math.abs(minutes(other.start) - minutes(at)));
    return near[0];
  };

  const send = (info) => {
    const props = info.event.extendedProps;
    const from = plan.sessions.find((session) => session.id === props.session);
    const zone = info.newResource ? info.newResource.id : from.zone;
    const to = target(info, zone);
    if (!form || !props.ref || !from.open || !to || to.id === from.id) {
      info.revert();
      if (!to) told.textContent = place.dataset.nowhere;
      return;
    }
    form.action = form.dataset.address.replace("/sessions/0/", `/sessions/${from.id}/`);
    form.elements.ref.value = props.ref;
    form.elements.seen.value = from.version;
    form.elements.to.value = `${to.id}.${to.version}`;
    form.submit();
  };

  const mend = () => mendRoles(place);
  EventCalendar.create(place, {
    view: views[place.dataset.view],
    date: place.dataset.day,
    timeZone: place.dataset.offset,
    locale: place.dataset.language,
    firstDay: 1,
    headerToolbar: { start: "", center: "", end: "" },
    events: plan.events,
    resources: plan.resources,
    editable: Boolean(form),
    eventDurationEditable: false,
    dayMaxEvents: place.dataset.view === "month",
    displayEventEnd: false,
    moreLinkContent: (more) => place.dataset.more.replace("#", more.num),
    buttonText: (text) => ({ ...text, close: place.dataset.close }),
    slotMinTime: `${String(earliest).padStart(2, "0")}:00`,
    slotMaxTime: `${String(Math.min(latest + 1, 24)).padStart(2, "0")}:00`,
    scrollTime: `${String(earliest).padStart(2, "0")}:00`,
    slotDuration: "00:05",
    slotWidth: 56,
    eventContent: (info) => info.event.title,
    eventClick: (info) => { window.location.href = info.event.extendedProps.address; },
    eventDidMount: (info) => { info.el.title = `${info.event.title} · ${info.event.extendedProps.hint}`; mend(); },
    eventDrop: send,
    viewDidMount: mend,
  });
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  mend();
});

// The library's roles make tables without rows and rows without tables. The table of the plan is the one for screen
// readers; here only what can be pressed is told: a group of buttons.
function mendRoles(place) {
  if (place.getAttribute("role") !== "group") {
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", place.dataset.label);
  }
  place.querySelectorAll("[role=table],[role=row],[role=rowgroup],[role=rowheader],[role=columnheader],[role=cell],[role=grid],[role=gridcell]").forEach((part) => {
    part.removeAttribute("role");
    for (const name of ["aria-colindex", "aria-rowindex", "aria-colspan", "aria-rowspan", "aria-colcount", "aria-rowcount"]) {
      part.removeAttribute(name);
    }
  });
  place.querySelectorAll("span[aria-label]:not([role]), time[aria-label]").forEach((part) => part.removeAttribute("aria-label"));
  place.querySelectorAll(".ec-main").forEach((part) => {
    if (part.tabIndex < 0) {
      part.tabIndex = 0;
      part.setAttribute("role", "region");
      part.setAttribute("aria-label", place.dataset.label);
    }
  });
  place.querySelectorAll("header").forEach((part) => part.setAttribute("role", "presentation"));
  place.querySelectorAll("nav.ec-toolbar").forEach((part) => part.remove());
}
