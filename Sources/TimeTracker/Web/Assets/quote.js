// The form of a quote: lines come and go, and the server adds them up while they are typed. Without this file the form has
// buttons for both.

const form = document.getElementById("quote-form");
const lines = form?.querySelector("[data-lines]");
const most = 80;

const all = () => [...lines.querySelectorAll("[data-line]")];
const typed = (line) => [...line.querySelectorAll("input")].some((input) => input.value.trim() !== "");

/** Shows what a line of its kind has; the other fields keep what is in them until the server drops it. */
function shape(line) {
    const kind = line.querySelector("[name=item_kind]").value;
    for (const label of line.querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(kind);
}

function number() {
    all().forEach((line, index) => {
        line.querySelector("[data-number]").textContent = index + 1;
        line.querySelector("[data-remove]").setAttribute("aria-label", `Remove line ${index + 1}`);
        line.querySelector("summary").textContent = `More about line ${index + 1}`;
    });
    const add = form.querySelector("[data-add]");
    if (add) add.hidden = all().length >= most;
}

function clear(line) {
    for (const input of line.querySelectorAll("input")) {
        input.value = "";
        input.removeAttribute("aria-invalid");
    }
    line.querySelector("[name=item_kind]").value = "item";
    line.querySelector("[data-amount]").textContent = "–";
    line.querySelector("details").open = false;
    for (const error of line.querySelectorAll(".error")) error.remove();
    shape(line);
}

function add() {
    const line = all().at(-1).cloneNode(true);
    clear(line);
    lines.append(line);
    number();
    line.querySelector("[name=item_description]").focus();
}

function remove(line) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    if (next) line.remove();
    else clear(line);
    number();
    (next ?? line).querySelector("[name=item_description]").focus();
    count();
}

/** A stock item that is named fills what is still empty. */
function fill(line, sku) {
    const option = [...document.querySelectorAll("#stock-items option")]
        .find((option) => option.value.toUpperCase() === sku.trim().toUpperCase());
    if (!option) return;
    for (const [name, value] of [["description", option.dataset.name], ["price", option.dataset.price],
        ["unit", option.dataset.unit]]) {
        const input = line.querySelector(`[name=item_${name}]`);
        if (!input.value.trim()) input.value = value;
    }
}

let timer;
let asked = 0;

/** Asks the server for the sums; a late answer gives way to the next one. */
function count() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
        const number = ++asked;
        const reply = await fetch("/quotes/totals", {
            method: "POST", body: new URLSearchParams(new FormData(form)),
            headers: { "X-CSRFToken": form.elements.csrf_token.value, Accept: "application/json" },
        }).catch(() => null);
        if (!reply?.ok || number !== asked) return;
        const sums = await reply.json();
        if (number !== asked) return;
        for (const cell of form.querySelectorAll("[data-sum]")) cell.textContent = sums[cell.dataset.sum];
        all().filter((line) => !typed(line)).forEach((line) => { line.querySelector("[data-amount]").textContent = "–"; });
        all().filter(typed).forEach((line, index) => {
            line.querySelector("[data-amount]").textContent = sums.lines[index] ?? "–";
        });
        form.querySelector("[data-sum-problem]").textContent = sums.problem;
    }, 250);
}

if (lines) {
    all().forEach((line) => {
        shape(line);
        line.querySelector("[data-remove]").hidden = false;
    });
    form.querySelector("[data-recount]").hidden = true;
    const button = form.querySelector("[data-add]");
    if (button) button.lastChild.textContent = "Add line";
    button?.addEventListener("click", (event) => {
        event.preventDefault();
        add();
    });
    lines.addEventListener("click", (event) => {
        const button = event.target.closest("[data-remove]");
        if (button) remove(button.closest("[data-line]"));
    });
    let isChanged = false;
    form.addEventListener("input", (event) => {
        isChanged = true;
        const line = event.target.closest("[data-line]");
        if (line && event.target.name === "item_kind") shape(line);
        count();
    });
    lines.addEventListener("change", (event) => {
        if (event.target.name !== "item_stock") return;
        fill(event.target.closest("[data-line]"), event.target.value);
        count();
    });
    // Leaving with what is not saved asks first.
    form.addEventListener("submit", () => { isChanged = false; });
    addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}
