/*
 * Items as lines of an export, in the order in which they lie in the store: a table of ten million
 * is then written from one end to the other and not page by page at random.
 *
 * usage: items_by_hash COUNT id|sorted
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/md5.h"

struct place {
    uint32_t hash;
    uint32_t number;
};

/* As emulator/dynamodb/store/store.c has it; if it differs, only the order is lost. */
static uint32_t hash_of(const char *text)
{
    unsigned char sum[MD5_BYTES];
    struct md5 hash;

    md5_init(&hash);
    md5_add(&hash, "Outliers", 8);
    md5_add(&hash, text, strlen(text));
    md5_finish(&hash, sum);
    return (uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3];
}

static int compare(const void *a, const void *b)
{
    const struct place *one = a, *other = b;

    return one->hash < other->hash ? -1 : one->hash > other->hash;
}

static const char rest[] = "\"name\":{\"S\":\"Bob\"},\"address\":{\"S\":\"1 Main Street, "
                           "Springfield\"},\"n\":{\"N\":\"7\"}}}";

int main(int argc, char **argv)
{
    unsigned long count = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    int sorted = argc == 3 && strcmp(argv[2], "sorted") == 0;
    unsigned long keys = sorted ? count / 10 : count;
    struct place *places = calloc(keys + 1, sizeof(*places));
    char key[64];

    if (count == 0 || places == NULL)
        return 2;
    for (unsigned long i = 0; i < keys; i++) {
        (void)snprintf(key, sizeof(key), sorted ? "partition-%lu" : "item-%lu", i);
        places[i] = (struct place){hash_of(key), (uint32_t)i};
    }
    qsort(places, keys, sizeof(*places), compare);
    for (unsigned long i = 0; i < keys; i++) {
        if (!sorted)
            printf("{\"Item\":{\"id\":{\"S\":\"item-%u\"},%s\n", places[i].number, rest);
        for (int s = 0; sorted && s < 10; s++)
            printf("{\"Item\":{\"p\":{\"S\":\"partition-%u\"},\"s\":{\"N\":\"%d\"},%s\n",
                   places[i].number, s, rest);
    }
    free(places);
    return 0;
}
