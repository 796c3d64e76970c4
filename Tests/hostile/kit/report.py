"""The report of a run, and whether it keeps its bounds."""

from collections import Counter

MIB = 1024 * 1024


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms"


def mib(size):
    return f"{size / MIB:.1f} MiB"


class Bounds:
    """What a run must keep: a wait in seconds, growth in bytes, descriptors beyond those at the start."""

    def __init__(self, wait, memory, descriptors):
        self.wait, self.memory, self.descriptors = wait, memory, descriptors


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def waits(samples, title):
    lines = [f"{title}: {len(samples)} questions"]
    for kind in ("kept", "fresh"):
        own = [s for s in samples if s.kind == kind]
        if not own:
            continue
        longest = max(own, key=lambda s: s.net)
        raw = max(own, key=lambda s: s.raw)
        failed = sum(1 for s in own if s.status != 200)
        lines.append(
            f"  {kind:5} median {milliseconds(percentile([s.net for s in own], 0.5))}, "
            f"99.9 % {milliseconds(percentile([s.net for s in own], 0.999))}, longest {milliseconds(longest.net)} "
            f"(with the machine's share {milliseconds(raw.raw)}), not answered with 200: {failed}"
        )
    return lines


def worst(samples, spans):
    """The longest waits, and what was in flight then."""
    lines = []
    for kind in ("kept", "fresh"):
        for sample in sorted((s for s in samples if s.kind == kind), key=lambda s: -s.net)[:3]:
            at = sample.at - samples[0].at
            lines.append(f"  {kind} {milliseconds(sample.net)} at {at:.1f} s, status {sample.status}; in flight:")
            for start, end, number, name, what in in_flight(spans, sample)[:4]:
                lines.append(f"      {name}:{number} {what} ({end - start:.2f} s)")
    return lines


def in_flight(spans, sample):
    """The cases that ran while a question waited; first those that began right before it, the likeliest culprits."""
    start, end = sample.at, sample.at + sample.raw
    found = [span for span in spans if span[0] <= end and span[1] >= start]
    return sorted(found, key=lambda span: abs(span[0] - start))


def worker(seen, points=12):
    """Memory and descriptors: at the start, at most, at the end, and over time in about `points` columns."""
    rows = [
        ("RSS", mib, seen.start_rss, seen.max_rss, seen.end_rss),
        ("PSS", mib, seen.start_pss, seen.max_pss, seen.end_pss),
        ("descriptors", str, seen.start_descriptors, seen.max_descriptors, seen.end_descriptors),
    ]
    lines = [
        f"  {name} {t(start)} at the start, {t(most)} at most, {t(end)} at the end"
        for name, t, start, most, end in rows
    ]
    if seen.samples:
        step = max(1, len(seen.samples) // points)
        chosen = seen.samples[::step][:points] + [seen.samples[-1]]
        lines += [
            "  seconds     " + " ".join(f"{at:7.0f}" for at, _, _, _ in chosen),
            "  RSS MiB     " + " ".join(f"{rss / MIB:7.1f}" for _, rss, _, _ in chosen),
            "  PSS MiB     " + " ".join(f"{pss / MIB:7.1f}" for _, _, pss, _ in chosen),
            "  descriptors " + " ".join(f"{count:7d}" for _, _, _, count in chosen),
        ]
    return lines


def requests(tally):
    lines = []
    total = Counter()
    for kind in sorted(tally.requests):
        outcomes = tally.outcomes[kind]
        total.update(outcomes)
        lines.append(
            f"  {kind:22} {tally.requests[kind]:7d}   " + ", ".join(f"{o} {n}" for o, n in sorted(outcomes.items()))
        )
    classes = Counter()
    for outcome, count in total.items():
        classes[outcome[0] + "xx" if outcome.isdigit() else "no status"] += count
    lines.append(
        f"  {'all':22} {sum(total.values()):7d}   " + ", ".join(f"{c} {n}" for c, n in sorted(classes.items()))
    )
    return lines


def verdicts(bounds, baseline, samples, tally, seen, stuck, leftovers, left_open, kinds_missing):
    """Lines of what was to be kept, each with whether it was."""
    longest = max((s.net for s in samples), default=float("inf"))
    noise = max((s.net for s in baseline), default=0.0)
    failed = sum(1 for s in samples if s.status != 200)
    grown = seen.max_rss - seen.start_rss
    more = seen.end_descriptors - seen.start_descriptors
    checks = [
        (
            longest <= bounds.wait,
            f"longest wait {milliseconds(longest)}, {milliseconds(bounds.wait)} allowed "
            f"(without attack {milliseconds(noise)})",
        ),
        (failed == 0, f"questions without a 200: {failed}, 0 allowed"),
        (not tally.faults, f"5xx other than 501 and 503 with Retry-After: {len(tally.faults)}, 0 allowed"),
        (not seen.restarts and not stuck, f"workers killed: {seen.restarts}, called stuck: {stuck}, 0 allowed"),
        (grown <= bounds.memory, f"memory grew by {mib(grown)} at most, {mib(bounds.memory)} allowed"),
        (more <= bounds.descriptors, f"descriptors at the end: {more:+d}, {bounds.descriptors:+d} allowed"),
        (left_open == 0, f"connections left: {left_open}, 0 allowed"),
        (not leftovers, f"processes left by killed workers: {len(leftovers)}, 0 allowed"),
        (not tally.problems, f"cases that failed by themselves: {len(tally.problems)}, 0 allowed"),
        (not kinds_missing, f"kinds that never ran: {', '.join(kinds_missing) or 'none'}"),
    ]
    return [(is_kept, f"  {'kept  ' if is_kept else 'BROKEN'}  {text}") for is_kept, text in checks]
