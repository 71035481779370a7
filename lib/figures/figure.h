// SPDX-License-Identifier: BSD-3-Clause
// A figure is declared once: its name, unit, what kind of number it is, one line of help, and where
// it is read. Telemetry, JSON, the summary, the status line, `platter figures` and the page of the
// documentation are made from these tables, so that one thing has one name everywhere.
//
// A table is about one kind of thing (port, worker, rule, …) and has a row for each of its figures.
// All figures are in telemetry and in JSON; those of the summary and of the status line are marked.
// Values are JSON's: numbers are numbers in the unit of the table, truths are true or false, and
// what is not known is null.
#ifndef FIGURES_FIGURE_H
#define FIGURES_FIGURE_H

#include <stddef.h>

#include <jansson.h>

#include "figures/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum figure_kind {
  FIGURE_COUNTER, // only grows
  FIGURE_GAUGE,   // goes up and down
  FIGURE_STATE,   // a word, a truth, a list
};

// Where a figure is shown beside telemetry's command for one thing, and JSON.
enum {
  FIGURE_LISTED = 1,  // telemetry's short list of all things of the kind
  FIGURE_SUMMARY = 2, // the end of a run, for a person
  FIGURE_NONZERO = 4, // there, but only if it is not 0
  FIGURE_LIVE = 8,    // the status line
};

enum figure_type {
  FIGURE_READ, // by a function
  FIGURE_UINT64,
  FIGURE_INT64,
  FIGURE_UINT,
  FIGURE_INT,
  FIGURE_REAL,
  FIGURE_TRUTH,
  FIGURE_CHARS,   // in the thing
  FIGURE_POINTER, // to text, or NULL
};

struct figure {
  const char *name; // [a-z0-9_]+: the key in telemetry and JSON
  const char *unit; // "packets", "bytes", "seconds", "share" (0 to 1), …; "" of a state
  enum figure_kind kind;
  unsigned shown;   // FIGURE_LISTED | …
  const char *help; // one line
  enum figure_type type;
  size_t offset;                                                   // in the thing
  json_t *(*read)(const struct status *status, const void *thing); // a new value; NULL: no memory
};

// The end of a row: the member of THING that it is about, which the file defines before its table,
// or a function.
#define FIGURE_OF(member)                                                                          \
  .type = _Generic(((THING *)0)->member, /* */                                                     \
                   uint64_t: FIGURE_UINT64, /* */                                                  \
                   int64_t: FIGURE_INT64, /* */                                                    \
                   unsigned: FIGURE_UINT, /* */                                                    \
                   int: FIGURE_INT, /* */                                                          \
                   double: FIGURE_REAL, /* */                                                      \
                   bool: FIGURE_TRUTH, /* */                                                       \
                   char *: FIGURE_CHARS, /* */                                                     \
                   const char *: FIGURE_POINTER),                                                  \
  .offset = offsetof(THING, member)
#define FIGURE_BY(function) .read = function

struct figure_table {
  const char *thing;   // "port"
  const char *command; // of telemetry, for one or all: "/platter/port,NAME"
  const char *path;    // in JSON: "ports.NAME"
  const char *about;   // one line
  const struct figure *figure;
  unsigned n_figures;

  // Things of the kind: an array in the status (FIGURES_IN), or what functions find. Without either
  // there is one, the status itself.
  size_t array, size, n_things; // offsets of the array and of its count; bytes of an element
  unsigned (*count)(const struct status *status);
  const void *(*at)(const struct status *status, unsigned number);
  // Their keys in JSON and in telemetry's lists: their labels' names, a name that each has at the
  // same place (FIGURES_NAMED), or what a function makes. Else they are numbered.
  bool named;
  size_t name;
  void (*key)(const struct status *status, unsigned number, char *text, size_t size);
  // What is counted by label: keys are the labels' names, and the labels are rows of the
  // documentation. With n_figures 0 each is one number of the unit.
  const struct label_set *labels;
  const char *unit;
};

#define FIGURES_IN(member, count)                                                                  \
  .array = offsetof(struct status, member), .size = sizeof(((struct status *)0)->member[0]),       \
  .n_things = offsetof(struct status, count)
#define FIGURES_NAMED .named = true, .name = offsetof(THING, name)

extern const struct figure_table figures_info, figures_port, figures_replay, figures_worker,
    figures_handoff, figures_pool, figures_bridge, figures_address, figures_rule, figures_drops,
    figures_copies, figures_accounting;

// All tables, in the order of the documentation.
extern const struct figure_table *const figure_tables[];
extern const unsigned n_figure_tables;

enum { FIGURES_KEY_MAX = CONFIG_NAME_MAX + 32 };

// The things of a kind.
unsigned figures_count(const struct figure_table *table, const struct status *status);
const void *figures_at(const struct figure_table *table, const struct status *status,
                       unsigned number);

// The key of a thing, or its number. `text`: of FIGURES_KEY_MAX.
void figures_key(const struct figure_table *table, const struct status *status, unsigned number,
                 char *text);
bool figures_numbered(const struct figure_table *table);

// A figure of a table by its name, which has to be there.
const struct figure *figures_find(const struct figure_table *table, const char *name);

// A value, if there was memory for all of it; else it is released. Returns it, or NULL.
json_t *figures_whole(json_t *value, bool is_whole);

// The value of a figure; the caller releases it. NULL: no memory.
json_t *figures_value(const struct figure *figure, const struct status *status, const void *thing);

// All figures of a thing as an object; with `shown`, those that are marked so. NULL: no memory.
json_t *figures_object(const struct figure_table *table, const struct status *status,
                       const void *thing, unsigned shown);

// Things of a kind from the `first` on, at most `most` of them: by key, or, numbered, by number.
// Added to `object`. Returns whether there was memory for them.
bool figures_list(const struct figure_table *table, const struct status *status, unsigned first,
                  unsigned most, unsigned shown, json_t *object);

// The same of all, in a new object, or, numbered, an array. NULL: no memory.
json_t *figures_all(const struct figure_table *table, const struct status *status);

// All there is, as `--json` has it: by the tables' paths. NULL: no memory.
json_t *figures_json(const struct status *status);

// Queues as a list of "PORT/QUEUE". NULL: no memory.
json_t *figures_queues(const struct layout *layout, const struct layout_queue *queue, unsigned n);

// "counter", "gauge" or "state".
const char *figure_kind_name(enum figure_kind kind);

#ifdef __cplusplus
}
#endif
#endif
