// What a search finds, as one types (ARIA Authoring Practices, combobox with a list that is only shown). Enter without a
// marked result asks for the page of all results, as it does without scripts.

import { Listbox } from "./listbox.js";

const groups = { project: "Projects", task: "Tasks", client: "Clients", entry: "Entries" };
/** The server finds nothing for less. */
const shortest = 2;

class Finder extends Listbox {
    constructor(input) {
        super(input, document.createElement("div"), `${input.id}-results`, "Results");
        this.list.className = "found";
        input.after(this.list, this.status);
        input.addEventListener("input", () => this.search());
        input.addEventListener("keydown", (event) => this.key(event));
        input.addEventListener("blur", () => this.open(false));
        input.addEventListener("focus", () => this.list.children.length && this.text() === this.shown && this.open(true));
        // The field keeps the focus.
        this.list.addEventListener("pointerdown", (event) => event.preventDefault());
        this.list.addEventListener("click", (event) => {
            const option = event.target.closest("[role=option]");
            if (option) this.go(option, event.ctrlKey || event.metaKey);
        });
    }

    text() { return this.input.value.trim(); }

    search() {
        clearTimeout(this.timer);
        const text = this.text();
        if ([...text].length < shortest) {
            this.shown = null;
            this.list.replaceChildren();
            return this.open(false);
        }
        this.timer = setTimeout(async () => {
            this.asked?.abort();
            this.asked = new AbortController();
            const reply = await fetch(`/api/search?limit=5&q=${encodeURIComponent(text)}`,
                { headers: { Accept: "application/json" }, signal: this.asked.signal }).catch(() => null);
            // Without an answer the page of results is still there; a late one must not show for another text.
            if (!reply?.ok || this.text() !== text) return;
            const { results } = await reply.json();
            if (this.text() === text && document.activeElement === this.input) this.show(text, results);
        }, 150);
    }

    go(option, isElsewhere) {
        if (isElsewhere) open(option.dataset.path);
        else location.assign(option.dataset.path);
    }

    option(path, ...content) {
        const item = document.createElement("li");
        item.id = `${this.list.id}-${this.count++}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.dataset.path = path;
        item.append(...content);
        return item;
    }

    /** A list of options that has a name. */
    group(label, options) {
        const group = document.createElement("ul");
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", label);
        const name = document.createElement("li");
        name.setAttribute("role", "presentation");
        name.className = "group";
        name.textContent = label;
        group.append(name, ...options);
        return group;
    }

    show(text, results) {
        this.shown = text;
        this.count = 0;
        this.list.replaceChildren();
        for (const [type, label] of Object.entries(groups)) {
            const hits = results.filter((hit) => hit.type === type);
            if (!hits.length) continue;
            this.list.append(this.group(label, hits.map((hit) => {
                const small = document.createElement("small");
                small.textContent = [...hit.description].slice(0, 90).join("");
                return this.option(hit.url, hit.title, small);
            })));
        }
        this.list.append(this.group(results.length ? "More" : "Nothing was found",
            [this.option(`/search?q=${encodeURIComponent(text)}`, `All results for “${text}”`)]));
        this.open(true);
        this.tell(results.length === 1 ? "One result" : `${results.length || "No"} results`);
    }

    key(event) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            if (!this.list.children.length) return;
            event.preventDefault();
            if (this.list.hidden) this.open(true);
            const options = [...this.list.querySelectorAll("[role=option]")];
            const step = event.key === "ArrowDown" ? 1 : -1;
            const index = options.indexOf(this.marked);
            // Past either end nothing is marked: then Enter is that of the field.
            const next = index < 0 ? (step > 0 ? 0 : options.length - 1) : index + step;
            this.mark(options[next] ?? null);
        } else if (event.key === "Enter" && !this.list.hidden && this.marked) {
            event.preventDefault();
            this.go(this.marked, false);
        } else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            if (!this.list.hidden) return this.open(false);
            this.input.value = "";
            this.search();
            this.input.blur();
        }
    }
}

for (const input of document.querySelectorAll("input[data-find]")) new Finder(input);

/** Puts the cursor into the field that is seen; where there is none, on its page. */
export function find() {
    const input = [...document.querySelectorAll("input[data-find]")].find((field) => field.offsetParent);
    if (!input) return location.assign("/search");
    input.focus();
    input.select();
}
