/* Times Hyperscan as the crate `throughput` times others, with the same protocol:
 * hyperscan TEXT LIST [-i]. See throughput/src/main.rs.
 *
 * The text lies in memory whole and is scanned in one call, which is what suits
 * Hyperscan best. Its reports are of every place; of a pattern that can overlap
 * itself, a match that begins in the last one does not count. Build with
 * cc -O3 hyperscan.c -lhs. */

#define _GNU_SOURCE
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct needle {
    size_t length;
    int can_overlap;
    unsigned long long last_end, total;
};

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) {
        perror(path);
        exit(2);
    }
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    if (!bytes || fread(bytes, 1, *length, file) != *length) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return bytes;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int has_border(const char *needle, size_t length) {
    for (size_t border = 1; border < length; border++)
        if (!memcmp(needle, needle + length - border, border))
            return 1;
    return 0;
}

static int found(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                 void *context) {
    (void)from, (void)flags;
    struct needle *needle = (struct needle *)context + id;
    if (needle->can_overlap) {
        if (to - needle->length < needle->last_end)
            return 0;
        needle->last_end = to;
    }
    needle->total++;
    return 0;
}

static void check(hs_error_t error, const char *what) {
    if (error != HS_SUCCESS) {
        fprintf(stderr, "hyperscan: %s: error %d\n", what, error);
        exit(2);
    }
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "usage: hyperscan TEXT LIST [-i]\n");
        return 2;
    }
    unsigned flag = count > 3 && !strcmp(words[3], "-i") ? HS_FLAG_CASELESS : 0;
    size_t text_length, list_length, lines = 0, needles = 0;
    char *text = read_file(words[1], &text_length), *list = read_file(words[2], &list_length);
    for (size_t at = 0; at < list_length; at++)
        lines += list[at] == '\n';

    const char **expressions = calloc(lines + 1, sizeof *expressions);
    size_t *lengths = calloc(lines + 1, sizeof *lengths);
    unsigned *flags = calloc(lines + 1, sizeof *flags), *ids = calloc(lines + 1, sizeof *ids);
    struct needle *needle = calloc(lines + 1, sizeof *needle);
    for (char *line = list, *end = list + list_length; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        if (stop > line) {
            expressions[needles] = line;
            lengths[needles] = (size_t)(stop - line);
            flags[needles] = flag;
            ids[needles] = (unsigned)needles;
            needle[needles].length = (size_t)(stop - line);
            needle[needles].can_overlap = has_border(line, (size_t)(stop - line));
            needles++;
        }
        line = stop + 1;
    }

    double begun = now();
    hs_database_t *database;
    hs_compile_error_t *error;
    check(hs_compile_lit_multi(expressions, flags, ids, lengths, (unsigned)needles, HS_MODE_BLOCK,
                               NULL, &database, &error),
          "compile");
    hs_scratch_t *scratch = NULL;
    check(hs_alloc_scratch(database, &scratch), "scratch");
    printf("%.9f\n", now() - begun);
    fflush(stdout);

    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        begun = now();
        for (size_t nth = 0; nth < needles; nth++)
            needle[nth].last_end = needle[nth].total = 0;
        check(hs_scan(database, text, (unsigned)text_length, 0, scratch, found, needle), "scan");
        printf("%.9f\n", now() - begun);
        fflush(stdout);
    }
    for (size_t nth = 0; nth < needles; nth++)
        printf("%llu\n", needle[nth].total);
    return 0;
}
