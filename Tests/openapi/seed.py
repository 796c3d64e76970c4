"""Makes one object of each kind, so that the ids in generated requests sometimes exist."""

import json
import sys
import urllib.request

base, token = sys.argv[1:3]


def post(path, body):
    request = urllib.request.Request(
        base + "/api/v1" + path, json.dumps(body).encode(), {"X-API-Key": token, "Content-Type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


for number in range(1, 4):
    post("/clients", {"name": f"Client {number}"})
    post("/projects", {"name": f"Project {number}", "client_id": number})
    post("/tasks", {"name": f"Task {number}", "project_id": number})
    post("/time-entries", {
        "project_id": number, "start_time": "2024-01-15T09:00:00Z", "end_time": "2024-01-15T17:00:00Z"})
    post("/quotes", {"client_id": number, "title": f"Quote {number}", "items": [{"unit_price": 10}]})
    post("/inventory/items", {"sku": f"SKU-{number}", "name": f"Item {number}", "default_cost": 5})
    post("/inventory/warehouses", {"code": f"W-{number}", "name": f"Warehouse {number}"})
    post("/inventory/movements", {"stock_item_id": number, "warehouse_id": number, "quantity": 100})
post("/inventory/transfers", {"stock_item_id": 1, "from_warehouse_id": 1, "to_warehouse_id": 2, "quantity": 1})
