// The server's grammar of durations in short, for those who want to show how a text will be read.

/** Minutes, or null for what is no duration. */
export function minutes(text) {
    const value = text.trim().toLowerCase().replace(",", ".");
    if (value === "") return 0;
    let match = /^(\d*):(\d{1,2})$/.exec(value);
    if (match && Number(match[2]) < 60) return Number(match[1] || 0) * 60 + Number(match[2]);
    match = /^(\d+(?:\.\d+)?)\s*h\s*(?:(\d+)\s*m?)?$/.exec(value);
    if (match) return Math.round(Number(match[1]) * 60) + Number(match[2] || 0);
    match = /^(\d+)\s*m(?:in)?$/.exec(value);
    if (match) return Number(match[1]);
    return /^(\d+\.?\d*|\.\d+)$/.test(value) ? Math.round(Number(value) * 60) : null;
}
