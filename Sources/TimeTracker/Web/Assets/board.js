// The task board: cards are dragged to another column, by pointer and by touch, and moved with Alt and arrows. Every move is a
// post of the card's own form; the board that comes takes the place of this one.

import { complain } from "./problems.js";

const board = document.getElementById("board");
const said = document.getElementById("board-said");
for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;

const cardOf = (element) => element.closest?.(".task-card");
const form = (card) => card.querySelector("form");

// MARK: The server

let isMoving = false;

/** Posts a form with a status of the mover's choosing, and takes over the board that comes. */
async function post(source, fields, focusID) {
    if (isMoving) return;
    isMoving = true;
    board.setAttribute("aria-busy", "true");
    const body = new URLSearchParams([...new FormData(source), ...Object.entries(fields)]);
    // Each move is one of its own, though the page was made once.
    body.set("request_key", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
    const reply = await fetch(source.action, { method: "POST", headers: { Accept: "text/html" }, body }).catch(() => null);
    isMoving = false;
    board.removeAttribute("aria-busy");
    if (!reply) {
        return complain("The server can’t be reached; nothing has been moved.", (line) => said.replaceChildren(line));
    }
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    const columns = fresh.getElementById("board");
    if (!columns) return location.reload();
    const { scrollLeft } = board;
    board.replaceChildren(...columns.childNodes);
    board.scrollLeft = scrollLeft;
    said.replaceChildren(...fresh.getElementById("board-said").childNodes);
    document.querySelector("main > .flash")?.remove();
    const flash = fresh.querySelector("main > .flash");
    if (flash) said.prepend(flash);
    const problems = said.querySelector(".problems");
    if (problems) return problems.focus();
    const card = document.getElementById(focusID);
    card?.querySelector(".title").focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function moveTo(card, status) {
    if (form(card) && status && status !== card.closest(".lane").dataset.status) post(form(card), { to: status }, card.id);
}

document.addEventListener("submit", (event) => {
    const source = event.target;
    if (event.defaultPrevented || new URL(source.action).pathname !== "/tasks/board/move") return;
    event.preventDefault();
    // Two moves of one card within a second are two moves.
    delete source.dataset.sent;
    const button = event.submitter;
    const id = `task-${source.elements.task_id.value}`;
    post(source, button?.name ? { [button.name]: button.value } : {}, id);
});

// MARK: Keyboard

board.addEventListener("keydown", (event) => {
    const card = cardOf(event.target);
    if (!card || !event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const lanes = [...board.querySelectorAll(".lane")];
    const index = lanes.indexOf(card.closest(".lane")) + (event.key === "ArrowRight" ? 1 : -1);
    moveTo(card, lanes[index]?.dataset.status);
});

// MARK: Pointer

let drag = null;
let press = null;

function begin(event, card) {
    const box = card.getBoundingClientRect();
    const ghost = card.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.classList.add("ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${box.width}px`;
    document.body.append(ghost);
    card.classList.add("dragged");
    drag = { card, ghost, x: event.clientX - box.left, y: event.clientY - box.top, lane: null };
    follow(event.clientX, event.clientY);
}

function follow(x, y) {
    drag.ghost.style.transform = `translate(${x - drag.x}px, ${y - drag.y}px)`;
    const lane = document.elementsFromPoint(x, y).map((element) => element.closest(".lane")).find(Boolean) ?? null;
    if (lane !== drag.lane) {
        drag.lane?.classList.remove("aimed");
        lane?.classList.add("aimed");
        drag.lane = lane;
    }
    // Near an edge the board scrolls along.
    const box = board.getBoundingClientRect();
    if (x > box.right - 40) board.scrollLeft += 12;
    else if (x < box.left + 40) board.scrollLeft -= 12;
}

function end(isKept) {
    clearTimeout(press?.timer);
    press = null;
    if (!drag) return;
    const { card, ghost, lane } = drag;
    drag = null;
    ghost.remove();
    card.classList.remove("dragged");
    lane?.classList.remove("aimed");
    // The click that may follow is none.
    const swallow = (event) => event.preventDefault();
    card.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => card.removeEventListener("click", swallow, { capture: true }), 50);
    if (isKept && lane) moveTo(card, lane.dataset.status);
}

board.addEventListener("pointerdown", (event) => {
    const card = cardOf(event.target);
    if (event.button !== 0 || !card || !form(card) || event.target.closest("button, select, input")) return;
    press = { card, x: event.clientX, y: event.clientY, isTouch: event.pointerType === "touch" };
    // A long touch takes the card; a short one scrolls or opens it.
    if (press.isTouch) press.timer = setTimeout(() => press && begin(event, card), 400);
});
document.addEventListener("pointermove", (event) => {
    if (drag) return follow(event.clientX, event.clientY);
    if (!press) return;
    const isFar = Math.hypot(event.clientX - press.x, event.clientY - press.y) > 6;
    if (!isFar) return;
    if (press.isTouch) end(false);
    else begin(event, press.card);
});
// While a card is held, the finger moves it and not the page.
board.addEventListener("touchmove", (event) => { if (drag) event.preventDefault(); }, { passive: false });
document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });
board.addEventListener("dragstart", (event) => event.preventDefault());
board.addEventListener("contextmenu", (event) => { if (drag) event.preventDefault(); });
