"""Requests for each operation of an OpenAPI document: the same ones for the same seed."""

import json
from urllib.parse import quote

# Objects to begin with; the first ones of each kind have these ids.
FIRST = [
    ("/clients", {"name": "Client"}),
    ("/projects", {"name": "Project", "client_id": 1, "hourly_rate": "80.50", "billable": True}),
    ("/tasks", {"name": "Task", "project_id": 1}),
    ("/time-entries", {"project_id": 1, "start_time": "2024-01-15T09:00:00Z", "end_time": "2024-01-15T17:00:00Z"}),
    ("/quotes", {"client_id": 1, "title": "Quote", "items": [{"unit_price": "10.55", "quantity": 3}]}),
    ("/inventory/items", {"sku": "SKU", "name": "Item", "default_cost": 5}),
    ("/inventory/warehouses", {"code": "W", "name": "Warehouse"}),
    ("/inventory/movements", {"stock_item_id": 1, "warehouse_id": 1, "quantity": 100}),
    ("/webhooks", {"name": "Hook", "url": "https://example.org/hook", "events": ["project.created"]}),
]
UNIQUE = ("name", "sku", "code", "username", "email")
# These ask the world outside, hash passwords, or count what differs from run to run.
LEFT_OUT = ("/auth/login", "/version", "/test", "/redeliver", "/retry", "/metrics", "/api/version", "/calendar.ics")
ODD = [None, "", " ", "x" * 600, -1, 0, 1.5, 10**20, True, [], {}, "é<b>", "2024-13-45", "\u0000", "1; drop", "NaN"]
JSON = ("Content-Type", "application/json")


class Requests:
    def __init__(self, document, rng):
        self._document = document
        self._rng = rng
        self._serial = 0
        self._operations = [
            (method.upper(), path, item.get("parameters", []) + operation.get("parameters", []), operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in ("get", "post", "put", "patch", "delete") and not path.endswith(LEFT_OUT)
        ]

    @property
    def operations(self):
        return len(self._operations)

    def all(self, rounds):
        """Tuples of method, target, header fields and body."""
        for number in range(1, 5):
            for path, body in FIRST:
                body = {name: f"{value} {number}" if name in UNIQUE else value for name, value in body.items()}
                yield "POST", "/api/v1" + path, [JSON], json.dumps(body).encode()
        for number in range(rounds):
            for method, path, parameters, operation in self._operations:
                # Most of what there is stays, or there would be nothing to ask for.
                if method == "DELETE" and number % 4 != 3:
                    continue
                yield self._request(method, path, parameters, operation)

    def _request(self, method, path, parameters, operation):
        rng = self._rng
        query = []
        for parameter in map(self._resolved, parameters):
            name, place = parameter["name"], parameter["in"]
            if place == "path":
                text = str(rng.choice([1, 2, 3, 4, 4, 5, 9999, "x"])) if rng.random() < 0.97 else quote(str(rng.choice(ODD)), safe="")
                path = path.replace("{" + name + "}", text)
            elif place == "query" and rng.random() < 0.35:
                value = self._value(name, parameter.get("schema", {}), 0)
                query.append(f"{name}={quote(value if isinstance(value, str) else json.dumps(value), safe='')}")
        target = (path if path.startswith("/api") else "/api/v1" + path) + ("?" + "&".join(query) if query else "")
        headers = []
        if method in ("POST", "PATCH", "PUT") and rng.random() < 0.2:
            headers.append(("Idempotency-Key", f"key-{rng.randrange(60)}"))
        content = self._resolved(operation.get("requestBody", {})).get("content", {})
        if "application/json" in content:
            body = self._value("", content["application/json"].get("schema", {}), 0)
            return method, target, headers + [JSON], json.dumps(body).encode()
        if "text/csv" in content:
            text = f"date,project,hours,notes\n2024-02-0{rng.randrange(1, 9)},Project 1,{rng.choice(['1.5', 'x', '2'])},n\n"
            return method, target, headers + [("Content-Type", "text/csv")], text.encode()
        return method, target, headers, None if method in ("GET", "DELETE") else b""

    def _resolved(self, schema):
        while "$ref" in schema:
            node = self._document
            for part in schema["$ref"][2:].split("/"):
                node = node[part]
            schema = node
        return schema

    def _value(self, name, schema, depth):
        rng = self._rng
        schema = self._resolved(schema)
        if depth > 0 and rng.random() < 0.08:
            return rng.choice(ODD)
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self._value(name, rng.choice(schema[choice]), depth)
        if "allOf" in schema:
            merged = {}
            for part in schema["allOf"]:
                part = self._resolved(part)
                merged.setdefault("properties", {}).update(part.get("properties", {}))
                merged.setdefault("required", []).extend(part.get("required", []))
            return self._value(name, merged, depth)
        if "enum" in schema:
            return rng.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = rng.choice(kind)
        return self._plain(name, kind, schema, depth)

    def _plain(self, name, kind, schema, depth):
        rng = self._rng
        if kind == "null":
            return None
        if kind == "object":
            required = schema.get("required", [])
            return {
                key: self._value(key, value, depth + 1)
                for key, value in schema.get("properties", {}).items()
                if (rng.random() < 0.97 if key in required else rng.random() < 0.4)
            }
        if kind == "array":
            return [self._value(name, schema.get("items", {}), depth + 1) for _ in range(rng.choice([0, 1, 1, 2]))]
        if kind == "integer":
            return rng.choice([1, 2, 3, 4, 10]) if name.endswith("id") else rng.choice([1, 2, 5, 20, 100, 0])
        if kind == "number":
            return rng.choice([0, 1, 2.5, 10.005, 99.99, 1e6])
        if kind == "boolean":
            return rng.random() < 0.5
        return self._text(name, schema.get("format"))

    def _text(self, name, form):
        rng = self._rng
        self._serial += 1
        if form == "date-time" or name.endswith(("_time", "_at")):
            return f"2024-0{rng.randrange(1, 9)}-1{rng.randrange(0, 9)}T{rng.randrange(0, 24):02}:30:00{rng.choice(['Z', '+02:00', ''])}"
        if form == "date" or "date" in name:
            return f"202{rng.randrange(3, 6)}-0{rng.randrange(1, 9)}-1{rng.randrange(0, 9)}"
        if form == "email" or name == "email":
            return f"p{self._serial}@example.org"
        if form == "uri" or name == "url":
            return rng.choice(["https://example.org/a", "http://127.0.0.1/", "ftp://x", "https://example.com:8443/b?c=d"])
        if name in UNIQUE or name == "title":
            return rng.choice([f"N{self._serial}", f"Ünique {self._serial}", "Project 1"])
        return rng.choice(["a", "Project", "two words", "10.50", "ß∂ƒ", "12:00", "EUR", "open", "<i>", "work,home"])
