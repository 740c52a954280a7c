/* Tables can be sorted by any column and taken away as CSV. They are whole without this; it adds the buttons. */
placements.tables = (function () {
  "use strict";
  var MINUS = /\u2212/g, HIDDEN = { c: true, x: true, "": true };

  /* A cell as a number, or null for what is hidden or is none; words stay words. */
  function value(text) {
    if (HIDDEN[text]) { return null; }
    var plain = text.replace(MINUS, "-").replace(/[£,%+]/g, "");
    return /^-?\d+(\.\d+)?( |$)/.test(plain) ? parseFloat(plain) : text.toLowerCase();
  }

  function compare(one, other) {
    if (typeof one === typeof other) { return typeof one === "string" ? one.localeCompare(other, "en-GB") : one - other; }
    return typeof one === "number" ? -1 : 1;
  }

  function sort(table, column, head) {
    var down = head.getAttribute("aria-sort") === "ascending", body = table.tBodies[0];
    var rows = Array.prototype.map.call(body.rows, function (row, at) { return { row: row, at: at, value: value(row.cells[column].textContent) }; });
    rows.sort(function (one, other) {
      /* What is hidden stands last whichever way. */
      if (one.value === null || other.value === null) { return (one.value === null) - (other.value === null) || one.at - other.at; }
      return (down ? -1 : 1) * compare(one.value, other.value) || one.at - other.at;
    });
    rows.forEach(function (entry) { body.appendChild(entry.row); });
    table.querySelectorAll("thead th").forEach(function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  /* A spreadsheet takes text that begins so for a formula: an apostrophe keeps it text. Plain numbers stay numbers. */
  function safe(text) {
    var plain = text.trim().replace(MINUS, "-");
    if (/^[+-]?(\d[\d,]*\.?\d*|\.\d+)%?$/.test(plain)) { return plain.replace(/,/g, ""); }
    return /^[\s\u0000\ufeff\u200b]*[=+\-@\t\r\u2212\uff1d\uff0b\uff0d\uff20]/.test(text) ? "'" + text : text;
  }

  function quoted(text) { return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; }

  /* What is shown of a table, as it is shown: rows that a filter hides are left out. */
  function csv(table) {
    return Array.prototype.filter.call(table.rows, function (row) { return !row.hidden; }).map(function (row) {
      return Array.prototype.map.call(row.cells, function (cell) { return quoted(safe(cell.textContent.trim())); }).join(",");
    }).join("\r\n") + "\r\n";
  }

  function download(table, name) {
    var link = document.createElement("a"), address = URL.createObjectURL(new Blob(["\ufeff" + csv(table)], { type: "text/csv;charset=utf-8" }));
    link.href = address; link.download = name + ".csv";
    document.body.appendChild(link); link.click(); link.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 1000);
  }

  function equip(box, table, name) {
    table.querySelectorAll("thead th").forEach(function (head, column) {
      var button = placements.element("button", "sort", head.textContent);
      button.type = "button";
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () { sort(table, column, head); });
    });
    var tool = placements.element("button", "csv", "Download as CSV");
    tool.type = "button";
    tool.setAttribute("aria-label", "Download as CSV: " + table.caption.textContent);
    tool.addEventListener("click", function () { download(table, name); });
    box.appendChild(tool);
  }

  placements.begins(function () {
    document.querySelectorAll("details[id^=table-]").forEach(function (box) {
      equip(box, box.querySelector("table"), "placements-" + box.id.replace("table-", "").replace(/_/g, "-"));
    });
  });

  return { equip: equip, csv: csv };
}());
