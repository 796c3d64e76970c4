// The calendar: entries are moved, stretched and cut with the pointer and with the keyboard. Every act is a post of the same
// forms that pages have; the server has the last word, and what it shows is taken over.

import { complain } from "./problems.js";

const root = document.getElementById("calendar");
const status = document.getElementById("calendar-status");
const step = 15;
/** Minutes of a row of the grid. */
const row = 5;
const here = location.pathname + location.search;
const dayMinutes = 24 * 60;

const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const snap = (minutes) => Math.round(minutes / step) * step;
const columns = () => [...root.querySelectorAll(".quarters")];
const say = (text) => { status.textContent = text; };

/** Where an entry stands, in minutes of its day. */
function place(item) {
    return { from: Number(item.dataset.from), to: Number(item.dataset.to), day: columns().indexOf(item.parentElement) };
}

/** Shows where it would stand. */
function show(item, { from, to, day }) {
    const column = columns()[day];
    if (column && item.parentElement !== column) column.append(item);
    item.style.gridRow = `${Math.floor(from / row) + 1} / span ${Math.max(3, Math.ceil(to / row) - Math.floor(from / row))}`;
    const when = item.querySelector(".when");
    when.textContent = `${clock(from)} – ${clock(to % dayMinutes)}`;
}

function reset(item, original) {
    original.column.append(item);
    item.style.gridRow = "";
    item.querySelector(".when").textContent = original.when;
}

// MARK: The server

/** Posts a form's fields and takes over the calendar that comes. */
async function post(address, fields, focusID) {
    root.setAttribute("aria-busy", "true");
    const keys = document.getElementById("acts");
    const body = new URLSearchParams({
        ...fields, csrf_token: keys.querySelector("[name=csrf_token]").value, request_key: crypto.randomUUID?.() ?? `${Math.random()}`,
        back: here,
    });
    const reply = await fetch(address, { method: "POST", headers: { Accept: "text/html" }, body }).catch(() => null);
    root.removeAttribute("aria-busy");
    if (!reply) {
        say("The server can't be reached; nothing has been changed.");
        return false;
    }
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    const calendar = fresh.getElementById("calendar");
    document.querySelector("main > .problems")?.remove();
    if (!calendar) {
        // The page of an entry says what was wrong with the form that stands there.
        const text = fresh.querySelector("#e-at, .problems li")?.textContent;
        if (text) complain(text, (line) => root.before(line));
        else location.assign(here);
        return false;
    }
    const scroll = root.scrollTop;
    root.replaceChildren(...calendar.childNodes);
    root.scrollTop = scroll;
    const problems = fresh.querySelector("main > .problems");
    if (problems) {
        root.before(problems);
        problems.focus();
        return false;
    }
    if (focusID) root.querySelector(`[data-id="${focusID}"] a`)?.focus();
    return true;
}

let last = null;

async function shift(item, from, to, isUndo = false) {
    if (from === 0 && to === 0) return;
    const { id, seen } = item.dataset;
    const isDone = await post("/timesheet/calendar/shift", { entry_id: id, from, to, seen }, id);
    if (!isDone) return;
    last = isUndo ? null : { id, from: -from, to: -to };
    const moved = root.querySelector(`[data-id="${id}"]`);
    const when = moved?.querySelector(".when").textContent ?? "";
    say(isUndo ? `Back at ${when}` : `Now ${when}`);
    offerUndo();
}

function offerUndo() {
    document.getElementById("calendar-undo")?.remove();
    if (!last) return;
    const line = document.createElement("p");
    line.id = "calendar-undo";
    line.className = "flash notice acted";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary slim";
    button.textContent = "Undo";
    button.addEventListener("click", () => {
        const item = root.querySelector(`[data-id="${last?.id}"]`);
        if (item) shift(item, last.from, last.to, true);
    });
    line.append("The entry has been changed. ", button);
    root.before(line);
}

// MARK: Pointer

/** Minutes of the day at a height of the page. */
function minutesAt(y) {
    const box = columns()[0].getBoundingClientRect();
    return Math.min(Math.max((y - box.top) / box.height * dayMinutes, 0), dayMinutes);
}
const dayAt = (x) => columns().findIndex((column) => {
    const box = column.getBoundingClientRect();
    return x >= box.left && x < box.right;
});

let drag = null;

function begin(event, item) {
    const box = item.getBoundingClientRect();
    const edge = Math.min(8, box.height / 4);
    const kind = event.clientY - box.top < edge ? "start" : box.bottom - event.clientY < edge ? "end" : "move";
    drag = {
        item, kind, at: minutesAt(event.clientY), was: place(item), now: place(item), isMoved: false,
        original: { column: item.parentElement, when: item.querySelector(".when").textContent },
    };
    item.setPointerCapture?.(event.pointerId);
    item.classList.add("dragged");
    root.dataset.busy = "";
}

function move(event) {
    if (!drag) return;
    const by = snap(minutesAt(event.clientY) - drag.at);
    let { from, to, day } = drag.was;
    if (drag.kind === "start") from = Math.min(Math.max(from + by, 0), to - step);
    else if (drag.kind === "end") to = Math.min(Math.max(to + by, from + step), dayMinutes);
    else {
        const length = to - from;
        from = Math.min(Math.max(from + by, 0), dayMinutes - length);
        to = from + length;
        const wanted = dayAt(event.clientX);
        if (wanted >= 0) day = wanted;
    }
    drag.isMoved ||= from !== drag.was.from || to !== drag.was.to || day !== drag.was.day;
    drag.now = { from, to, day };
    if (drag.isMoved) show(drag.item, drag.now);
}

function end(isKept) {
    if (!drag) return;
    const { item, was, now, original, isMoved } = drag;
    drag = null;
    delete root.dataset.busy;
    item.classList.remove("dragged");
    if (!isMoved) return;
    if (!isKept) return reset(item, original);
    // The click that follows is none.
    item.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
    const days = (now.day - was.day) * dayMinutes;
    shift(item, now.from - was.from + days, now.to - was.to + days);
}

/** A new entry where somebody drags over an empty place. */
let sketch = null;

root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drag) return;
    const item = event.target.closest(".event[data-id]");
    if (item) {
        if (event.shiftKey) {
            event.preventDefault();
            return cut(item, snap(minutesAt(event.clientY)));
        }
        if (event.pointerType !== "touch") return begin(event, item);
        // A long touch takes the entry; a short one scrolls or opens it.
        const timer = setTimeout(() => begin(event, item), 400);
        const stop = () => clearTimeout(timer);
        for (const kind of ["pointerup", "pointercancel", "pointermove"]) {
            item.addEventListener(kind, stop, { once: true });
        }
        return;
    }
    const column = event.target.closest(".quarters");
    if (!column || event.target.closest(".event") || event.pointerType === "touch") return;
    const from = Math.floor(minutesAt(event.clientY) / step) * step;
    const ghost = document.createElement("li");
    ghost.className = "event sketch";
    ghost.append(document.createElement("span"));
    ghost.firstChild.className = "when num";
    sketch = { column, from, to: from + step, ghost, isMoved: false };
    column.setPointerCapture?.(event.pointerId);
    event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
    if (drag) return move(event);
    if (!sketch) return;
    sketch.to = Math.max(Math.ceil(minutesAt(event.clientY) / step) * step, sketch.from + step);
    if (!sketch.isMoved && sketch.to > sketch.from + step) {
        sketch.isMoved = true;
        sketch.column.append(sketch.ghost);
    }
    if (sketch.isMoved) show(sketch.ghost, { from: sketch.from, to: sketch.to, day: columns().indexOf(sketch.column) });
});
document.addEventListener("pointerup", () => {
    end(true);
    if (!sketch) return;
    const { column, from, to, isMoved, ghost } = sketch;
    sketch = null;
    ghost.remove();
    if (!isMoved) return;
    const query = new URLSearchParams({ date: column.dataset.date, start: clock(from), end: clock(to), back: here });
    location.assign(`/entries/new?${query}`);
});
document.addEventListener("pointercancel", () => end(false));
root.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false });
root.addEventListener("dragstart", (event) => event.preventDefault());

// MARK: Keyboard

/** What keys have moved so far; posted when no more come. */
let pending = null;

function flush() {
    if (!pending) return;
    const { item, was, now, original } = pending;
    pending = null;
    delete root.dataset.busy;
    const days = (now.day - was.day) * dayMinutes;
    const [from, to] = [now.from - was.from + days, now.to - was.to + days];
    if (from === 0 && to === 0) return reset(item, original);
    shift(item, from, to);
}

root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
        if (drag) return end(false);
        if (pending) {
            clearTimeout(pending.timer);
            reset(pending.item, pending.original);
            pending.item.querySelector("a").focus();
            pending = null;
            delete root.dataset.busy;
        }
        return;
    }
    const item = event.target.closest(".event[data-id]");
    if (!item) return;
    if (event.key === "Enter" && !event.altKey && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        return open(item);
    }
    const by = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by || !event.altKey) return;
    event.preventDefault();
    if (pending && pending.item !== item) flush();
    pending ??= {
        item, was: place(item), now: place(item),
        original: { column: item.parentElement, when: item.querySelector(".when").textContent },
    };
    root.dataset.busy = "";
    const now = pending.now;
    if (event.shiftKey) {
        if (by[1]) return;
        now.to = Math.min(Math.max(now.to + by[0], now.from + step), dayMinutes);
    } else {
        const length = now.to - now.from;
        now.from = Math.min(Math.max(now.from + by[0], 0), dayMinutes - length);
        now.to = now.from + length;
        now.day = Math.min(Math.max(now.day + by[1], 0), 6);
    }
    show(item, now);
    item.querySelector("a").focus();
    say(`${clock(now.from)} to ${clock(now.to % dayMinutes)}, ${columns()[now.day].parentElement.getAttribute("aria-label")}`);
    clearTimeout(pending.timer);
    pending.timer = setTimeout(flush, 700);
});

// MARK: Split, and what an entry offers

function cut(item, at) {
    const { from, to } = place(item);
    if (at <= from || at >= to) return say("An entry is cut between its start and its end.");
    post(`/timer/edit/${item.dataset.id}/split`, { at: clock(at) }, item.dataset.id).then((isDone) => {
        if (isDone) say(`Cut at ${clock(at)}`);
    });
}

function open(item) {
    const { from, to } = place(item);
    const { id } = item.dataset;
    const link = item.querySelector("a");
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "event-title");
    const title = document.createElement("h2");
    title.id = "event-title";
    title.textContent = link.querySelector("strong").textContent;
    const when = document.createElement("p");
    when.textContent = `${link.querySelector(".when").textContent}, ${link.querySelector("strong + span").textContent}`;
    const acts = document.createElement("div");
    acts.className = "submit";
    const act = (text, run, isMain = false) => {
        const button = document.createElement("button");
        button.type = "button";
        if (!isMain) button.className = "secondary";
        button.textContent = text;
        button.addEventListener("click", () => { dialog.close(); run(); });
        acts.append(button);
    };
    const still = () => root.querySelector(`[data-id="${id}"]`) ?? item;
    act("Edit…", () => location.assign(link.href), true);
    act("Earlier", () => shift(still(), -step, -step));
    act("Later", () => shift(still(), step, step));
    act("Longer", () => shift(still(), 0, step));
    if (to - from > step) act("Shorter", () => shift(still(), 0, -step));
    const split = document.createElement("form");
    split.className = "row-form";
    const box = document.createElement("div");
    const label = document.createElement("label");
    label.htmlFor = "event-at";
    label.textContent = "Split at";
    const input = document.createElement("input");
    Object.assign(input, { id: "event-at", maxLength: 20, autocomplete: "off", value: clock(snap((from + to) / 2)) });
    const submit = document.createElement("button");
    submit.className = "secondary";
    submit.textContent = "Split in two";
    box.append(label, input);
    split.append(box, submit);
    split.addEventListener("submit", (event) => {
        event.preventDefault();
        dialog.close();
        post(`/timer/edit/${id}/split`, { at: input.value }, id).then((isDone) => isDone && say(`Cut at ${input.value}`));
    });
    const close = document.createElement("button");
    close.type = "button";
    close.className = "secondary";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, when, acts, split, close);
    dialog.addEventListener("close", () => {
        dialog.remove();
        root.querySelector(`[data-id="${id}"] a`)?.focus();
    });
    document.body.append(dialog);
    dialog.showModal();
}

root.addEventListener("click", (event) => {
    const item = event.target.closest(".event[data-id]");
    if (!item || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0) return;
    event.preventDefault();
    open(item);
});

document.querySelector(".scripted")?.removeAttribute("hidden");
// The day's work is what one wants to see first.
const first = Math.min(...[...root.querySelectorAll("[data-from]")].map((item) => Number(item.dataset.from)), 8 * 60);
root.scrollTop = Math.max(0, (first - 60) / dayMinutes * (columns()[0]?.offsetHeight ?? 0));
