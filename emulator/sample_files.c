#include "sample_files.h"

#include <unistd.h>

bool sample_file(const char *name, char ret[PATH_MAX], struct aws_error *err)
{
    static const char *const places[] = {"share/squall/fixtures", "fixtures"};
    char binary[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", binary, sizeof(binary) - 1);

    binary[length < 0 ? 0 : length] = '\0';
    for (int ups = 0; ups < 2; ups++) { /* the file's name, then its folder's */
        char *slash = strrchr(binary, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        int used = snprintf(ret, PATH_MAX, "%s/%s/%s", binary, places[i], name);
        if (used > 0 && used < PATH_MAX && access(ret, R_OK) == 0)
            return true;
    }
    return aws_fail(err, &error_environment, "the sample's %s is not beside %s", name, binary);
}
