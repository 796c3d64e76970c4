// The list of entries: rows become forms in place, and many are chosen at once. Without scripts the same links and forms
// lead to pages.

import { enhance } from "./combobox.js";

const list = document.getElementById("days");
const bulk = document.getElementById("bulk");

// MARK: Rows that are forms

const parse = async (reply) => new DOMParser().parseFromString(await reply.text(), "text/html");

/** Puts a row of a page that has come in place of the same one here. */
function replaceRow(fresh, id) {
    const row = fresh.getElementById(id);
    if (!row) return null;
    document.getElementById(id).replaceWith(row);
    enhance(row);
    return row;
}

async function edit(link) {
    const id = link.closest(".entry").id;
    const reply = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return location.assign(link.href);
    const row = replaceRow(await parse(reply), id);
    if (!row?.querySelector("form")) return location.assign(link.href);
    (row.querySelector("[name=start]") ?? row.querySelector("input")).focus();
}

async function cancel(row) {
    const link = row.querySelector("[data-cancel]");
    const reply = await fetch(link.href.split("#")[0], { headers: { Accept: "text/html" } }).catch(() => null);
    if (!reply?.ok) return location.assign(link.href);
    replaceRow(await parse(reply), row.id)?.querySelector("[data-edit]")?.focus();
}

async function save(form, row) {
    row.setAttribute("aria-busy", "true");
    const reply = await fetch(form.action, {
        method: "POST", headers: { Accept: "text/html" }, body: new URLSearchParams(new FormData(form)),
    }).catch(() => null);
    row.removeAttribute("aria-busy");
    if (!reply) return say(row, "The server can't be reached. What you typed is still here.");
    const fresh = await parse(reply);
    if (reply.status === 422) {
        const problems = fresh.querySelector(".problems");
        return say(row, [...problems?.querySelectorAll("li") ?? []].map((item) => item.textContent.trim()).join(" ")
            || "This could not be saved.");
    }
    if (!reply.ok) return location.assign(row.querySelector("[data-cancel]").href);
    // The list may be in another order now.
    const days = fresh.getElementById("days");
    if (!days) return location.assign(reply.url);
    list.replaceChildren(...days.childNodes);
    const flash = fresh.querySelector(".flash");
    document.querySelector(".flash")?.remove();
    if (flash) document.getElementById("main").prepend(flash);
    document.getElementById(row.id)?.querySelector("[data-edit]")?.focus();
}

function say(row, text) {
    let line = row.querySelector(".problems");
    if (!line) {
        line = document.createElement("p");
        line.className = "problems";
        line.setAttribute("role", "alert");
        line.tabIndex = -1;
        row.querySelector("form").prepend(line);
    }
    line.textContent = text;
    line.focus();
}

list?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-edit], [data-cancel]");
    if (!link) return;
    event.preventDefault();
    if ("edit" in link.dataset) edit(link);
    else cancel(link.closest(".entry"));
});
list?.addEventListener("submit", (event) => {
    const row = event.target.closest(".editing");
    if (!row || event.defaultPrevented) return;
    event.preventDefault();
    save(event.target, row);
});
list?.addEventListener("keydown", (event) => {
    const row = event.target.closest(".editing");
    if (row && event.key === "Escape" && !event.defaultPrevented) cancel(row);
});

// MARK: Many at once

const boxes = () => [...document.querySelectorAll("input[name=entry_id][form=bulk]")];

function count() {
    const all = boxes();
    const chosen = all.filter((box) => box.checked).length;
    bulk.classList.toggle("idle-bulk", chosen === 0);
    bulk.querySelector("[data-count]").textContent = chosen === 0 ? "Choose entries in the list to change many at once."
        : `${chosen} of ${all.length} chosen`;
    bulk.querySelector("[data-all]").textContent = chosen === all.length && chosen > 0 ? "Choose none" : "Choose all";
}

function fields() {
    const action = document.getElementById("bulk-action").value;
    for (const part of bulk.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(action);
}

if (bulk) {
    let last = null;
    const all = bulk.querySelector("[data-all]");
    all.hidden = false;
    all.addEventListener("click", () => {
        const wanted = boxes().some((box) => !box.checked);
        for (const box of boxes()) box.checked = wanted;
        count();
    });
    list.addEventListener("click", (event) => {
        const box = event.target.closest("input[name=entry_id]");
        if (!box) return;
        // With Shift all between this one and the one before.
        const known = boxes();
        if (event.shiftKey && last && known.includes(last)) {
            const [from, to] = [known.indexOf(last), known.indexOf(box)].sort((a, b) => a - b);
            for (const between of known.slice(from, to + 1)) between.checked = box.checked;
        }
        last = box;
        count();
    });
    list.addEventListener("refreshed", count);
    document.getElementById("bulk-action").addEventListener("change", fields);
    count();
    fields();
}
