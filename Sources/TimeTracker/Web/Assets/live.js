// Keeps tabs and devices in agreement. One tab of a browser, the holder of a lock, has the event stream and passes on what
// comes; while there is no stream, each tab that is seen asks by itself.

const pollEvery = 1500;
/** Milliseconds for which a sign of the tab with the stream holds. */
const trusted = 20000;

/**
 * Calls `onState` with `{version, revision, now, changed}` as often as something may have changed.
 * @returns a function that asks at once.
 */
export function live(onState) {
    const canShare = Boolean(navigator.locks && window.BroadcastChannel && window.EventSource);
    const channel = canShare ? new BroadcastChannel("timetracker-live") : null;
    let source = null;
    let heard = 0;
    let isAsking = false;
    let isOver = false;

    const isStreaming = () => source?.readyState === EventSource.OPEN || Date.now() - heard < trusted;

    async function ask() {
        if (document.hidden || isAsking || isOver) return;
        isAsking = true;
        try {
            const reply = await fetch("/timer/state", { headers: { Accept: "application/json" } });
            // Signed out: nothing will come of asking again.
            if (reply.status === 401) isOver = true;
            else if (reply.ok) onState(await reply.json());
        } catch {
            // The network is away: the next question may be answered.
        } finally {
            isAsking = false;
        }
    }

    function open() {
        source = new EventSource("/timer/events");
        source.addEventListener("open", () => channel.postMessage({ kind: "here" }));
        source.addEventListener("message", (event) => {
            const state = JSON.parse(event.data);
            channel.postMessage({ kind: "state", state });
            onState(state);
        });
    }

    let release = null;
    function lead() {
        // The lock goes with the page, or when it is put aside.
        navigator.locks.request("timetracker-live", () => new Promise((resolve) => {
            release = resolve;
            open();
        }));
    }

    if (canShare) {
        channel.addEventListener("message", ({ data }) => {
            if (data.kind === "who" && source?.readyState === EventSource.OPEN) channel.postMessage({ kind: "here" });
            if (data.kind === "here" || data.kind === "state") heard = Date.now();
            if (data.kind === "state") onState(data.state);
        });
        lead();
        channel.postMessage({ kind: "who" });
        addEventListener("pagehide", () => {
            source?.close();
            source = null;
            release?.();
        });
        addEventListener("pageshow", (event) => { if (event.persisted) lead(); });
    }

    setInterval(() => {
        if (source?.readyState === EventSource.CLOSED && !isOver) {
            // Refused: there are too many, or the server hears nothing. Asking goes on meanwhile.
            source = null;
            setTimeout(() => { if (release) open(); }, 30000);
        }
        if (!isStreaming()) ask();
    }, pollEvery);
    setInterval(() => { if (channel && !source && !document.hidden) channel.postMessage({ kind: "who" }); }, 8000);
    document.addEventListener("visibilitychange", ask);
    addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
    return ask;
}
