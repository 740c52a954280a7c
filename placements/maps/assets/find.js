/* Find a place by its name, and read all that the tables say of one area. */
placements.find = (function () {
  "use strict";
  var page = null, names = {};

  function note(name, entry) {
    var key = name.toLowerCase();
    if (name && !names[key]) { names[key] = entry; entry.name = name; }
  }

  function collect() {
    Object.keys(page.layers).forEach(function (key) {
      page.layers[key].eachLayer(function (part) {
        var p = part.feature.properties, line = part.feature.geometry.type === "LineString";
        if (p.label && !line && key !== "provision_counts") { note(p.label, { layer: key, part: part, area: p.area }); }
        if (p.marker && p.marker.kind === "label" && p.marker["class"] !== "pm-host") { note(p.marker.text, { at: part.getLatLng(), zoom: 10 }); }
      });
    });
    page.settings.places.forEach(function (place) { note(place[0], { at: L.latLng(place[1], place[2]), zoom: 11 }); });
    var list = document.getElementById("find-names");
    Object.keys(names).sort().forEach(function (key) { var option = document.createElement("option"); option.value = names[key].name; list.appendChild(option); });
  }

  function search(text) {
    var asked = text.trim().toLowerCase(), all = Object.keys(names).sort();
    if (!asked) { return null; }
    var key = names[asked] ? asked : all.find(function (name) { return name.indexOf(asked) === 0; }) || all.find(function (name) { return name.indexOf(asked) >= 0; });
    return key ? names[key] : null;
  }

  function go(entry) {
    if (entry.at) { page.map.setView(entry.at, entry.zoom); return; }
    var input = document.querySelector('.switch input[value="' + entry.layer + '"]');
    if (input && !input.checked && input.type === "checkbox") { input.checked = true; placements.refresh(true); }
    if (entry.part.getBounds) { page.map.fitBounds(entry.part.getBounds(), { padding: [30, 30], maxZoom: 12 }); } else { page.map.setView(entry.part.getLatLng(), 11); }
    if (entry.area) { area(entry.area, false); }
    if (page.map.hasLayer(entry.part)) { entry.part.openPopup(); }
  }

  /* One table of all rows of an area, as the other tables have them now. */
  function area(code, move) {
    var choice = document.getElementById("area-choice"), box = document.getElementById("area-table"), said = {}, name;
    choice.value = code;
    box.replaceChildren();
    if (!choice.value) { return; }
    name = choice.options[choice.selectedIndex].textContent;
    var table = placements.element("table"), head = table.createTHead().insertRow(), body = table.createTBody();
    table.createCaption().textContent = "Figures of " + name;
    ["Table", "Figure", "Value"].forEach(function (title) { var th = placements.element("th", "", title); th.scope = "col"; head.appendChild(th); });
    document.querySelectorAll("details[id^=table-]:not([hidden])").forEach(function (details) {
      var source = details.querySelector("table"), titles = Array.prototype.map.call(source.tHead.rows[0].cells, function (cell) { return cell.textContent; });
      var found = Array.prototype.filter.call(source.tBodies[0].rows, function (row) { return row.dataset.area === code && !row.hidden; });
      /* A closer look without a filter would be hundreds of rows. */
      if (found.length > 12) { return; }
      found.forEach(function (row) {
        var texts = Array.prototype.map.call(row.cells, function (cell) { return cell.textContent; }), about = texts.filter(function (text, at) { return text !== name && !row.cells[at].classList.contains("n"); });
        texts.forEach(function (text, at) {
          /* Need, places and the gap stand in several tables: each is said once. */
          var figure = [details.dataset.service, about.join(), titles[at], row.dataset.view].join("|");
          if (!row.cells[at].classList.contains("n") || said[figure]) { return; }
          said[figure] = true;
          var line = body.insertRow(), th = placements.element("th", "", details.querySelector("summary").textContent + (about.length ? ": " + about.join(", ") : ""));
          th.scope = "row";
          line.appendChild(th);
          line.insertCell().textContent = titles[at];
          var cell = line.insertCell(); cell.className = "n"; cell.textContent = text;
        });
      });
    });
    var scroll = placements.element("div", "scroll");
    scroll.tabIndex = 0; scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", "Figures of " + name);
    scroll.appendChild(table);
    box.appendChild(scroll);
    placements.tables.equip(box, table, "placements-" + name.toLowerCase().replace(/[^a-z0-9]+/g, "-"));
    if (move) { choice.focus(); document.getElementById("area").scrollIntoView(); }
  }

  placements.begins(function (opened) {
    page = opened;
    collect();
    document.getElementById("find").addEventListener("submit", function (event) {
      event.preventDefault();
      var input = document.getElementById("find-name"), found = search(input.value);
      document.getElementById("found").textContent = found ? "Showing " + found.name : "Nothing on this page is called that.";
      if (found) { go(found); }
    });
    var choice = document.getElementById("area-choice");
    choice.addEventListener("change", function () { area(choice.value, false); });
    placements.follows(function () { if (choice.value) { area(choice.value, false); } });
  });

  return { area: area };
}());
