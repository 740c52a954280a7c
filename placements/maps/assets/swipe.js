/* Two views of one layer side by side under a divider: two scenarios, two years, two needs. The divider is a slider, so
   that a keyboard moves it too. */
placements.swipe = (function () {
  "use strict";
  var page = null, other = null, labels = null, versus, slider;
  var OWN = "own figures";

  function clip() {
    var size = page.map.getSize(), corner = page.map.containerPointToLayerPoint([0, 0]), share = other ? slider.value / 100 : 1;
    var left = corner.x - 1, top = corner.y - 1, right = corner.x + size.x + 1, bottom = corner.y + size.y + 1, at = corner.x + size.x * share;
    function box(x0, x1) {
      return "polygon(" + [[x0, top], [x1, top], [x1, bottom], [x0, bottom]].map(function (p) { return p[0] + "px " + p[1] + "px"; }).join(",") + ")";
    }
    page.map.getPane("other").style.clipPath = box(at, right);
    page.map.getPane("values-other").style.clipPath = box(at, right);
    page.map.getPane("values").style.clipPath = other ? box(left, at) : "";
    document.getElementById("divider").style.left = 100 * share + "%";
  }

  function clear() {
    if (other) { page.map.removeLayer(other); page.map.removeLayer(labels); }
    other = null;
    document.getElementById("swipe").hidden = true;
    document.getElementById("divider").hidden = true;
  }

  /* What the layer that is on can be compared with: its other views, and its own figures. */
  function offer(key) {
    var v = key && placements.views.views(key), names = v ? Object.keys(v.legends) : [], before = versus.value;
    if (v && !v.start) { names.unshift(OWN); }
    versus.replaceChildren(new Option("Nothing", ""));
    names.forEach(function (name) {
      if (name !== (placements.views.wanted(key) || OWN)) { versus.add(new Option(name === OWN ? "All" : placements.views.words(name), name)); }
    });
    versus.value = Array.prototype.some.call(versus.options, function (option) { return option.value === before; }) ? before : "";
    versus.parentNode.hidden = versus.options.length < 2;
  }

  function follow() {
    var key = placements.shading();
    clear();
    offer(key);
    var shown = versus.value;
    placements.views.compare(shown === OWN ? "" : shown);
    if (shown) {
      var view = shown === OWN ? "" : shown, layer = page.layers[key];
      other = L.geoJSON({ type: "FeatureCollection", features: layer.getLayers().map(function (part) { return part.feature; }) },
        { pane: "other", style: function (feature) { return Object.assign({}, feature.properties.style, { fillOpacity: 1 }); }, onEachFeature: placements.describe });
      labels = L.layerGroup();
      other.addTo(page.map); labels.addTo(page.map);
      placements.views.paint(other, labels, key, view, "values-other");
      document.getElementById("swipe-left").textContent = placements.views.words(placements.views.wanted(key));
      document.getElementById("swipe-right").textContent = placements.views.words(view);
      document.getElementById("swipe").hidden = false;
      document.getElementById("divider").hidden = false;
    }
    clip();
  }

  placements.begins(function (opened) {
    page = opened;
    versus = document.getElementById("versus");
    slider = document.getElementById("swipe-at");
    versus.addEventListener("change", function () {
      /* Today's flows say nothing of either side, and hide the areas. */
      if (versus.value) { document.querySelectorAll('.switch input[type="checkbox"][value$="flows"], .switch input[value="hosts"]').forEach(function (input) { input.checked = false; }); }
      placements.refresh(false);
    });
    slider.addEventListener("input", clip);
    page.map.on("move zoomend resize viewreset", clip);
    placements.follows(follow);
  });

  return {};
}());
