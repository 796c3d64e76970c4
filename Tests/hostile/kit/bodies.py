"""Hostile bodies: JSON, forms, multipart forms, CSV. Each maker returns a description and the bytes."""

import functools

from . import texts
from .texts import MIB


def quoted(value):
    """A JSON string of raw bytes."""
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


# The costly ones are made once: making them anew for each request would only measure this program.


@functools.lru_cache(3)
def wide_object(count):
    return b"{" + b",".join(b'"k%d":1' % index for index in range(count)) + b"}"


def wide_form(count):
    return b"a&" * count


def blank(size, piece=b"a"):
    return piece * (size // len(piece))


def json_body(rng, most, fields):
    """A JSON text of up to about `most` bytes; `fields` are names that the route knows."""
    size = texts.size(rng, most)
    name = rng.choice(fields).encode()
    kind = rng.choice(
        [
            "key",
            "value",
            "keys",
            "wide",
            "deep",
            "number",
            "numbers",
            "array",
            "escapes",
            "twins",
            "broken",
            "blank",
            "mixed",
        ]
    )
    sort = ""
    if kind == "key":
        sort, value = texts.text(rng, size)
        body = b"{" + quoted(value) + b":1}"
    elif kind == "value":
        sort, value = texts.text(rng, size)
        body = b"{" + quoted(name) + b":" + quoted(value) + b"}"
    elif kind == "keys":
        run = texts.marks(min(size // 20 + 8, 8192))
        body = b"{" + b",".join(quoted(b"%d" % index + run) + b":1" for index in range(20)) + b"}"
    elif kind == "wide":
        body = wide_object(max(count for count in (1, 1000, 4500, 1_200_000) if count * 13 <= max(size, 13)))
    elif kind == "deep":
        depth = size // 2
        opening, closing = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
        body = opening * depth + b"1" + closing * depth
    elif kind == "number":
        body = (
            b"{"
            + quoted(name)
            + b":"
            + rng.choice([b"-", b"", b"0."])
            + b"1" * size
            + rng.choice([b"", b"e999999999"])
            + b"}"
        )
    elif kind == "numbers":
        body = b"{" + quoted(name) + b":[" + b"0," * (size // 2) + b"0]}"
    elif kind == "array":
        sort, value = texts.text(rng, 64)
        body = b"{" + quoted(name) + b":[" + (quoted(value) + b",") * (size // (len(value) + 3)) + b"null]}"
    elif kind == "escapes":
        body = (
            b"{"
            + quoted(name)
            + b':"e'
            + rng.choice([b"\\u0301\\u0323", b"\\ud83d\\ude00", b"\\n", b"\\ud800"]) * (size // 12)
            + b'"}'
        )
    elif kind == "twins":
        body = b"{" + (quoted(name) + b":1,") * (size // (len(name) + 5)) + b'"z":0}'
    elif kind == "broken":
        sort, value = texts.text(rng, size)
        body = rng.choice([b"", b"{", b'{"a"', b"[" * 70, b"\xef\xbb\xbf{}", b"nul"]) + value
    elif kind == "blank":
        body = rng.choice([b" ", b"\n", b"\t"]) * size + b"{}"
    else:
        parts = [
            quoted(field.encode()) + b":" + quoted(texts.text(rng, size // len(fields) + 1)[1]) for field in fields
        ]
        body = b"{" + b",".join(parts) + b"}"
    return f"json {kind} {sort} {len(body)} B", body


def form_body(rng, most, fields):
    size = texts.size(rng, most)
    kind = rng.choice(["name", "value", "wide", "equals", "all", "percent", "twins"])
    name = rng.choice(fields).encode()
    sort = ""
    if kind == "name":
        sort, value = texts.text(rng, size)
        body = value + b"=1"
    elif kind == "value":
        sort, value = texts.text(rng, size)
        body = name + b"=" + value
    elif kind == "wide":
        body = wide_form(max(1, size // 2))
    elif kind == "equals":
        body = rng.choice([b"=", b"&", b"%", b"+", b"=&"]) * size
    elif kind == "all":
        body = b"&".join(field.encode() + b"=" + texts.text(rng, size // len(fields) + 1)[1] for field in fields)
    elif kind == "percent":
        body = name + b"=" + texts.encoded_marks(size)
    else:
        body = (name + b"=" + texts.marks(40) + b"&") * (size // 50 + 1)
    return f"form {kind} {sort} {len(body)} B", body


CSV_HEADER = b"project_name,start_time,end_time,notes,tags,billable\n"
CSV_ROW = b"Hostile,2024-01-15T09:00:00Z,2024-01-15T10:00:00Z,%s,a;b,yes\n"


@functools.lru_cache(6)
def good_rows(count, notes_length):
    return CSV_HEADER + b"".join(CSV_ROW % (b"n%d" % index).ljust(notes_length, b".") for index in range(count))


def csv_body(rng, most):
    size = texts.size(rng, most)
    kind = rng.choice(
        ["header", "columns", "rows", "blank rows", "quote", "field", "nul", "separators", "row of commas", "names"]
    )
    sort = ""
    if kind == "header":
        sort, value = texts.text(rng, min(size, 200_000))
        body = value + b",project_name,start_time\n" + b"1,2,3\n"
    elif kind == "columns":
        body = b",".join(b"c%d" % index for index in range(min(size // 6, 200_000) + 1)) + b",project_name\nx\n"
    elif kind == "rows":
        body = good_rows(rng.choice([1, 100, 1000, 10_000, 10_001]), rng.choice([5, 200, 1500]))[:most]
    elif kind == "blank rows":
        body = CSV_HEADER + rng.choice([b"\n", b"\r\n", b"\r", b",,,\n", b" \n"]) * (size // 4)
    elif kind == "quote":
        body = CSV_HEADER + b'"' + blank(size, rng.choice([b"a", b'""', b"\n"]))
    elif kind == "field":
        sort, value = texts.text(rng, size)
        row = [b"Hostile", b"2024-01-15T09:00:00Z", b"2024-01-15T10:00:00Z", b"n", b"t", b"yes"]
        row[rng.randrange(len(row))] = b'"' + value.replace(b'"', b"") + b'"'
        body = CSV_HEADER + b",".join(row) + b"\n"
    elif kind == "nul":
        body = CSV_HEADER + b"Hostile\0," + texts.marks(size) + b"\0\n"
    elif kind == "separators":
        body = rng.choice([b";", b"\t", b","]) * size + b"\nproject_name"
    elif kind == "row of commas":
        body = CSV_HEADER + b"," * size
    else:
        rows = min(size // 300 + 1, 2000)
        row = b"%s%%d,2024-01-15T09:00:00Z,2024-01-15T10:00:00Z,n,t,y\n" % texts.marks(200)
        body = CSV_HEADER + b"".join(row % (index % 7) for index in range(rows))
    return f"csv {kind} {sort} {len(body)} B", body


def multipart_body(rng, most):
    """Returns description, content type and body."""
    size = texts.size(rng, most)
    kind = rng.choice(["file", "dashes", "parts", "head", "long boundary", "no end", "name", "many files"])
    boundary = b"b0undary"
    if kind == "dashes":
        # Every byte begins something that is nearly the boundary.
        boundary = b"-" * min(size // 8 + 1, 60_000) + b"x"
        body = blank(size, b"-")
    elif kind == "parts":
        # No part has the blank line that ends its head.
        body = (b"\r\n--" + boundary) * (size // (len(boundary) + 4)) + b"--\r\n"
    elif kind == "head":
        body = (
            b"--"
            + boundary
            + b"\r\nContent-Disposition: form-data; "
            + texts.text(rng, size)[1]
            + b"\r\n\r\nx\r\n--"
            + boundary
            + b"--"
        )
    elif kind == "long boundary":
        boundary = texts.field_value(rng, min(size, 50_000))[1]
        body = b"--" + boundary + b"\r\n\r\nx\r\n--" + boundary + b"--"
    elif kind == "name":
        body = (
            b"--"
            + boundary
            + b'\r\nContent-Disposition: form-data; name="'
            + texts.marks(size)
            + b'"\r\n\r\nx\r\n--'
            + boundary
            + b"--"
        )
    elif kind == "many files":
        part = b"--" + boundary + b'\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
        body = part * (size // len(part) + 1) + b"--" + boundary + b"--"
    else:
        content = good_rows(100, 5) + blank(size, b"\n")
        body = b"--" + boundary + b'\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content
        if kind == "file":
            body += b"\r\n--" + boundary + b"--\r\n"
    body = body[: most + MIB]
    return f"multipart {kind} {len(body)} B", b"multipart/form-data; boundary=" + boundary, body
