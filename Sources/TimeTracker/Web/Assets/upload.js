// Shows how far an upload has come. Without this file the form is sent by the browser itself.

const form = document.querySelector("form[data-upload]");
form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = form.querySelector("[data-progress]");
    const bar = box.querySelector("progress");
    const label = box.querySelector("label");
    const problem = form.querySelector("[data-upload-problem]");
    const button = form.querySelector("button[type=submit]");
    if (button.getAttribute("aria-disabled") === "true") return;
    const busy = (isBusy) => {
        box.hidden = !isBusy;
        button.setAttribute("aria-disabled", String(isBusy));
    };
    busy(true);
    problem.hidden = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        bar.value = event.loaded / event.total * 100;
        label.textContent = event.loaded < event.total ? `Uploading… ${Math.round(bar.value)} %` : "Checking the rows…";
    });
    request.addEventListener("load", () => {
        // The page of the file, after a redirect; or this page again, with what is wrong.
        if (request.status < 400) {
            location.assign(request.responseURL);
            return;
        }
        busy(false);
        const page = new DOMParser().parseFromString(request.responseText, "text/html").querySelector(".problems");
        document.querySelector("main .problems")?.remove();
        if (!page) {
            problem.hidden = false;
            return;
        }
        document.querySelector("main .head").after(page);
        page.focus();
    });
    request.addEventListener("error", () => {
        busy(false);
        problem.hidden = false;
    });
    request.send(new FormData(form));
});
