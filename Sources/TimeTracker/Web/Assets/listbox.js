// A field with a list of options (ARIA Authoring Practices, combobox with list autocomplete): whether the list is open, which
// option is marked, and what is told of it.

export class Listbox {
    /** `list` and `status` are still to be put into the page. */
    constructor(input, list, id, label) {
        this.input = input;
        this.list = list;
        list.id = id;
        list.hidden = true;
        list.setAttribute("role", "listbox");
        list.setAttribute("aria-label", label);
        this.status = document.createElement("span");
        this.status.className = "unseen";
        this.status.setAttribute("role", "status");
        for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"],
                                     ["aria-controls", id]]) input.setAttribute(name, value);
    }

    open(isOpen) {
        this.list.hidden = !isOpen;
        this.input.setAttribute("aria-expanded", String(isOpen));
        this.mark(null);
    }

    mark(option) {
        this.marked?.setAttribute("aria-selected", "false");
        this.marked = option;
        option?.setAttribute("aria-selected", "true");
        option?.scrollIntoView({ block: "nearest" });
        if (option) this.input.setAttribute("aria-activedescendant", option.id);
        else this.input.removeAttribute("aria-activedescendant");
    }

    /** When typing rests. */
    tell(text) {
        clearTimeout(this.telling);
        this.telling = setTimeout(() => { this.status.textContent = text; }, 600);
    }
}
