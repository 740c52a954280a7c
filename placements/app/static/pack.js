// One part of the page at a time, scenarios chosen for the board, groups filtered. Without it, everything is shown.
"use strict";
(() => {
  const parts = [...document.querySelectorAll(".part")];
  const links = [...document.querySelectorAll(".top nav a")];

  function showPart() {
    const target = document.getElementById(location.hash.slice(1));
    const part = (target && target.closest(".part")) || parts[0];
    for (const one of parts) one.classList.toggle("current", one === part);
    for (const link of links) {
      const current = link.hash === "#" + part.id;
      link.classList.toggle("current", current);
      if (current) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    (target || part).scrollIntoView();
    if (target === part) scrollTo(0, 0);
  }
  document.body.classList.add("one");
  for (const form of document.querySelectorAll(".scripted")) form.hidden = false;
  addEventListener("hashchange", showPart);
  showPart();

  const choice = document.getElementById("choice");
  const boxes = [...choice.querySelectorAll("input[name=scenario]")];
  const said = document.getElementById("choice-said");

  function showChosen() {
    const chosen = new Set(["0", ...boxes.filter((box) => box.checked).map((box) => box.value)]);
    for (const cell of document.querySelectorAll("#compare [data-of]")) {
      cell.classList.toggle("off", !chosen.has(cell.dataset.of));
    }
    const only = document.getElementById("differences").checked;
    for (const row of document.querySelectorAll("#compare .board tbody tr")) {
      const differs = row.querySelector(".differs:not(.off)") !== null;
      row.classList.toggle("off", only && !differs);
    }
  }
  choice.addEventListener("change", (event) => {
    const most = Number(choice.dataset.most);
    const tooMany = boxes.filter((box) => box.checked).length > most;
    if (tooMany) event.target.checked = false;
    said.textContent = tooMany ? "No more than " + most + " side by side: take one out first." : "";
    showChosen();
  });
  choice.addEventListener("submit", (event) => event.preventDefault());
  showChosen();

  const filters = document.getElementById("gap-filters");
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("change", () => {
    const wanted = [...filters.querySelectorAll("select")].filter((field) => field.value);
    const rows = [...document.querySelectorAll("#groups tbody tr")];
    for (const row of rows) row.classList.toggle("off", wanted.some((field) => row.dataset[field.name] !== field.value));
    document.getElementById("groups-count").textContent = rows.filter((row) => !row.classList.contains("off")).length;
  });
})();
