// Adds comfort only: every page works without it. Loaded as a module on every page.

import { minutes } from "./duration.js";

const isEditing = (element) => element?.matches?.("input, select, textarea, [contenteditable]") ?? false;
const two = (number) => String(number).padStart(2, "0");

/** `1:02:03`. */
const clockText = (seconds) =>
    `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

// MARK: Small things

for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        button.textContent = "Copied";
    });
}

document.querySelector(".problems")?.focus();

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

// MARK: Combobox over a select (ARIA Authoring Practices, combobox with list autocomplete)

class Combobox {
    static count = 0;

    constructor(select) {
        this.select = select;
        this.id = `combo-${++Combobox.count}`;
        this.box = document.createElement("div");
        this.box.className = "combo";
        this.input = document.createElement("input");
        Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false, id: `${this.id}-input` });
        const label = document.querySelector(`label[for="${select.id}"]`);
        if (label) label.htmlFor = this.input.id;
        for (const name of ["aria-describedby", "aria-invalid"]) {
            if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
        }
        this.input.placeholder = select.dataset.combobox;
        this.input.required = select.required;
        select.required = false;
        this.input.setAttribute("role", "combobox");
        this.input.setAttribute("aria-expanded", "false");
        this.input.setAttribute("aria-autocomplete", "list");
        this.input.setAttribute("aria-controls", this.id);
        this.list = document.createElement("ul");
        this.list.id = this.id;
        this.list.hidden = true;
        this.list.setAttribute("role", "listbox");
        this.list.setAttribute("aria-label", label?.textContent.trim() || "Choices");
        this.status = document.createElement("span");
        this.status.className = "unseen";
        this.status.setAttribute("role", "status");
        this.known = [...select.options].filter((option) => option.value).map((option) => ({
            value: option.value, text: option.textContent.trim(), group: option.parentElement.label ?? "",
        }));
        this.input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].textContent.trim() : "";
        select.hidden = true;
        select.after(this.box);
        this.box.append(this.input, this.list, this.status);
        this.input.addEventListener("input", () => this.search());
        this.input.addEventListener("focus", () => this.input.select());
        this.input.addEventListener("click", () => this.list.hidden && this.show(this.known));
        this.input.addEventListener("keydown", (event) => this.key(event));
        this.input.addEventListener("blur", () => this.leave());
        this.list.addEventListener("pointerdown", (event) => {
            event.preventDefault();
            const item = event.target.closest("[role=option]");
            if (item) this.choose(item);
        });
    }

    /** The server searches among everything; until it answers, what is known is searched. */
    search() {
        this.select.value = "";
        const text = this.input.value.trim();
        const words = text.toLowerCase().split(/\s+/).filter(Boolean);
        this.show(this.known.filter((item) => words.every((word) =>
            `${item.text} ${item.group}`.toLowerCase().includes(word))));
        clearTimeout(this.timer);
        if (!text || !this.select.dataset.source) return;
        this.timer = setTimeout(async () => {
            const reply = await fetch(`${this.select.dataset.source}?q=${encodeURIComponent(text)}`,
                { headers: { Accept: "application/json" } }).catch(() => null);
            // A late answer must not replace what has been typed or chosen since.
            if (!reply?.ok || this.input.value.trim() !== text || this.select.value) return;
            const { choices } = await reply.json();
            if (this.input.value.trim() === text && !this.select.value && document.activeElement === this.input) {
                this.show(choices);
            }
        }, 150);
    }

    show(items) {
        this.list.replaceChildren(...items.slice(0, 50).map((item, index) => {
            const option = document.createElement("li");
            option.id = `${this.id}-${index}`;
            option.setAttribute("role", "option");
            option.setAttribute("aria-selected", "false");
            option.dataset.value = item.value;
            option.append(item.text);
            if (item.group) {
                const small = document.createElement("small");
                small.textContent = item.group;
                option.append(small);
            }
            return option;
        }));
        const isEmpty = items.length === 0;
        if (isEmpty) {
            const none = document.createElement("li");
            none.className = "none";
            none.setAttribute("role", "option");
            none.setAttribute("aria-disabled", "true");
            none.setAttribute("aria-selected", "false");
            none.textContent = "Nothing matches";
            this.list.append(none);
            delete none.dataset.value;
        }
        this.open(true);
        clearTimeout(this.telling);
        this.telling = setTimeout(() => {
            this.status.textContent = isEmpty ? "Nothing matches" : `${items.length} choices`;
        }, 600);
        this.mark(isEmpty || !this.input.value.trim() ? null : this.list.firstElementChild);
    }

    open(isOpen) {
        this.list.hidden = !isOpen;
        this.input.setAttribute("aria-expanded", String(isOpen));
        if (!isOpen) this.mark(null);
    }

    mark(option) {
        this.marked?.setAttribute("aria-selected", "false");
        this.marked = option;
        option?.setAttribute("aria-selected", "true");
        option?.scrollIntoView({ block: "nearest" });
        if (option) this.input.setAttribute("aria-activedescendant", option.id);
        else this.input.removeAttribute("aria-activedescendant");
    }

    key(event) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (this.list.hidden) return this.show(this.known);
            const options = [...this.list.querySelectorAll("[data-value]")];
            if (!options.length) return;
            const step = event.key === "ArrowDown" ? 1 : -1;
            const index = options.indexOf(this.marked);
            this.mark(options[(index + step + options.length + (index < 0 && step < 0 ? 1 : 0)) % options.length]);
        } else if (event.key === "Enter" && !this.list.hidden && this.marked) {
            event.preventDefault();
            this.choose(this.marked);
        } else if (event.key === "Escape" && !this.list.hidden) {
            event.preventDefault();
            event.stopPropagation();
            this.open(false);
        }
    }

    choose(option) {
        if (!option.dataset.value) return;
        const text = option.firstChild.textContent;
        if (![...this.select.options].some((known) => known.value === option.dataset.value)) {
            this.select.add(new Option(text, option.dataset.value));
        }
        this.select.value = option.dataset.value;
        this.input.value = text;
        this.open(false);
        this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }

    /** What was typed counts only if it was chosen; one that matches alone is. */
    leave() {
        if (!this.select.value && !this.list.hidden) {
            const options = this.list.querySelectorAll("[data-value]");
            if (options.length === 1 && this.input.value.trim()) this.choose(options[0]);
        }
        this.open(false);
        if (!this.select.value) this.input.value = "";
    }
}

function enhance(root) {
    for (const select of root.querySelectorAll("select[data-combobox]:not([hidden])")) new Combobox(select);
}
enhance(document);

// MARK: Timer: the clock is computed from the server's state, never counted; tabs ask for the state while they are seen

const bar = document.getElementById("timer-bar");
const title = document.title;
let skew = 0;

function tick() {
    const timer = bar?.querySelector(".timer");
    if (!timer?.dataset.start) {
        document.title = title;
        return;
    }
    const { start, paused, away, label } = timer.dataset;
    const until = paused ? Number(paused) : Math.floor(Date.now() / 1000 + skew);
    const text = clockText(Math.max(0, until - Number(start) - Number(away)));
    const clock = timer.querySelector("[data-clock]");
    if (clock.textContent !== text) clock.textContent = text;
    document.title = `${text.replace(/:\d\d$/, "")}${paused ? " (paused)" : ""} · ${label}`;
}

/** Takes over what another tab or device has done. What is being typed stays. */
async function refresh(version) {
    if (bar.contains(document.activeElement) && isEditing(document.activeElement)) return;
    const here = bar.querySelector("input[name=back]")?.value ?? location.pathname;
    const reply = await fetch(`/timer/bar?back=${encodeURIComponent(here)}`, { headers: { Accept: "text/html" } })
        .catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector(".timer");
    if (!fresh || fresh.dataset.version === bar.querySelector(".timer").dataset.version) return;
    const focused = bar.contains(document.activeElement);
    bar.querySelector(".timer").replaceWith(fresh);
    enhance(bar);
    if (focused) bar.querySelector("button, input")?.focus();
    document.getElementById("timer-status").textContent = fresh.dataset.spoken;
    document.dispatchEvent(new CustomEvent("timer-changed", { detail: version }));
    tick();
}

let isAsking = false;
async function ask() {
    if (document.hidden || isAsking) return;
    isAsking = true;
    try {
        const reply = await fetch("/timer/state", { headers: { Accept: "application/json" } });
        if (!reply.ok) return;
        const state = await reply.json();
        skew = state.now - Date.now() / 1000;
        if (state.version !== bar.querySelector(".timer")?.dataset.version) await refresh(state.version);
    } catch {
        // The network is away: the clock goes on, and the next question may be answered.
    } finally {
        isAsking = false;
    }
}

if (bar) {
    const now = Number(bar.querySelector(".timer")?.dataset.now);
    if (now) skew = now - performance.timeOrigin / 1000 - performance.now() / 1000;
    tick();
    setInterval(tick, 500);
    setInterval(ask, 1500);
    document.addEventListener("visibilitychange", ask);
    addEventListener("pageshow", (event) => event.persisted && ask());
}

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
        "/": () => document.getElementById("find")?.focus(),
        g: () => { prefix = "g"; },
        s: () => bar?.querySelector(".start input")?.focus(),
        x: () => bar?.querySelector("form[action='/timer/stop']")?.requestSubmit(),
        "[": () => document.querySelector("a[rel=prev]")?.click(),
        "]": () => document.querySelector("a[rel=next]")?.click(),
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
