/* How fast Hyperscan goes through a text for the rules of a list, one a line.
 *
 * usage: hyperscan_regexes TEXT LIST
 *
 * The text lies in memory and is scanned in one call, without finding where matches start.
 * A rule that Hyperscan refuses is named and left out. */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 4096
#define ROUNDS 3

static unsigned long long reports;

static int report(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                  void *context) {
    (void)id, (void)from, (void)to, (void)flags, (void)context;
    reports++;
    return 0;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char *contents(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*length + 1);
    if (!bytes || fread(bytes, 1, *length, file) != *length) exit(1);
    bytes[*length] = 0;
    fclose(file);
    return bytes;
}

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("usage: hyperscan_regexes TEXT LIST\n", stderr);
        return 2;
    }
    size_t length, list_length;
    char *text = contents(arguments[1], &length), *list = contents(arguments[2], &list_length);
    static const char *rules[MOST];
    static unsigned flags[MOST], ids[MOST];
    unsigned kept = 0;
    hs_database_t *database;
    hs_compile_error_t *error;
    for (char *rule = strtok(list, "\n"); rule && kept < MOST; rule = strtok(NULL, "\n")) {
        if (hs_compile(rule, HS_FLAG_MULTILINE, HS_MODE_BLOCK, NULL, &database, &error)) {
            fprintf(stderr, "left out: %s: %s\n", error->message, rule);
            hs_free_compile_error(error);
            continue;
        }
        hs_free_database(database);
        rules[kept] = rule, flags[kept] = HS_FLAG_MULTILINE, ids[kept] = kept;
        kept++;
    }
    double begun = seconds();
    if (hs_compile_multi(rules, flags, ids, kept, HS_MODE_BLOCK, NULL, &database, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    double built = seconds() - begun, best = 1e9;
    hs_scratch_t *scratch = NULL;
    if (hs_alloc_scratch(database, &scratch)) return 1;
    for (int round = 0; round < ROUNDS; round++) {
        reports = 0;
        begun = seconds();
        hs_scan(database, text, (unsigned)length, 0, scratch, report, NULL);
        double taken = seconds() - begun;
        if (taken < best) best = taken;
    }
    printf("Hyperscan %.3f s, built in %.2f s, %u rules, %llu reports\n", best, built, kept, reports);
    return 0;
}
