#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>

// Looking an algorithm up by its name costs several times what digesting a token does.
static EVP_MD *sha256;
static EVP_MD *sha1;
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_context(void *context) {
    EVP_MD_CTX_free(context);
}

static void fetch(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    // Without them nobody can be told from anybody else: there is nothing to go on with.
    if (!sha256 || !sha1 || pthread_key_create(&context_key, free_context) != 0) abort();
}

static EVP_MD_CTX *thread_context(void) {
    pthread_once(&once, fetch);
    static _Thread_local EVP_MD_CTX *context;
    if (!context) {
        context = EVP_MD_CTX_new();
        // The key's only use is that the context is freed with its thread.
        if (!context || pthread_setspecific(context_key, context) != 0) abort();
    }
    return context;
}

void crypto_sha256(const void *first, size_t first_count, const void *bytes, size_t count, uint8_t *digest) {
    EVP_MD_CTX *context = thread_context();
    if (!EVP_DigestInit_ex2(context, sha256, NULL) || !EVP_DigestUpdate(context, first, first_count)
        || !EVP_DigestUpdate(context, bytes, count) || !EVP_DigestFinal_ex(context, digest, NULL))
        abort();
}

void crypto_sha1(const void *bytes, size_t count, uint8_t *digest) {
    pthread_once(&once, fetch);
    if (!EVP_Digest(bytes, count, digest, NULL, sha1, NULL)) abort();
}

void crypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *code) {
    pthread_once(&once, fetch);
    if (!HMAC(sha256, key_count ? key : "", (int)key_count, bytes, count, code, NULL)) abort();
}

bool crypto_scrypt(const void *password, size_t password_count, const void *salt, size_t salt_count, uint64_t n,
                   uint64_t r, uint64_t p, uint64_t max_memory, uint8_t *key, size_t key_count) {
    return EVP_PBE_scrypt(password, password_count, salt, salt_count, n, r, p, max_memory, key, key_count) == 1;
}

bool crypto_is_equal(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}
