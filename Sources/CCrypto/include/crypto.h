// What the server needs of the system's OpenSSL libcrypto, without its pointers to pointers and macros.
#ifndef TIMETRACKER_CRYPTO_H
#define TIMETRACKER_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { crypto_sha256_length = 32, crypto_sha1_length = 20 };

/// SHA-256 (FIPS 180-4) of some bytes and others after them. Allocates nothing but a context for each thread, at its first
/// call.
void crypto_sha256(const void *first, size_t first_count, const void *bytes, size_t count, uint8_t *digest);

/// SHA-1 (FIPS 180-4): for names only, not for secrets.
void crypto_sha1(const void *bytes, size_t count, uint8_t *digest);

/// HMAC-SHA-256 (RFC 2104) of `count` bytes.
void crypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code);

/// scrypt (RFC 7914). False when the parameters are none or need more than `max_memory` bytes.
bool crypto_scrypt(const void *password, size_t password_count, const void *salt, size_t salt_count, uint64_t n,
                   uint64_t r, uint64_t p, uint64_t max_memory, uint8_t *key, size_t key_count);

/// Takes the same time wherever the difference is.
bool crypto_is_equal(const void *left, const void *right, size_t count);

#endif
