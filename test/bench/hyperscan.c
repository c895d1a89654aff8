/* Counts the matches of literals in a text with Hyperscan, for literals.bench.ts.
 *
 * usage: hyperscan LITERALS TEXT ROUNDS   LITERALS: one hexadecimal literal a line
 * prints: matches, best processor seconds per round
 */
#define _POSIX_C_SOURCE 199309L
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static unsigned long matches;

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
  (void)id, (void)from, (void)to, (void)flags, (void)context;
  matches++;
  return 0;
}

static char *read_all(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (fread(bytes, 1, *length, file) != *length) exit(2);
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  size_t list_length, length;
  char *list = read_all(argv[1], &list_length);
  char *text = read_all(argv[2], &length);
  int rounds = atoi(argv[3]);
  const char *patterns[16384];
  size_t lengths[16384];
  unsigned flags[16384], ids[16384], count = 0;
  for (char *line = strtok(list, "\n"); line && count < 16384; line = strtok(NULL, "\n")) {
    size_t bytes = strlen(line) / 2;
    char *literal = malloc(bytes + 1);
    for (size_t i = 0; i < bytes; i++) {
      unsigned value;
      sscanf(line + 2 * i, "%2x", &value);
      literal[i] = (char)value;
    }
    patterns[count] = literal;
    lengths[count] = bytes;
    flags[count] = HS_FLAG_CASELESS;
    ids[count] = count;
    count++;
  }
  hs_database_t *database;
  hs_compile_error_t *error;
  if (hs_compile_lit_multi(patterns, flags, ids, lengths, count, HS_MODE_BLOCK, NULL, &database, &error) != HS_SUCCESS) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  hs_scratch_t *scratch = NULL;
  if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) return 1;
  double best = 1e9;
  for (int round = 0; round < rounds; round++) {
    matches = 0;
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    hs_scan(database, text, (unsigned)length, 0, scratch, on_match, NULL);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    if (seconds < best) best = seconds;
  }
  printf("%lu %.9f\n", matches, best);
  return 0;
}
