#!/bin/sh
# The API reference's curl client: both token headers, search, a time entry. Prints one status a line.
set -eu
code() { curl -s -o /dev/null -w '%{http_code}\n' "$@"; }
code -H "Authorization: Bearer $API_TOKEN" "$BASE_URL/api/v1/projects"
code -H "X-API-Key: $API_TOKEN" "$BASE_URL/api/v1/projects"
code -H "Authorization: Bearer $API_TOKEN" "$BASE_URL/api/v1/projects?status=active&per_page=20"
code -H "Authorization: Bearer $API_TOKEN" "$BASE_URL/api/v1/search?q=website&limit=10"
code -H "Authorization: Bearer $API_TOKEN" "$BASE_URL/api/v1/search?q=website&types=project,task"
code -X POST -H "Authorization: Bearer $API_TOKEN" -H "Content-Type: application/json" \
    -d '{"project_id":1,"start_time":"2024-01-15T09:00:00Z","end_time":"2024-01-15T17:00:00Z"}' \
    "$BASE_URL/api/v1/time-entries"
