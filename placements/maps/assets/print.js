/* A sheet of A3 across: the map is fitted anew to the paper before it is printed, and to the screen after. */
(function () {
  "use strict";
  placements.begins(function (page) {
    var before = null;
    function out() {
      if (before) { return; }
      before = { centre: page.map.getCenter(), zoom: page.map.getZoom(), bounds: page.map.getBounds() };
      document.body.classList.add("printing");
      page.map.invalidateSize({ animate: false });
      page.map.fitBounds(before.bounds, { animate: false, padding: [0, 0] });
    }
    function back() {
      if (!before) { return; }
      document.body.classList.remove("printing");
      page.map.invalidateSize({ animate: false });
      page.map.setView(before.centre, before.zoom, { animate: false });
      before = null;
    }
    window.addEventListener("beforeprint", out);
    window.addEventListener("afterprint", back);
    document.getElementById("print").addEventListener("click", function () { window.print(); });
  });
}());
