// SPDX-License-Identifier: BSD-3-Clause
#include "config/option.h"

#include <stdio.h>
#include <string.h>

enum { CHOICE_SIZE = 512 };

bool option_is_list(struct reader *reader, const struct document_node *node, const char *what)
{
  if (node->type != DOCUMENT_LIST && node->type != DOCUMENT_REFUSED)
    document_error(reader->errors, node, "expected a list of %s, found %s", what,
                   document_found(node).text);
  return node->type == DOCUMENT_LIST;
}

bool option_elements(struct reader *reader, const struct document_node *node, const char *what,
                     struct option_elements *elements)
{
  if (node->type == DOCUMENT_SCALAR && node->length > 0) {
    elements->alone = node;
    elements->child = &elements->alone;
    elements->count = 1;
    return true;
  }
  if (!option_is_list(reader, node, what))
    return false;
  elements->child = (const struct document_node *const *)node->child;
  elements->count = node->count;
  return true;
}

bool option_is_map(struct reader *reader, const struct document_node *node, const char *what)
{
  if (node->type != DOCUMENT_MAP && node->type != DOCUMENT_REFUSED)
    document_error(reader->errors, node, "expected a map of %s, found %s", what,
                   document_found(node).text);
  return node->type == DOCUMENT_MAP;
}

bool option_is_scalar(struct reader *reader, const struct document_node *node, const char *what)
{
  if (node->type != DOCUMENT_SCALAR && node->type != DOCUMENT_REFUSED)
    document_error(reader->errors, node, "expected %s, found %s", what, document_found(node).text);
  return node->type == DOCUMENT_SCALAR;
}

void option_count(struct reader *reader, const struct document_node *node, const char *what,
                  unsigned min, unsigned max)
{
  size_t count = node->type == DOCUMENT_SCALAR ? 1 : node->count; // see option_elements
  if (count >= min && count <= max)
    return;
  if (min == max)
    document_error(reader->errors, node, "expected %u %s, found %zu", min, what, count);
  else
    document_error(reader->errors, node, "expected %u to %u %s, found %zu", min, max, what, count);
}

void option_refuse(struct reader *reader, const struct document_node *node, const char *what,
                   const struct text_nearest *nearest)
{
  document_error(reader->errors, node, "expected %s, found %s%s", what, document_found(node).text,
                 nearest == NULL ? "" : text_suggestion(nearest).text);
}

void option_choice_add(char *choice, size_t size, const char *word, bool last)
{
  size_t used = strlen(choice);
  snprintf(choice + used, size - used, "%s%s", used == 0 ? "" : last ? " or " : ", ", word);
}

static void options_choice(const struct option *options, char *choice, size_t size)
{
  choice[0] = '\0';
  for (; options->key != NULL; options++)
    option_choice_add(choice, size, options->key, options[1].key == NULL);
}

static void unknown_key(struct reader *reader, const struct option *options,
                        const struct document_node *node)
{
  struct text_nearest nearest = {.text = node->key, .length = node->key_length};
  char known[CHOICE_SIZE];
  options_choice(options, known, sizeof(known));
  for (const struct option *option = options; option->key != NULL; option++)
    text_nearest_offer(&nearest, option->key);
  struct text_shown key = text_show(node->key, node->key_length);
  if (nearest.best != NULL)
    document_map_error(reader->errors, node, "unknown key '%s'%s", key.text,
                       text_suggestion(&nearest).text);
  else
    document_map_error(reader->errors, node, "unknown key '%s'; expected %s", key.text, known);
}

static bool is_option(const struct option *options, const struct document_node *node)
{
  for (; options->key != NULL; options++) {
    if (text_is(node->key, node->key_length, options->key))
      return true;
  }
  return false;
}

bool option_map(struct reader *reader, const struct option *options,
                const struct document_node *node, void *target)
{
  char known[CHOICE_SIZE];
  options_choice(options, known, sizeof(known));
  if (!option_is_map(reader, node, known))
    return false;
  for (size_t i = 0; i < node->count; i++) {
    if (!is_option(options, node->child[i]))
      unknown_key(reader, options, node->child[i]);
  }
  for (; options->key != NULL; options++) {
    const struct document_node *value = document_find(node, options->key);
    if (value != NULL)
      options->read(reader, options, value, (char *)target + options->offset);
    else if (options->required)
      document_key_error(reader->errors, node, "expected the key '%s', found none", options->key);
  }
  return true;
}

bool option_section(struct reader *reader, const struct option *option,
                    const struct document_node *node, void *field)
{
  return option_map(reader, option->options, node, field);
}

bool option_number(struct reader *reader, const struct option *option,
                   const struct document_node *node, void *field)
{
  char what[96];
  snprintf(what, sizeof(what), "%s%sa whole number from %u to %u",
           option->zero == NULL ? "" : option->zero, option->zero == NULL ? "" : " or ",
           option->min, option->max);
  unsigned *number = field;
  // Until it is known better: the widest, so that nothing that depends on it is refused as well.
  *number = option->max;
  if (!option_is_scalar(reader, node, what))
    return false;
  if (option->zero != NULL && text_is(node->text, node->length, option->zero)) {
    *number = 0;
    return true;
  }
  if (text_number(node->text, node->length, option->min, option->max, number))
    return true;
  struct text_nearest nearest = {.text = node->text, .length = node->length};
  if (option->zero != NULL)
    text_nearest_offer(&nearest, option->zero);
  option_refuse(reader, node, what, &nearest);
  return false;
}

bool option_bool(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field)
{
  // What other readers of YAML take for a truth value: understood, and answered with ours.
  static const struct {
    const char *word;
    const char *ours;
  } others[] = {{"yes", "true"}, {"on", "true"},   {"y", "true"},  {"1", "true"},
                {"no", "false"}, {"off", "false"}, {"n", "false"}, {"0", "false"}};

  if (!option_is_scalar(reader, node, "true or false"))
    return false;
  bool *value = field;
  *value = text_is(node->text, node->length, "true");
  if (*value || text_is(node->text, node->length, "false"))
    return true;
  struct text_nearest nearest = {.text = node->text, .length = node->length};
  text_nearest_offer(&nearest, "true");
  text_nearest_offer(&nearest, "false");
  for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
    if (node->length == strlen(others[i].word) &&
        strncasecmp(node->text, others[i].word, node->length) == 0)
      nearest.best = others[i].ours;
  }
  option_refuse(reader, node, "true or false", &nearest);
  return false;
}

bool option_word(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field)
{
  char what[CHOICE_SIZE] = "";
  for (const char *const *word = option->words; *word != NULL; word++)
    option_choice_add(what, sizeof(what), *word, word[1] == NULL);
  if (!option_is_scalar(reader, node, what))
    return false;
  struct text_nearest nearest = {.text = node->text, .length = node->length};
  for (unsigned i = 0; option->words[i] != NULL; i++) {
    if (text_is(node->text, node->length, option->words[i])) {
      memcpy(field, &i, sizeof(i)); // the enumerations count as the words do
      return true;
    }
    text_nearest_offer(&nearest, option->words[i]);
  }
  option_refuse(reader, node, what, &nearest);
  return false;
}

bool option_name(struct reader *reader, const struct option *option,
                 const struct document_node *node, void *field)
{
  char what[96];
  snprintf(what, sizeof(what), "1 to %d letters, digits or '_'%s%s%s", CONFIG_NAME_MAX,
           option->extra[0] == '\0' ? "" : " or '", option->extra,
           option->extra[0] == '\0' ? "" : "'");
  if (!option_is_scalar(reader, node, what))
    return false;
  if (!text_is_name(node->text, node->length, option->extra)) {
    option_refuse(reader, node, what, NULL);
    return false;
  }
  memcpy(field, node->text, node->length + 1);
  return true;
}
