#include "code.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"

static bool is_file(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static char *join(const char *folder, struct str name, const char *suffix)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/%.*s%s", folder, STR_ARG(name), suffix);

    return length < 0 || length >= (int)sizeof(path) ? NULL : strdup(path);
}

/* The only .so in the folder, or NULL when there is none or more than one. */
static char *find_only_shared_object(const char *folder)
{
    DIR *entries = opendir(folder);
    char *found = NULL;
    int count = 0;

    if (entries == NULL)
        return NULL;
    for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        struct str name = str_from_c(entry->d_name);
        if (!str_ends_with(name, STR(".so")) || ++count > 1)
            continue;
        found = join(folder, name, "");
    }
    (void)closedir(entries);
    if (count == 1)
        return found;
    free(found);
    return NULL;
}

static char *find_shared_object(const char *folder, struct str name)
{
    char *path = join(folder, name, ".so");

    if (path != NULL && is_file(path))
        return path;
    free(path);
    return find_only_shared_object(folder);
}

static bool use_bootstrap(struct function_code *code, struct str name, bool isolate,
                          struct aws_error *err)
{
    char *path = join(code->folder, STR("bootstrap"), "");

    if (path == NULL || !is_file(path)) {
        free(path);
        return aws_fail(err, &error_environment,
                        "function '%.*s': no bootstrap in %s; put an executable of that name "
                        "there, or %s",
                        STR_ARG(name), code->folder,
                        isolate ? "leave out --isolate, which runs no .so" : "give a .so");
    }
    code->kind = CODE_BOOTSTRAP;
    code->path = path;
    if (access(path, X_OK) != 0)
        return aws_fail(err, &error_environment,
                        "function '%.*s': %s is not executable; chmod +x makes it so",
                        STR_ARG(name), path);
    return true;
}

/* Sets folder, path and kind. */
static bool locate(struct function_code *code, const char *location, struct str name, bool isolate,
                   struct aws_error *err)
{
    struct stat status;

    if (stat(location, &status) != 0)
        return aws_fail(err, &error_environment, "function '%.*s': no code at %s: %s",
                        STR_ARG(name), location, strerror(errno));
    if (S_ISDIR(status.st_mode)) {
        code->folder = strdup(location);
        code->path = code->folder == NULL || isolate ? NULL : find_shared_object(location, name);
    } else {
        const char *slash = strrchr(location, '/');
        code->folder = slash == NULL ? strdup(".") : strndup(location, (size_t)(slash - location));
        code->path = isolate ? NULL : strdup(location);
    }
    if (code->folder == NULL)
        return aws_fail(err, &error_environment, "no memory for function '%.*s'", STR_ARG(name));
    code->kind = CODE_SHARED_OBJECT;
    bool ok = code->path != NULL || use_bootstrap(code, name, isolate, err);
    assert(!ok || code->path != NULL);
    return ok;
}

struct str code_sha256_hex(struct str bytes, struct arena *arena)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    struct str text = {0};

    /* Without memory for either there is no digit. */
    if (EVP_Digest(bytes.ptr, bytes.len, digest, &length, EVP_sha256(), NULL) != 1 ||
        !str_hex(arena, (struct str){(const char *)digest, length}, &text))
        return (struct str){0};
    return text;
}

/* Adds the file's bytes to the hash and counts them; 0 or errno. */
static int hash_file(struct function_code *code, EVP_MD_CTX *hash)
{
    unsigned char bytes[16 * 1024];
    ssize_t got = 0;
    int file = open(code->path, O_RDONLY | O_CLOEXEC), fault = 0;

    if (file < 0)
        return errno;
    while ((got = read(file, bytes, sizeof(bytes))) > 0 &&
           EVP_DigestUpdate(hash, bytes, (size_t)got) == 1)
        code->bytes += got;
    fault = got < 0 ? errno : got > 0 ? ENOMEM : 0;
    (void)close(file);
    return fault;
}

static bool keep_hash(struct function_code *code, struct str digest)
{
    struct arena *arena = arena_new(4096);
    struct str text = {0};
    bool ok =
        arena != NULL && base64_encode(arena, digest, &text) && text.len < sizeof(code->sha256);

    if (ok)
        memcpy(code->sha256, text.ptr, text.len);
    arena_free(arena);
    return ok;
}

static bool measure(struct function_code *code, struct str name, struct aws_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool ok = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1;
    int fault = ok ? hash_file(code, hash) : 0;

    ok = ok && fault == 0 && EVP_DigestFinal_ex(hash, digest, &length) == 1 &&
         keep_hash(code, (struct str){(const char *)digest, length});
    EVP_MD_CTX_free(hash);
    if (fault != 0)
        return aws_fail(err, &error_environment, "function '%.*s': cannot read %s: %s",
                        STR_ARG(name), code->path, strerror(fault));
    return ok || aws_fail(err, &error_environment, "no memory for function '%.*s'", STR_ARG(name));
}

static bool load(struct function_code *code, struct str name, struct aws_error *err)
{
    code->library = dlopen(code->path, RTLD_NOW | RTLD_LOCAL);
    if (code->library == NULL)
        return aws_fail(err, &error_environment, "function '%.*s': cannot load %s: %s",
                        STR_ARG(name), code->path, dlerror());
    code->handler = dlsym(code->library, "squall_lambda_handler");
    if (code->handler == NULL)
        return aws_fail(err, &error_environment,
                        "function '%.*s': %s defines no squall_lambda_handler; see squall/lambda.h",
                        STR_ARG(name), code->path);
    if (code->handler->abi != SQUALL_LAMBDA_ABI || code->handler->handle == NULL)
        return aws_fail(err, &error_environment,
                        "function '%.*s': %s was built for handler interface %u, this is %d; "
                        "build it again",
                        STR_ARG(name), code->path, (unsigned)code->handler->abi, SQUALL_LAMBDA_ABI);
    return true;
}

bool code_new(struct str location, struct str name, bool isolate, struct function_code **ret,
              struct aws_error *err)
{
    char path[PATH_MAX];
    struct function_code *code = calloc(1, sizeof(*code));

    if (code == NULL || location.len >= sizeof(path)) {
        free(code);
        return aws_fail(err, &error_environment, "function '%.*s': its code's path is too long",
                        STR_ARG(name));
    }
    memcpy(path, location.ptr, location.len);
    path[location.len] = '\0';
    code->references = 1;
    if (!locate(code, path, name, isolate, err) || !measure(code, name, err) ||
        (code->kind == CODE_SHARED_OBJECT && !load(code, name, err))) {
        code_free(code);
        return false;
    }
    *ret = code;
    return true;
}

void code_free(struct function_code *code)
{
    if (code == NULL)
        return;
    if (code->library != NULL)
        (void)dlclose(code->library);
    free(code->folder);
    free(code->path);
    free(code);
}
