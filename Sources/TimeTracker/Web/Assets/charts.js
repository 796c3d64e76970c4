// Draws charts from the tables beside them. Chart.js is fetched when a chart comes near; without it the table is shown.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let library;

/** Chart.js, fetched once. */
function chartLibrary(source) {
    library ??= new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = () => resolve(window.Chart);
        script.onerror = reject;
        document.head.append(script);
    });
    return library;
}

const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();

/** @param unit of the numbers. */
function options(unit = "h") {
    const scale = { ticks: { color: token("--soft") }, grid: { color: token("--line") } };
    return {
        responsive: true, maintainAspectRatio: false, animation: still.matches ? false : { duration: 200 },
        plugins: {
            legend: { display: false },
            tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${item.parsed.y.toFixed(2)} ${unit}` } },
        },
        scales: { x: { ...scale, grid: { display: false } }, y: { ...scale, beginAtZero: true } },
    };
}

/** @param series arrays of numbers with their names; colours go by place. */
export async function draw(canvas, labels, series) {
    const Chart = await chartLibrary(canvas.dataset.library);
    const datasets = series.map(({ label, data }, index) => ({
        label, data, backgroundColor: token(`--series-${index + 1}`), borderColor: token(`--series-${index + 1}`),
        ...(canvas.dataset.kind === "line"
            ? { borderDash: index ? [6, 4] : [], borderWidth: 2, pointRadius: 0, pointHitRadius: 12, tension: 0 }
            : { borderRadius: 3, maxBarThickness: 40 }),
    }));
    const known = charts.get(canvas);
    if (known) {
        known.data = { labels, datasets };
        known.options = options(canvas.dataset.unit);
        known.update();
    } else {
        charts.set(canvas, new Chart(canvas, {
            type: canvas.dataset.kind ?? "bar", data: { labels, datasets }, options: options(canvas.dataset.unit),
        }));
    }
    canvas.dataset.drawn = JSON.stringify(series.map(({ data }) => data));
}

dark.addEventListener("change", () => {
    for (const chart of charts.values()) {
        chart.data.datasets.forEach((set, index) => {
            set.backgroundColor = token(`--series-${index + 1}`);
            set.borderColor = token(`--series-${index + 1}`);
        });
        chart.options = options(chart.canvas.dataset.unit);
        chart.update();
    }
});

// MARK: A chart of a table's numbers

const tables = new IntersectionObserver((entries) => {
    for (const entry of entries.filter((entry) => entry.isIntersecting)) {
        tables.unobserve(entry.target);
        const canvas = entry.target.querySelector("canvas");
        const rows = [...document.getElementById(canvas.dataset.table).querySelectorAll("tbody tr[data-value]")];
        const names = (canvas.dataset.series ?? "Hours").split(",");
        draw(canvas, rows.map((row) => row.dataset.label), names.map((label, index) => ({
            label, data: rows.map((row) => Number(row.dataset[index ? `value-${index + 1}` : "value"])),
        }))).catch(() => { entry.target.hidden = true; });
    }
}, { rootMargin: "200px" });
for (const chart of document.querySelectorAll(".chart[data-from-table]")) tables.observe(chart);

// MARK: Dashboard

const weekday = (day) => new Date(`${day}T12:00:00Z`).toLocaleDateString(undefined, { weekday: "short", timeZone: "UTC" });
const json = async (path) => {
    const reply = await fetch(path, { headers: { Accept: "application/json" } });
    if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
    return reply.json();
};

async function value(card) {
    const part = (name) => card.querySelector(`[data-${name}]`);
    try {
        const data = await json("/api/stats/value-dashboard");
        const isEmpty = data.entries_count === 0 || data.total_hours <= 0;
        part("loading").hidden = true;
        part("nothing").hidden = !isEmpty;
        part("figures").hidden = isEmpty;
        if (isEmpty) return;
        part("total").textContent = `${data.total_hours.toFixed(1)} h`;
        part("count").textContent = data.entries_count;
        part("days").textContent = data.active_days;
        part("best").textContent = data.most_productive_day ?? "–";
        part("average").textContent = `${data.avg_session_length.toFixed(1)} h`;
        const worth = data.estimated_value_tracked;
        part("worth").hidden = worth === null || worth <= 0;
        if (worth > 0) {
            part("currency").textContent = `Estimated value tracked (${data.estimated_value_currency})`;
            part("amount").textContent = worth.toFixed(2);
        }
        strip(part("strip"), data.last_7_days);
    } catch {
        if (part("figures").hidden) part("loading").textContent = "–";
    }
}

/** Seven bars, 3 to 88 px high, with the weekday under each. */
function strip(svg, days) {
    const most = Math.max(...days.map((day) => day.hours), 0);
    const make = (name, attributes, text = "") => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        element.textContent = text;
        return element;
    };
    svg.replaceChildren(...days.flatMap(({ date, hours }, index) => {
        const height = most > 0 ? Math.max(3, Math.round(hours / most * 88)) : 3;
        const bar = make("rect", { x: index * 40 + 6, y: 90 - height, width: 28, height, rx: 3 });
        bar.append(make("title", {}, `${date}: ${hours.toFixed(1)} h`));
        return [bar, make("text", { x: index * 40 + 20, y: 105, "text-anchor": "middle" }, weekday(date))];
    }));
    svg.setAttribute("aria-label", days.map(({ date, hours }) => `${date}: ${hours.toFixed(1)} h`).join(", "));
}

async function week(card) {
    const part = (name) => card.querySelector(`[data-${name}]`);
    try {
        const data = await json("/api/reports/week-comparison");
        const canvas = part("canvas");
        const numbers = (days) => days.map((day) => day.hours);
        part("loading").hidden = true;
        part("chart").hidden = false;
        await draw(canvas, data.current_week.by_day.map((day) => weekday(day.day)), [
            { label: "This week", data: numbers(data.current_week.by_day) },
            { label: "Last week", data: numbers(data.last_week.by_day) },
        ]);
        canvas.setAttribute("aria-label", "Hours a day. This week: "
            + data.current_week.by_day.map((day) => `${weekday(day.day)} ${day.hours.toFixed(2)}`).join(", ")
            + ". Last week: " + data.last_week.by_day.map((day) => `${weekday(day.day)} ${day.hours.toFixed(2)}`).join(", "));
        const percent = data.change_percent;
        const change = document.createElement("span");
        change.className = percent > 0 ? "up" : percent < 0 ? "down" : "soft";
        change.textContent = percent === null ? "–"
            : percent === 0 ? "0%" : `${percent > 0 ? "↑" : "↓"}${Math.abs(percent)}%`;
        part("summary").replaceChildren(`${data.current_week.total_hours.toFixed(1)} hrs this week – `, change, " vs last week");
    } catch {
        if (!charts.size) {
            part("chart").hidden = true;
            part("loading").hidden = false;
            part("loading").textContent = "Could not load this comparison.";
        }
    }
}

const valueCard = document.getElementById("value-insights");
const weekCard = document.getElementById("week-comparison");
if (valueCard && weekCard) {
    let last = 0;
    const refresh = () => {
        if (document.hidden || Date.now() - last < 5000) return;
        last = Date.now();
        value(valueCard);
        week(weekCard);
    };
    refresh();
    for (const kind of ["timer-changed", "entries-changed"]) {
        document.addEventListener(kind, () => setTimeout(refresh, 300));
    }
    document.addEventListener("visibilitychange", refresh);
    setInterval(refresh, 60000);
}
