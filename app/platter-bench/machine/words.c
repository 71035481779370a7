// SPDX-License-Identifier: BSD-3-Clause
#include "machine/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "report/cell.h"
#include "report/member.h"

static const char *string(const json_t *machine, const char *key, const char *otherwise)
{
  const char *text = member_text(machine, key);
  return *text != '\0' ? text : otherwise;
}

static json_int_t integer(const json_t *object, const char *key)
{
  return json_integer_value(json_object_get(object, key));
}

// A stream into memory; what was printed is taken as text by words_end.
struct words {
  char *text;
  size_t size;
  FILE *out;
};

static FILE *words_start(struct words *words)
{
  *words = (struct words){NULL};
  words->out = open_memstream(&words->text, &words->size);
  return words->out;
}

static json_t *words_end(struct words *words)
{
  json_t *text = words->out != NULL && fclose(words->out) == 0 ? json_string(words->text) : NULL;
  free(words->text);
  return text != NULL ? text : json_string("unknown");
}

static void put_caches(const json_t *machine, FILE *out)
{
  size_t i;
  json_t *cache;
  const char *gap = "";
  json_array_foreach(json_object_get(machine, "caches"), i, cache)
  {
    const char *type = string(cache, "type", "");
    char bytes[32];
    cell_bytes(integer(cache, "bytes"), bytes, sizeof(bytes));
    fprintf(out, "%sL%d%s %s", gap, (int)integer(cache, "level"),
            strcmp(type, "Data") == 0          ? "d"
            : strcmp(type, "Instruction") == 0 ? "i"
                                               : "",
            bytes);
    if (integer(cache, "instances") > 1)
      fprintf(out, " × %d", (int)integer(cache, "instances"));
    gap = ", ";
  }
  if (*gap == '\0')
    fputs("caches unknown", out);
}

static void put_hugepages(const json_t *machine, FILE *out)
{
  size_t i;
  json_t *pages;
  const char *gap = "";
  json_array_foreach(json_object_get(machine, "hugepages"), i, pages)
  {
    char bytes[32];
    if (integer(pages, "total") == 0)
      continue;
    cell_bytes(integer(pages, "bytes"), bytes, sizeof(bytes));
    fprintf(out, "%s%d of %s (%d free)", gap, (int)integer(pages, "total"), bytes,
            (int)integer(pages, "free"));
    gap = ", ";
  }
  if (*gap == '\0')
    fputs("none", out);
}

static void put_siblings(const json_t *machine, FILE *out)
{
  size_t i;
  json_t *list;
  const char *gap = "";
  json_array_foreach(json_object_get(machine, "siblings"), i, list)
  {
    fprintf(out, "%s%s", gap, json_string_value(list));
    gap = " and ";
  }
  if (*gap == '\0')
    fputs("none", out);
}

static void put_memory(const json_t *machine, FILE *out)
{
  char bytes[32];
  cell_bytes(integer(machine, "memory_bytes"), bytes, sizeof(bytes));
  fprintf(out, "%s in %d NUMA node%s", bytes, (int)integer(machine, "numa_nodes"),
          integer(machine, "numa_nodes") == 1 ? "" : "s");
}

static void put_tsc(const json_t *machine, FILE *out)
{
  if (integer(machine, "tsc_hz") == 0)
    fputs("none", out);
  else
    fprintf(out, "%.3f GHz, %s", integer(machine, "tsc_hz") / 1e9,
            json_is_true(json_object_get(machine, "tsc_invariant")) ? "at one rate always"
                                                                    : "not known to be steady");
}

static void put_virtual(const json_t *machine, FILE *out)
{
  const char *name = string(machine, "virtual", NULL);
  fprintf(out, name != NULL ? "yes: %s" : "no", name);
}

static void put_cores(const json_t *machine, FILE *out)
{
  const char *online = string(machine, "cores_online", "");
  fprintf(out, "%u (%s), usable here: %s", machine_count(online), online,
          string(machine, "cores_usable", "unknown"));
}

static void put_share(const json_t *machine, const char *key, FILE *out)
{
  const json_t *share = json_object_get(machine, key);
  if (json_is_number(share))
    fprintf(out, "%.1f%%", 100 * json_number_value(share));
  else
    fputs("unknown", out);
}

static void put_steal(const json_t *machine, FILE *out)
{
  put_share(machine, "steal", out);
}

static void put_others(const json_t *machine, FILE *out)
{
  put_share(machine, "others", out);
}

static void put_load(const json_t *machine, FILE *out)
{
  fprintf(out, "%.2f over the minute before", json_number_value(json_object_get(machine, "load")));
}

static void put_seconds(const json_t *machine, FILE *out)
{
  fprintf(out, "%.0f s", json_number_value(json_object_get(machine, "seconds")));
}

json_t *machine_words(const json_t *machine)
{
  static const struct {
    const char *name, *key; // of a text, or else:
    void (*put)(const json_t *machine, FILE *out);
    const char *otherwise;
  } lines[] = {
      {"Processor", "cpu", NULL, "unknown"},
      {"System", "system", NULL, "unknown"},
      {"Virtual machine", NULL, put_virtual, NULL},
      {"Cores", NULL, put_cores, NULL},
      {"Isolated cores", "cores_isolated", NULL, "none"},
      {"Hardware threads of one core", NULL, put_siblings, NULL},
      {"Caches", NULL, put_caches, NULL},
      {"Time stamp counter", NULL, put_tsc, NULL},
      {"Frequency governor", "governor", NULL, "unknown"},
      {"Memory", NULL, put_memory, NULL},
      {"Hugepages", NULL, put_hugepages, NULL},
      {"Kernel", "kernel", NULL, "unknown"},
      {"Kernel arguments for speed", "command_line", NULL, "none"},
      {"Load at the start", NULL, put_load, NULL},
      {"Duration", NULL, put_seconds, NULL},
      {"Time the hypervisor took (steal)", NULL, put_steal, NULL},
      {"Time other programs had", NULL, put_others, NULL},
  };
  json_t *all = json_array();
  for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
    struct words words;
    FILE *out = words_start(&words);
    if (out != NULL && lines[i].put != NULL)
      lines[i].put(machine, out);
    else if (out != NULL)
      fputs(string(machine, lines[i].key, lines[i].otherwise), out);
    json_array_append_new(all, json_pack("[s, o]", lines[i].name, words_end(&words)));
  }
  return all;
}

static json_t *hardware(const json_t *machine)
{
  struct words words;
  FILE *out = words_start(&words);
  if (out != NULL) {
    const char *virtual = string(machine, "virtual", NULL);
    fprintf(out, "%s, cores %s", string(machine, "cpu", "unknown processor"),
            string(machine, "cores_usable", "unknown"));
    if (virtual != NULL)
      fprintf(out, ", in a virtual machine (%s)", virtual);
    fputs("; ", out);
    put_caches(machine, out);
    fputs("; ", out);
    put_memory(machine, out);
  }
  return words_end(&words);
}

static json_t *setup(const json_t *machine)
{
  struct words words;
  FILE *out = words_start(&words);
  if (out != NULL) {
    const char *kernel = string(machine, "kernel", "unknown kernel");
    fprintf(out, "%.*s; governor: %s; isolated cores: %s; hugepages: ", (int)strcspn(kernel, ","),
            kernel, string(machine, "governor", "unknown"),
            string(machine, "cores_isolated", "none"));
    put_hugepages(machine, out);
    fputs("; steal time ", out);
    put_steal(machine, out);
  }
  return words_end(&words);
}

json_t *machine_brief(const json_t *machine)
{
  return json_pack("[o, o]", hardware(machine), setup(machine));
}
