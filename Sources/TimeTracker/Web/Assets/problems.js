// What goes wrong where a script acts in a form's place is said as pages say it.

/**
 * Says it, and takes the focus there.
 * @param {(line: HTMLElement) => void} put puts the line into the page.
 */
export function complain(text, put) {
    const line = document.createElement("p");
    line.className = "problems";
    line.setAttribute("role", "alert");
    line.tabIndex = -1;
    line.textContent = text;
    put(line);
    line.focus();
}
