// SPDX-License-Identifier: BSD-3-Clause
// The options of a configuration as tables: one line per option says its key, how its value is
// read, the range, and which field it sets. A section is an option whose value is a map with a
// table of its own. Options are read in the order of their table, whatever the order of the file:
// `ports` comes first, because others name them.
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include "config/config.h"
#include "config/document.h"

enum { OPTION_CORE_MAX = 1023 };

// What reading one document needs. The places are those where something was named first; a line
// of 0 means that it was not yet.
struct reader {
  struct config *config;
  struct config_errors *errors;
  const struct config_kind *kinds;
  size_t n_kinds;
  const struct document_node *ports; // the map of ports; NULL: unreadable, names are not checked
  struct config_place core_used[OPTION_CORE_MAX + 1];
  struct config_place queue_used[CONFIG_PORTS_MAX][CONFIG_RX_QUEUES_MAX];
  struct config_place port_forwarded[CONFIG_PORTS_MAX];
  bool port_meant[CONFIG_PORTS_MAX]; // `forward` names something close to it
  struct config_forward *entry;      // a bridge, while its settings are read
  bool entry_known;                  // which ports are the entry's, of a kind with settings
};

struct option {
  const char *key; // NULL: end of the table
  // Reads the value into the field, or adds an error and returns false.
  bool (*read)(struct reader *reader, const struct option *option, const struct document_node *node,
               void *field);
  size_t offset; // of the field in the struct that the table is for
  bool required;
  unsigned min;                 // option_number
  unsigned max;                 // option_number
  const char *zero;             // option_number: a word that stands for 0
  const char *const *words;     // option_word: ends with NULL
  const char *extra;            // option_name: characters allowed beside letters, digits and '_'
  const struct option *options; // option_section
};

// Reads a map by a table into `target`. False: the node is no map (an error says so).
bool option_map(struct reader *reader, const struct option *options,
                const struct document_node *node, void *target);

// Readers for tables. The field is:
bool option_section(struct reader *reader, const struct option *option,
                    const struct document_node *node, void *field); // the section's struct
bool option_number(struct reader *reader, const struct option *option,
                   const struct document_node *node, void *field); // unsigned
bool option_bool(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field); // bool
bool option_word(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field); // enum, in the order of words
bool option_name(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field); // char[CONFIG_NAME_MAX + 1]

// True where the node is a list (a map); otherwise adds an error that expected a list (map) of
// `what`.
bool option_is_list(struct reader *reader, const struct document_node *node, const char *what);
bool option_is_map(struct reader *reader, const struct document_node *node, const char *what);

// The elements of a list. A scalar where a list is expected can only mean a list of itself alone.
struct option_elements {
  size_t count;
  const struct document_node *const *child;
  const struct document_node *alone; // what child points to then
};

// Fills it; false: the node is neither (an error says so).
bool option_elements(struct reader *reader, const struct document_node *node, const char *what,
                     struct option_elements *elements);

// Adds an error where the elements are not min to max.
void option_count(struct reader *reader, const struct document_node *node, const char *what,
                  unsigned min, unsigned max);

// True where the node is a scalar; otherwise adds an error that expected `what`.
bool option_is_scalar(struct reader *reader, const struct document_node *node, const char *what);

// Adds the error that `what` was expected and this node, or a suggestion for it, was found.
void option_refuse(struct reader *reader, const struct document_node *node, const char *what,
                   const struct text_nearest *nearest);

// Appends a word to a choice: "auto", "auto or wait", "auto, wait or drop"; `last` ends it. Starts
// with choice[0] == 0.
void option_choice_add(char *choice, size_t size, const char *word, bool last);

#endif
