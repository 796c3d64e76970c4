#include <libpq-fe.h>

// Character constants of PQresultErrorField, which Swift does not import.
enum {
    postgres_field_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
    postgres_field_sqlstate = PG_DIAG_SQLSTATE,
    postgres_field_message = PG_DIAG_MESSAGE_PRIMARY,
    postgres_field_constraint = PG_DIAG_CONSTRAINT_NAME,
    postgres_field_column = PG_DIAG_COLUMN_NAME
};
