/* What the page does besides Leaflet: shapes drawn once, hatching, labels, pop-ups built as text, and the layer switch. */
var placements = (function () {
  "use strict";
  var shapes = {}, order = [], layers = {}, map = null, groups = null, after = [], starts = [];

  /* Panes must be there before folium's layers that use them. What is right of the divider has panes of its own. */
  L.Map.addInitHook(function () {
    var depths = { other: 420, arrows: 450, sites: 605, values: 612, "values-other": 613, labels: 615 };
    for (var name in depths) { this.createPane(name).style.zIndex = depths[name]; }
  });

  /* Geometries that several layers share are held once, by name. */
  var addData = L.GeoJSON.prototype.addData;
  L.GeoJSON.include({
    addData: function (data) {
      (data.features || []).forEach(function (feature) {
        if (feature.geometry === null && feature.properties.shape) { feature.geometry = shapes[feature.properties.shape]; }
      });
      return addData.call(this, data);
    }
  });

  /* Point symbols on the canvas, told apart by shape and not by colour alone. */
  var CORNERS = {
    square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
    diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
    triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]]
  };
  var Symbol = L.CircleMarker.extend({
    _updatePath: function () {
      var ctx = this._renderer._ctx, corners = CORNERS[this.options.corners], p = this._point, r = this._radius;
      if (!this._renderer._drawing || this._empty()) { return; }
      ctx.beginPath();
      corners.forEach(function (c, i) { ctx[i ? "lineTo" : "moveTo"](p.x + c[0] * r, p.y + c[1] * r); });
      ctx.closePath();
      this._renderer._fillStroke(ctx, this);
    }
  });

  var PICTURES = {
    house: "M16 3 L29 14 L26 14 L26 28 L6 28 L6 14 L3 14 Z",
    square: "M5 5 H27 V27 H5 Z",
    diamond: "M16 2 L30 16 L16 30 L2 16 Z",
    triangle: "M16 3 L30 28 L2 28 Z",
    heart: "M16 29 C2 19 2 12 4 8 C7 3 13 4 16 9 C19 4 25 3 28 8 C30 12 30 19 16 29 Z",
    circle: "M16 3 A13 13 0 1 0 16.01 3 Z"
  };

  function hatch() {
    var tile = document.createElement("canvas"), ctx = tile.getContext("2d");
    tile.width = tile.height = 8;
    ctx.fillStyle = "#f1f2f4"; ctx.fillRect(0, 0, 8, 8);
    ctx.strokeStyle = "#9aa3ad"; ctx.lineWidth = 1.4;
    ctx.beginPath(); ctx.moveTo(-2, 10); ctx.lineTo(10, -2); ctx.moveTo(-2, 2); ctx.lineTo(2, -2); ctx.moveTo(6, 10); ctx.lineTo(10, 6);
    ctx.stroke();
    return ctx.createPattern(tile, "repeat");
  }
  var pattern = null;

  function element(tag, name, text) {
    var node = document.createElement(tag);
    if (name) { node.className = name; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  function label(latlng, kind, text, pane) {
    var node = element("span", "pm-label", text);
    if (kind === "pm-value" && !/^[+\u2212\d£]/.test(text)) { node.className += " word"; }
    return L.marker(latlng, { interactive: false, keyboard: false, pane: pane || "labels", icon: L.divIcon({ className: kind, html: node, iconSize: [0, 0] }) });
  }

  function picture(shape, colour, size) {
    return '<svg width="' + size + '" height="' + size + '" viewBox="0 0 32 32" aria-hidden="true"><path d="' +
      PICTURES[shape] + '" fill="' + colour + '" stroke="#fff" stroke-width="2.4"/></svg>';
  }

  /* A marker that opens a pop-up is a button, and needs a name that can be read aloud. */
  function button(latlng, name, icon) {
    var marker = L.marker(latlng, { icon: icon, pane: "sites", riseOnHover: true });
    return marker.on("add", function () { marker.getElement().setAttribute("aria-label", name()); });
  }

  function point(feature, latlng) {
    var p = feature.properties, m = p.marker, s = m.size || 5;
    if (m.kind === "label") { return label(latlng, m["class"], m.text); }
    if (m.kind === "arrow") {
      return L.marker(latlng, { interactive: false, keyboard: false, pane: "arrows", icon: L.divIcon({ className: "pm-arrow", iconSize: [s, s],
        html: '<svg width="' + s + '" height="' + s + '" viewBox="-10 -10 20 20" aria-hidden="true"><path transform="rotate(' + m.degrees +
          ')" d="M0 -9 L8 9 L0 5 L-8 9 Z" fill="' + m.colour + '" stroke="#fff" stroke-width="1.5"/></svg>' }) });
    }
    if (m.kind === "site") {
      return button(latlng, function () { return p.label; }, L.divIcon({ className: "pm-site", iconSize: [30, 30], iconAnchor: [15 - 24 * m.slot, 15 + m.lift],
        html: picture(m.shape, m.colour, 30) }));
    }
    if (m.kind === "number") {
      var icon = L.divIcon({ className: "pm-dot", html: element("span", "", m.text), iconSize: [2 * s, 2 * s], iconAnchor: [s, -27] });
      /* A filter counts the number anew. */
      return button(latlng, function () { return p.label + ": " + icon.options.html.textContent; }, icon);
    }
    if (CORNERS[m.kind]) { return new Symbol(latlng, { radius: s, corners: m.kind }); }
    return L.circleMarker(latlng, { radius: s });
  }

  /* Texts become text nodes, never markup: names come from files. A filter puts other rows in the place of its own. */
  function card(part, asked) {
    var p = part.feature.properties, seen = part.seen || p, box = element("div", "pm-card"), list = element("dl");
    box.appendChild(element("strong", "", p.label));
    (seen.rows || []).forEach(function (row) {
      if (row[1].length > 26) { list.className = "long"; }
      list.appendChild(element("dt", "", row[0]));
      list.appendChild(element("dd", "", row[1]));
    });
    box.appendChild(list);
    if (asked && p.area) {
      var more = element("button", "more", "All figures of " + p.label);
      more.type = "button";
      more.addEventListener("click", function () { placements.find.area(p.area, true); });
      box.appendChild(more);
    }
    return box;
  }

  function fill(part, colour, hatched) {
    pattern = pattern || hatch();
    part.setStyle({ fillColor: hatched ? pattern : colour });
  }

  function describe(feature, layer) {
    var p = feature.properties;
    if (p.hatch) { pattern = pattern || hatch(); layer.options.fillColor = pattern; }
    if (!p.label) { return; }
    layer.bindPopup(function () { return card(layer, true); }, { maxWidth: 300 });
    if (p.area) { layer.on("click", function () { placements.find.area(p.area, false); }); }
    if (window.matchMedia("(hover: hover)").matches) {
      layer.bindTooltip(function () { return card(layer, false); }, { sticky: true, opacity: 1 });
      layer.on("popupopen", function () { layer.closeTooltip(); });
    }
    if (layer.setStyle && p.style && p.style.weight) {
      layer.on("mouseover", function () { layer.setStyle({ weight: p.style.weight + 1.6 }); });
      layer.on("mouseout", function () { layer.setStyle({ weight: p.style.weight }); });
    }
  }

  function values(layer) {
    var group = L.layerGroup();
    layer.eachLayer(function (part) {
      var p = part.feature.properties;
      if (p.value !== undefined && p.at) { group.addLayer(label(p.at, "pm-value", p.value, "values")); }
    });
    return group;
  }

  function show(key, on) {
    var layer = layers[key];
    if (on) { map.addLayer(layer); map.addLayer(groups[key]); } else { map.removeLayer(layer); map.removeLayer(groups[key]); }
    document.querySelectorAll('[data-layer="' + key + '"]').forEach(function (legend) { legend.hidden = !on; });
  }

  function stack() {
    order.forEach(function (key) {
      if (map.hasLayer(layers[key])) { layers[key].eachLayer(function (part) { if (part.bringToFront) { part.bringToFront(); } }); }
    });
  }

  /* The layer of shaded areas that is on, or nothing. */
  function shading() {
    var input = document.querySelector('.switch input[name="shading"]:checked');
    return input ? input.value : "";
  }

  function refresh(say) {
    var names = [];
    document.querySelectorAll(".switch input").forEach(function (input) {
      if (input.value) { show(input.value, input.checked); }
      if (input.checked && input.value) { names.push(input.parentNode.textContent.trim()); }
    });
    map.getContainer().classList.toggle("pm-shaded", !!shading());
    after.forEach(function (follow) { follow(); });
    stack();
    if (say) { document.getElementById("status").textContent = "Showing: " + names.join("; "); }
  }

  function start(theMap, theLayers, settings) {
    map = theMap; groups = {};
    var view = L.latLngBounds(settings.authority), all = L.latLngBounds(settings.all);
    order = Object.keys(theLayers); layers = theLayers;
    order.forEach(function (key) { groups[key] = values(layers[key]); });
    L.control.scale({ metric: false }).addTo(map);
    if (settings.tiles.tiles) {
      var notice = L.control({ position: "bottomright" });
      notice.onAdd = function () { return element("p", "pm-credit", settings.tiles.attribution); };
      notice.addTo(map);
      L.tileLayer(settings.tiles.tiles, { maxZoom: 14 }).addTo(map);
      ["neighbours", "authority"].forEach(function (key) { layers[key].setStyle({ fillOpacity: 0 }); });
    }
    function density() {
      var marks = map.getContainer().classList, zoom = map.getZoom();
      marks.toggle("pm-far", zoom < settings.names);
      marks.toggle("pm-mid", zoom < settings.neighbours);
      marks.toggle("pm-plain", zoom < settings.values);
    }
    function whole() { map.fitBounds(view, { padding: [12, 12] }); }
    map.on("zoomend", density);
    whole();
    map.setMaxBounds(all.pad(0.6));
    map.setMinZoom(Math.min(map.getBoundsZoom(all), map.getZoom()) - 0.5);
    density();
    document.querySelectorAll(".switch input").forEach(function (input) { input.addEventListener("change", function () { refresh(true); }); });
    document.getElementById("zoom-authority").addEventListener("click", whole);
    document.getElementById("zoom-all").addEventListener("click", function () { map.fitBounds(all, { padding: [12, 12] }); });
    document.querySelectorAll("a[data-table]").forEach(function (link) {
      link.addEventListener("click", function () { document.getElementById(link.getAttribute("data-table")).open = true; });
    });
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", settings.label);
    var page = placements.page = { map: map, layers: layers, groups: groups, settings: settings };
    starts.forEach(function (begin) { begin(page); });
    refresh(false);
  }

  return {
    shapes: shapes, point: point, describe: describe, start: start, element: element, label: label, fill: fill,
    shading: shading, refresh: refresh,
    /* Parts of the page that begin with it, and what follows every change of it. */
    begins: function (begin) { starts.push(begin); }, follows: function (follow) { after.push(follow); }
  };
}());
