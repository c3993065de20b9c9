"use strict";
// What the atlas says of one architecture. `answers` is plain, so that it can be tested without a page.

function numbersOf(text) {
  return (text.match(/\d+/g) || []).map(Number);
}

function covers(wide, narrow) {
  return narrow.every((width, layer) => width <= wide[layer]);
}

function answers(atlas, widths, degree) {
  const name = widths.join("-");
  if (widths.length < 2 || widths.some((width) => width < 1)) {
    return [["widths", "at least two integers, each at least 1, such as 2-3-1"]];
  }
  const found = [["label", `pnn:${name}:r${degree}`]];

  const known = atlas.dimensions[`${name}:${degree}`];
  if (known) {
    atlas.columns.forEach((column, place) => found.push([column.replaceAll("_", " "), known[place]]));
  }

  const label = `mfa:${widths[0]}-${widths[widths.length - 1]}:h${widths.length - 1}:r${degree}`;
  const list = atlas.lists[label];
  if (list) {
    const hidden = widths.slice(1, -1);
    const below = list.hidden.filter((each) => covers(hidden, each));
    const isMinimal = below.some((each) => each.join() === hidden.join());
    const sure = ` (${list.grade})`;
    if (below.length > 0) {
      found.push(["filling", "yes" + sure]);
      found.push(["minimal filling", (isMinimal ? "yes" : "no") + sure]);
      if (!isMinimal) {
        const shown = below.slice(0, 5).map((each) => [widths[0], ...each, widths[widths.length - 1]].join("-"));
        found.push(["minimal ones below it", shown.join(", ") + (below.length > 5 ? `, and ${below.length - 5} more` : "")]);
      }
    } else {
      found.push(["filling", list.complete ? "no" + sure : "not decided: the list is not complete"]);
    }
    found.push(["list", `${label}: ${list.hidden.length} minimal filling, ${list.complete ? "complete" : "not complete"}`]);
  }

  const threshold = atlas.thresholds[name];
  if (threshold) {
    found.push(["activation threshold", `${threshold[0]} (${threshold[3]}), bound ${threshold[1]}`]);
    found.push(["defects for degrees 2, 3, …", threshold[2]]);
  }
  if (found.length === 1) {
    found.push(["", "The atlas has nothing on this architecture."]);
  }
  found.push(["compute", `rankcert dimension ${widths.join(" ")} --degree ${degree}`]);
  return found;
}

function start() {
  const form = document.getElementById("lookup");
  const place = document.getElementById("lookup-answer");

  function look() {
    const widths = numbersOf(document.getElementById("lookup-widths").value);
    const degree = Number(document.getElementById("lookup-degree").value);
    const table = document.createElement("table");
    for (const [name, value] of answers(window.ATLAS, widths, degree)) {
      const row = table.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.append(head);
      row.insertCell().textContent = value;
    }
    place.replaceChildren(table);
    history.replaceState(null, "", `#${widths.join("-")}:r${degree}`);
  }

  const linked = decodeURIComponent(location.hash).match(/^#(?:pnn:)?([\d-]+):r(\d+)$/);
  if (linked) {
    document.getElementById("lookup-widths").value = linked[1];
    document.getElementById("lookup-degree").value = linked[2];
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  look();
}

if (typeof document !== "undefined") {
  start();
} else {
  module.exports = { answers, numbersOf };
}
