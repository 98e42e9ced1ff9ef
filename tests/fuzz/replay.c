/* Runs a fuzz target over each file of a folder, where libFuzzer is not there to do it. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 1 << 20 };

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_BYTES_MAX);
    int status = 1;

    if (file != NULL && data != NULL) {
        size_t size = fread(data, 1, INPUT_BYTES_MAX, file);
        /* A block of exactly that size, so that AddressSanitizer sees a read past its end. */
        uint8_t *exact = malloc(size == 0 ? 1 : size);
        for (size_t i = 0; exact != NULL && i < size; i++)
            exact[i] = data[i];
        status = exact == NULL ? 1 : LLVMFuzzerTestOneInput(exact, size);
        free(exact);
    }
    if (file != NULL)
        (void)fclose(file);
    free(data);
    return status;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    int count = 0;

    if (folder == NULL) {
        (void)fprintf(stderr, "usage: replay CORPUS-FOLDER\n");
        return 2;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[PATH_MAX];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        (void)fprintf(stderr, "%s\n", path); /* the last one is the one that failed */
        if (replay(path) != 0)
            return 1;
        count++;
    }
    (void)closedir(folder);
    (void)printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
