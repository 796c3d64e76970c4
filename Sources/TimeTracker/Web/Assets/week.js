// Keeps the totals of the week grid up to date while cells are typed. Saving is the form's own affair.

import { minutes } from "./duration.js";

// What others do may put another table in this one's place.
const grid = () => document.querySelector("table.week");

const text = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
const read = (cell) => {
    const input = cell.querySelector("input");
    return input ? minutes(input.value) : Number(cell.dataset.minutes ?? 0);
};

function total() {
    const table = grid();
    const rows = [...table.tBodies[0].querySelectorAll("tr[data-row]")].map((row) => {
        const cells = [...row.querySelectorAll("td[data-day]")];
        for (const cell of cells) cell.querySelector("input")?.setAttribute("aria-invalid", String(read(cell) === null));
        const values = cells.map((cell) => read(cell) ?? 0);
        row.querySelector("[data-sum]").textContent = text(values.reduce((sum, value) => sum + value, 0));
        return values;
    });
    const sums = [...table.tFoot.querySelectorAll("[data-day-sum]")];
    sums.forEach((cell, day) => { cell.textContent = text(rows.reduce((sum, row) => sum + row[day], 0)); });
    table.tFoot.querySelector("[data-week-sum]").textContent =
        text(rows.flat().reduce((sum, value) => sum + value, 0));
}

const form = grid()?.closest("form");
if (form) {
    // Leaving with what is not saved asks first, and what others do meanwhile waits until it is saved.
    let isChanged = false;
    form.addEventListener("input", () => {
        isChanged = true;
        grid().dataset.busy = "";
        total();
    });
    form.addEventListener("submit", () => { isChanged = false; });
    addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}
