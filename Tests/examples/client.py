"""The API reference's Python client: lists projects, books time. Prints what it got as JSON."""

import json
import os

import requests

base = os.environ["BASE_URL"] + "/api/v1"
headers = {"Authorization": f"Bearer {os.environ['API_TOKEN']}", "Content-Type": "application/json"}

projects = requests.get(f"{base}/projects", headers=headers, timeout=10)
entry = {
    "project_id": projects.json()["projects"][0]["id"],
    "start_time": "2024-01-15T09:00:00Z",
    "end_time": "2024-01-15T17:00:00Z",
    "notes": "Development work",
    "billable": True,
}
created = requests.post(f"{base}/time-entries", json=entry, headers=headers, timeout=10)
print(json.dumps({"list": projects.status_code, "create": created.status_code, "entry": created.json()["time_entry"]}))
