// The timer above every page: its clock is computed from the server's state, never counted. What another tab or device
// does is taken over, by the timer and by the parts of the page that show entries.

import { enhance } from "./combobox.js";
import { live } from "./live.js";

export const isEditing = (element) => element?.matches?.("input, select, textarea, [contenteditable]") ?? false;
export const bar = document.getElementById("timer-bar");

const two = (number) => String(number).padStart(2, "0");
/** `1:02:03`. */
const clockText = (seconds) =>
    `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
const timer = () => bar?.querySelector(".timer");
const title = document.title;
/** Seconds by which the server's clock is ahead. */
let skew = 0;
/** What came last. */
let latest = null;

function tick() {
    const shown = timer();
    if (!shown?.dataset.start) {
        document.title = title;
        return;
    }
    const { start, paused, away, label } = shown.dataset;
    const until = paused ? Number(paused) : Math.floor(Date.now() / 1000 + skew);
    const text = clockText(Math.max(0, until - Number(start) - Number(away)));
    const clock = shown.querySelector("[data-clock]");
    if (clock.textContent !== text) clock.textContent = text;
    const state = paused ? " (paused)" : "idle" in shown.dataset ? " (idle?)" : "";
    document.title = `${text.replace(/:\d\d$/, "")}${state} · ${label}`;
}

const page = async (address) => {
    const reply = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return null;
    return new DOMParser().parseFromString(await reply.text(), "text/html");
};

// MARK: The timer

/** Takes over what another tab or device has done. What is being typed stays. */
async function refreshTimer() {
    if (bar.contains(document.activeElement) && isEditing(document.activeElement)) return;
    const here = bar.querySelector("input[name=back]")?.value ?? location.pathname;
    const fresh = (await page(`/timer/bar?back=${encodeURIComponent(here)}`))?.querySelector(".timer");
    if (!fresh || fresh.dataset.version === timer().dataset.version) return;
    if (bar.contains(document.activeElement) && isEditing(document.activeElement)) return;
    const wasFocused = bar.contains(document.activeElement);
    // The page shows entries as far as they had come when it was made.
    fresh.dataset.revision = timer().dataset.revision;
    timer().replaceWith(fresh);
    enhance(bar);
    if (wasFocused) bar.querySelector("button, input")?.focus();
    document.getElementById("timer-status").textContent = fresh.dataset.spoken;
    document.dispatchEvent(new CustomEvent("timer-changed"));
    tick();
}

// MARK: Parts of the page that show entries

let isStale = false;
let isRefreshing = false;

/** Somebody is at work in the page: nothing is taken from under the hands. */
function isBusy() {
    const main = document.getElementById("main");
    return (main.contains(document.activeElement) && isEditing(document.activeElement))
        || main.querySelector("[data-busy], details.keeps[open], input[type=checkbox][name=entry_id]:checked") !== null
        || document.querySelector("dialog[open]") !== null;
}

async function refreshPage() {
    if (!isStale || isRefreshing || document.hidden || isBusy()) return;
    const parts = [...document.querySelectorAll("[data-live]")];
    if (!parts.length) {
        isStale = false;
        return;
    }
    isRefreshing = true;
    isStale = false;
    try {
        const fresh = await page(location.href);
        if (!fresh || isBusy()) {
            isStale = true;
            return;
        }
        for (const part of parts) {
            const newer = fresh.getElementById(part.id);
            if (!newer || newer.innerHTML === part.innerHTML) continue;
            const focused = part.contains(document.activeElement) ? document.activeElement : null;
            const address = focused?.getAttribute("href");
            part.replaceChildren(...newer.childNodes);
            if (address) part.querySelector(`a[href="${CSS.escape(address)}"]`)?.focus();
            enhance(part);
            part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
        }
    } finally {
        isRefreshing = false;
    }
}

// MARK: States

function take(state) {
    latest = state;
    skew = state.now - Date.now() / 1000;
    const shown = timer();
    if (!shown) return;
    if (state.version !== shown.dataset.version) refreshTimer();
    if (state.changed || String(state.revision) !== shown.dataset.revision) {
        shown.dataset.revision = state.revision;
        isStale = true;
        document.dispatchEvent(new CustomEvent("entries-changed"));
    }
    refreshPage();
}

if (bar) {
    const now = Number(timer()?.dataset.now);
    if (now) skew = now - performance.timeOrigin / 1000 - performance.now() / 1000;
    tick();
    setInterval(tick, 500);
    live(take);
    // What had to wait until somebody was done.
    setInterval(() => {
        if (latest && latest.version !== timer()?.dataset.version) refreshTimer();
        refreshPage();
    }, 1000);
    document.addEventListener("visibilitychange", refreshPage);
}

// MARK: Signs of work, for those who want to be asked when there are none

const beatEvery = 60000;
let lastBeat = 0;

async function beat() {
    const shown = timer();
    // While the question stands only its buttons answer it.
    if (!shown || !("asks" in shown.dataset) || "idle" in shown.dataset || shown.dataset.paused) return;
    if (Date.now() - lastBeat < beatEvery) return;
    lastBeat = Date.now();
    await fetch("/timer/heartbeat", {
        method: "POST",
        headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
    }).catch(() => {});
}
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, beat, { passive: true });
}
