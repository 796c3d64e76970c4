// A combobox over a select (ARIA Authoring Practices, combobox with list autocomplete). The select keeps the value.

import { Listbox } from "./listbox.js";

class Combobox extends Listbox {
    static count = 0;

    constructor(select) {
        const id = `combo-${++Combobox.count}`;
        const input = document.createElement("input");
        Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, id: `${id}-input` });
        const label = document.querySelector(`label[for="${select.id}"]`);
        super(input, document.createElement("ul"), id, label?.textContent.trim() || "Choices");
        this.select = select;
        this.box = document.createElement("div");
        this.box.className = "combo";
        if (label) label.htmlFor = this.input.id;
        for (const name of ["aria-describedby", "aria-invalid"]) {
            if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
        }
        this.input.placeholder = select.dataset.combobox;
        this.input.required = select.required;
        select.required = false;
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
            option.id = `${this.list.id}-${index}`;
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
        this.tell(isEmpty ? "Nothing matches" : `${items.length} choices`);
        this.mark(isEmpty || !this.input.value.trim() ? null : this.list.firstElementChild);
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

/** Puts one over each select beneath `root` that asks for it. */
export function enhance(root) {
    for (const select of root.querySelectorAll("select[data-combobox]:not([hidden])")) new Combobox(select);
}
