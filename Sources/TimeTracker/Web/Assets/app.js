// Adds comfort only: every page works without it. Loaded as a module on every page.

import { enhance } from "./combobox.js";
import { minutes } from "./duration.js";
import { find } from "./find.js";
import { bar, isEditing } from "./timer.js";

// MARK: Small things

for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        button.textContent = "Copied";
    });
}

for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
}

document.querySelector(".problems")?.focus();

// Where tabs don't fit beside each other, the one that is open is in view.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const tabs = tab.closest(".tabs");
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}

// A second click on the same button within a second is the first one once more.
document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const now = Date.now();
    if (now - (Number(form.dataset.sent) || 0) < 1000) event.preventDefault();
    else form.dataset.sent = now;
});

// Popups close when something else is clicked, and by Escape.
document.addEventListener("click", (event) => {
    for (const details of document.querySelectorAll("details.account[open], details.discard[open]")) {
        if (!details.contains(event.target)) details.open = false;
    }
});
document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const details of document.querySelectorAll("details.account[open], details.discard[open]")) {
        details.open = false;
        details.querySelector("summary").focus();
    }
});

// Shows what a duration will be read as; the server has the last word.
document.addEventListener("input", (event) => {
    const input = event.target;
    if (!("duration" in input.dataset)) return;
    const echo = document.getElementById(input.dataset.duration);
    if (echo) echo.textContent = reading(input.value);
});

function reading(text) {
    const total = minutes(text);
    if (total === null) return "not a duration";
    return text.trim() === "" ? "" : `= ${Math.floor(total / 60)} h ${total % 60} min`;
}

enhance(document);

// MARK: Keys; a person can switch them off on the sheet

const keysOff = "tt_keys_off";
let prefix = "";

async function sheet() {
    const open = document.querySelector("dialog[open]");
    if (open) return open.close();
    const reply = await fetch("/shortcuts");
    const page = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("#shortcuts");
    if (!page) return;
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "shortcuts-title");
    const close = document.createElement("button");
    close.textContent = "Close";
    close.className = "secondary";
    close.addEventListener("click", () => dialog.close());
    dialog.append(page, close);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    switches(dialog);
    dialog.showModal();
}

function switches(root) {
    for (const box of root.querySelectorAll("[data-keys]")) {
        box.closest("[hidden]")?.removeAttribute("hidden");
        box.checked = localStorage.getItem(keysOff) !== "1";
        box.addEventListener("change", () => localStorage.setItem(keysOff, box.checked ? "0" : "1"));
    }
}
switches(document);

document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
        event.target.closest?.("form")?.requestSubmit();
        return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isEditing(event.target)) return;
    if (localStorage.getItem(keysOff) === "1" || (document.querySelector("dialog[open]") && event.key !== "?")) return;
    const was = prefix;
    prefix = "";
    if (was === "g") {
        document.querySelector(`.menu a[data-key="${CSS.escape(event.key)}"]`)?.click();
        return;
    }
    const act = {
        "?": sheet,
        "/": find,
        g: () => { prefix = "g"; },
        s: () => bar?.querySelector(".start input")?.focus(),
        x: () => bar?.querySelector("form[action='/timer/stop']")?.requestSubmit(),
        "[": () => document.querySelector("a[rel=prev]")?.click(),
        "]": () => document.querySelector("a[rel=next]")?.click(),
        ...Object.fromEntries(["d", "w", "m"].map((key) =>
            [key, () => document.querySelector(`.views a[data-view="${key}"]`)?.click()])),
        j: () => step(1),
        k: () => step(-1),
        c: () => document.activeElement?.closest(".entry")?.querySelector("form[action='/timer/continue']")?.requestSubmit(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
});

function step(by) {
    const entries = [...document.querySelectorAll(".entry .main a")];
    const index = entries.indexOf(document.activeElement);
    entries[Math.min(Math.max(index + by, 0), entries.length - 1)]?.focus();
}

// MARK: A newer release, for administrators

const update = document.getElementById("update");
if (update) {
    const dismissed = "tt_dismissed_release_version";
    fetch("/api/version/check", { headers: { Accept: "application/json" } }).then(async (reply) => {
        if (!reply.ok) return;
        const release = await reply.json();
        if (!release.update_available || localStorage.getItem(dismissed) === release.latest_version) return;
        const notes = release.release_notes ?? "";
        update.querySelector("[data-title]").textContent = `Version ${release.latest_version} is available`;
        update.querySelector("[data-date]").textContent =
            release.published_at ? new Date(release.published_at).toLocaleDateString() : "";
        const text = update.querySelector("[data-notes]");
        text.textContent = notes.length > 280 ? `${notes.slice(0, 280)}…` : notes;
        const more = update.querySelector("[data-more]");
        more.hidden = notes.length <= 280;
        more.addEventListener("click", () => { text.textContent = notes; more.hidden = true; });
        const link = update.querySelector("[data-link]");
        if (release.release_url) link.href = release.release_url;
        else link.hidden = true;
        update.querySelector("[data-later]").addEventListener("click", () => { update.hidden = true; });
        update.querySelector("[data-never]").addEventListener("click", () => {
            update.hidden = true;
            localStorage.setItem(dismissed, release.latest_version);
            fetch("/api/version/dismiss", {
                method: "POST", body: JSON.stringify({ latest_version: release.latest_version }),
                headers: {
                    "Content-Type": "application/json",
                    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
                },
            }).catch(() => {});
        });
        update.hidden = false;
    }).catch(() => {});
}
