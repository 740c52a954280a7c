/* Filters: areas are shaded anew from rows of the tables, schools and homes that do not match are hidden, and the
   tables follow. Nothing is worked out of children here: each figure is looked up as it may be shown. */
placements.views = (function () {
  "use strict";
  var page = null, chosen = {}, selects = [], index = {}, parts = {}, versus = "", AND = "\u241f";
  var NONE = { colour: "#fff", value: "none", rows: [["With this filter", "none"]] };
  var UNPUBLISHED = { hatch: true, value: "not shown", rows: [["These filters together", "not published"]] };

  function views(key) { return (page.settings.layers[key] || {}).views; }
  function table(key) { return document.querySelector("#table-" + key + " table"); }

  /* Rows of a table by view, then by area. */
  function rows(key) {
    if (!index[key]) {
      index[key] = {};
      table(key).querySelectorAll("tbody tr[data-view]").forEach(function (row) {
        var of = index[key][row.dataset.view] = index[key][row.dataset.view] || {};
        of[row.dataset.area] = row;
      });
    }
    return index[key];
  }

  function wanted(key) {
    var v = views(key);
    var name = v.filters.filter(function (f) { return chosen[f]; }).map(function (f) { return f + "=" + chosen[f]; }).join(AND);
    return name || v.start;
  }

  function words(view) {
    if (!view) { return "All"; }
    return view.split(AND).map(function (part) {
      var at = part.indexOf("="), select = document.getElementById("filter-" + part.slice(0, at)), value = part.slice(at + 1);
      var option = Array.prototype.find.call(select.options, function (one) { return one.value === value; });
      return option ? option.textContent : value;
    }).join(", ");
  }

  function look(v, view, area) {
    var found = rows(v.table)[view];
    if (!found) { return UNPUBLISHED; }
    var row = found[area];
    if (!row) { return NONE; }
    var fill = row.dataset.fill.split(" ")[v.measure], item = v.legends[view][fill], text = row.cells[v.column].textContent;
    var heads = table(v.table).tHead.rows[0].cells;
    return {
      hatch: fill === "c", colour: item ? item[1] : "#fff", value: text === "c" ? "suppressed" : text,
      rows: Array.prototype.slice.call(row.cells, 2).map(function (cell, at) {
        var shown = cell.textContent;
        return [heads[at + 2].textContent, shown === "c" ? "suppressed (a number that is not shown)" : shown === "x" ? "not available" : shown];
      })
    };
  }

  /* Shade a layer by a view; without one, by its own figures. */
  function paint(layer, group, key, view, pane) {
    var v = views(key);
    group.clearLayers();
    layer.eachLayer(function (part) {
      var p = part.feature.properties;
      if (!p.area) { return; }
      part.seen = view ? look(v, view, p.area) : null;
      var seen = part.seen || { hatch: p.hatch, colour: p.style.fillColor, value: p.value };
      placements.fill(part, seen.colour, seen.hatch);
      group.addLayer(placements.label(p.at, "pm-value", seen.value, pane));
    });
  }

  function swatch(colour) {
    var ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg"), box = document.createElementNS(ns, "rect");
    var attributes = { x: ".5", y: "1.5", width: "23", height: "15", stroke: "#566472", fill: colour || "#f1f2f4" };
    svg.setAttribute("width", "24"); svg.setAttribute("height", "18"); svg.setAttribute("aria-hidden", "true");
    Object.keys(attributes).forEach(function (name) { box.setAttribute(name, attributes[name]); });
    svg.appendChild(box);
    if (!colour) {
      var lines = document.createElementNS(ns, "path");
      lines.setAttribute("d", "M1 9L8 2M4 16L18 2M14 16L23 7"); lines.setAttribute("stroke", "#7d8893"); lines.setAttribute("stroke-width", "1.5");
      svg.appendChild(lines);
    }
    return svg;
  }

  var own = {};
  function legend(key, view) {
    var list = document.querySelector('.key[data-layer="' + key + '"] ul'), of = document.querySelector('.key[data-layer="' + key + '"] .of');
    if (!own[key]) { own[key] = Array.prototype.slice.call(list.children); }
    var items = !view ? own[key] : (views(key).legends[view] || [["Not published", ""]]).map(function (item) {
      var line = placements.element("li");
      line.appendChild(swatch(item[1]));
      line.appendChild(placements.element("span", "", item[0]));
      return line;
    });
    list.replaceChildren.apply(list, items);
    of.textContent = view ? ": " + words(view) : "";
  }

  function matches(data, filters) {
    return filters.every(function (f) {
      return !chosen[f] || data[f] === "any" || (data[f] || "").split("|").indexOf(chosen[f]) >= 0;
    });
  }

  /* Features that do not match are taken off; numbers by area are counted anew. */
  function sift(key) {
    var about = page.settings.layers[key], layer = page.layers[key], sums = null;
    parts[key] = parts[key] || layer.getLayers();
    if (about.counted && about.facets.some(function (f) { return chosen[f]; })) {
      sums = {};
      table(about.counted).querySelectorAll("tbody tr").forEach(function (row) {
        if (matches(row.dataset, about.facets)) { sums[row.dataset.area] = (sums[row.dataset.area] || 0) + Number(row.dataset.count); }
      });
    }
    layer.clearLayers();
    parts[key].forEach(function (part) {
      var p = part.feature.properties, number = sums ? sums[p.area] : p.marker && p.marker.text;
      if (about.counted ? !number : !matches(p.facets || {}, about.facets)) { return; }
      if (about.counted) { part.options.icon.options.html.textContent = number; }
      layer.addLayer(part);
    });
  }

  /* A row is shown when its view is on the map, or when it matches; without a filter all are. */
  function followTables() {
    document.querySelectorAll("details[id^=table-]").forEach(function (box) {
      box.hidden = !!chosen.service && !!box.dataset.service && box.dataset.service !== chosen.service;
      var key = box.id.replace("table-", ""), body = box.querySelector("tbody"), shown = [];
      var readers = Object.keys(page.layers).filter(function (one) { return views(one) && views(one).table === key; });
      if (readers.length) {
        shown = [wanted(readers[0])].concat(versus && readers.indexOf(placements.shading()) >= 0 ? [versus] : []);
      }
      Array.prototype.forEach.call(body.rows, function (row) {
        var data = row.dataset;
        row.hidden = data.view ? !!shown[0] && shown.indexOf(data.view) < 0 : !matches(data, Object.keys(chosen).filter(function (f) { return f in data; }));
      });
    });
  }

  function follow() {
    var on = placements.shading(), v = on && views(on);
    Object.keys(page.layers).forEach(function (key) {
      var about = page.settings.layers[key];
      if (about.facets) { sift(key); }
      if (about.views && key === on) {
        var view = wanted(key);
        paint(page.layers[key], page.groups[key], key, view, "values");
        legend(key, view);
      }
    });
    /* A filter of years, scenarios or sites is offered with the layers that follow it. */
    selects.forEach(function (select) {
      if (select.dataset.always) { select.parentNode.hidden = !(v && v.filters.indexOf(select.dataset.filter) >= 0); }
    });
    var set = selects.filter(function (select) { return select.value && !select.parentNode.hidden; });
    document.getElementById("filtered").textContent = set.length
      ? "Filtered: " + set.map(function (select) { return select.parentNode.firstChild.textContent + ", " + select.options[select.selectedIndex].textContent; }).join("; ") +
        (v && !v.legends[wanted(on)] && wanted(on) ? ". These filters together are not published for this shading." : "")
      : "No filter.";
  }

  /* Only layers of the service are offered; a shading of the other one gives way to the same of this one. */
  function service(value) {
    chosen.service = value;
    document.querySelectorAll(".switch label[data-service]").forEach(function (label) {
      var other = !!value && label.dataset.service !== value, input = label.querySelector("input");
      label.hidden = other;
      if (other && input.checked) {
        input.checked = false;
        var twin = document.querySelector('.switch input[value="' + input.value.replace(/^(care|education)_/, value + "_") + '"]');
        if (twin) { twin.checked = true; }
      }
    });
  }

  placements.begins(function (opened) {
    page = opened;
    selects = Array.prototype.slice.call(document.querySelectorAll("select[data-filter]"));
    selects.forEach(function (select) {
      if (select.options[0].value) { select.dataset.always = "yes"; }
      chosen[select.dataset.filter] = select.value;
      select.addEventListener("change", function () { chosen[select.dataset.filter] = select.value; placements.refresh(false); });
    });
    var which = document.getElementById("filter-service");
    which.addEventListener("change", function () { service(which.value); placements.refresh(true); });
    document.getElementById("clear").addEventListener("click", function () {
      selects.concat([which]).forEach(function (select) { select.selectedIndex = 0; if (select.dataset.filter) { chosen[select.dataset.filter] = select.value; } });
      service("");
      placements.refresh(true);
    });
    placements.follows(follow);
  });

  return { views: views, wanted: wanted, words: words, paint: paint, compare: function (view) { versus = view; followTables(); } };
}());
