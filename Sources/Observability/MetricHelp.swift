/// What each metric means; the operator's list of them.
public enum MetricHelp {
    public static let text: [String: String] = [
        "timetracker_accept_queue_length": "Connections that wait to be accepted",
        "timetracker_accept_queue_limit": "Connections that may wait to be accepted",
        "timetracker_build_info": "The running release",
        "timetracker_http_request_duration_seconds":
            "Time from a request's head to its response, by route and class of status",
        "timetracker_http_requests_in_flight": "Requests that are being answered",
        "timetracker_idempotent_replays_total":
            "Responses given again for an Idempotency-Key, by where they were found",
        "timetracker_jobs_up": "Whether the process that sends webhooks runs",
        "timetracker_postgres_connections": "Connections to PostgreSQL of all workers, by use",
        "timetracker_postgres_errors_total": "Statements that PostgreSQL did not carry out, by kind",
        "timetracker_postgres_pool_wait_seconds": "Time that requests waited for a connection to be leased",
        "timetracker_http_overload_refusals_total": "Requests refused because too many wait",
        "timetracker_http_requests_waiting": "Requests that wait for a place to be worked at",
        "timetracker_postgres_pool_waiting": "Requests that wait for a connection",
        "timetracker_postgres_query_seconds": "Time from sending a statement to its answer",
        "timetracker_postgres_up": "Workers that reach PostgreSQL",
        "timetracker_rate_limit_decisions_total":
            "Requests counted against a token's limits, by who counted and outcome",
        "timetracker_redis_command_seconds": "Time from sending a command to its reply",
        "timetracker_redis_errors_total": "Commands that Redis did not carry out, by kind",
        "timetracker_redis_up": "Workers whose breaker is closed; the others count limits for this host only",
        "timetracker_reloads_total": "Reloads by HUP and USR2, by outcome",
        "timetracker_start_time_seconds": "When the supervisor was started, Unix time",
        "timetracker_webhook_attempt_seconds": "Time that attempts to deliver a webhook took, by outcome",
        "timetracker_webhook_lag_seconds": "How long the oldest delivery has been due",
        "timetracker_webhook_pending": "Deliveries that are due or will be",
        "timetracker_worker_connections": "Open connections of clients",
        "timetracker_worker_requests_total": "Requests answered by the workers of a slot",
        "timetracker_worker_resident_bytes": "Memory of a worker, shared pages among it",
        "timetracker_worker_restarts_total": "Workers that were started again, by reason",
        "timetracker_worker_up": "Whether a worker serves in the slot",
        "timetracker_workers_wanted": "Workers that there should be",
    ]
}
