// SPDX-License-Identifier: BSD-3-Clause
#include "config/yaml_problem.h"

#include <stdbool.h>
#include <string.h>

// libyaml's words, and ours. Where `context` is not NULL, libyaml says where that began.
static const struct {
  const char *context;
  const char *problem;
  const char *words;
} known[] = {
    {NULL, "mapping values are not allowed in this context",
     "a ':' where no key can stand: the line is not indented as those it belongs to, or a value "
     "with ': ' in it lacks its quotes"},
    {NULL, "block sequence entries are not allowed in this context",
     "a '-' where no entry of a list can stand: entries of one list begin in the same column"},
    {"while scanning a simple key", "could not find expected ':'", "expected a ':' behind the key"},
    {"while parsing a block mapping", "did not find expected key",
     "wrong indentation: keys of one map begin in the same column"},
    {"while parsing a block collection", "did not find expected '-' indicator",
     "wrong indentation: entries of one list begin in the same column"},
    {"while parsing a flow mapping", "did not find expected ',' or '}'",
     "expected ',' or '}' in a map in braces"},
    {"while parsing a flow sequence", "did not find expected ',' or ']'",
     "expected ',' or ']' in a list in brackets"},
    {"while scanning a quoted scalar", "found unexpected end of stream", "a quote is not closed"},
};

static struct config_place place_of(yaml_mark_t mark)
{
  return (struct config_place){.line = (int)mark.line + 1, .column = (int)mark.column + 1};
}

static bool continues(char byte) // the middle of a character of UTF-8
{
  return (byte & 0xc0) == 0x80;
}

// libyaml gives an offset instead of a mark where it cannot decode the text.
static struct config_place place_of_offset(const char *text, size_t length, size_t offset)
{
  struct config_place place = {.line = 1, .column = 1};
  for (size_t i = 0; i < offset && i < length; i++) {
    if (text[i] == '\n') {
      place.line++;
      place.column = 1;
    } else if (!continues(text[i])) {
      place.column++;
    }
  }
  return place;
}

// The byte at a mark, which counts characters; 0 behind the end.
static char byte_at(const char *text, size_t length, yaml_mark_t mark)
{
  size_t i = 0;
  for (size_t characters = 0; i < length; i++) {
    characters += !continues(text[i]);
    if (characters > mark.index)
      return text[i];
  }
  return '\0';
}

static bool is(const char *words, const char *wanted)
{
  return wanted == NULL ? words == NULL : words != NULL && strcmp(words, wanted) == 0;
}

static const char *words_for(const yaml_parser_t *parser)
{
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
    if (is(parser->problem, known[i].problem) &&
        (known[i].context == NULL || is(parser->context, known[i].context)))
      return known[i].words;
  return NULL;
}

static bool is_bad_character(const yaml_parser_t *parser)
{
  return is(parser->problem, "found character that cannot start any token") ||
         is(parser->problem, "found a tab character that violates indentation");
}

void yaml_problem_add(const yaml_parser_t *parser, const char *text, size_t length,
                      struct config_errors *errors)
{
  const char *problem = parser->problem == NULL ? "unknown problem" : parser->problem;
  struct config_place place = place_of(parser->problem_mark);
  char byte = byte_at(text, length, parser->problem_mark);
  const char *words = words_for(parser);

  if (parser->error == YAML_READER_ERROR)
    config_error_add(errors, place_of_offset(text, length, parser->problem_offset),
                     "expected printable text in UTF-8: %s", problem);
  else if (is_bad_character(parser) && byte == '\t')
    config_error_add(errors, place, "not valid YAML: a tab: lines are indented with spaces only");
  else if (is_bad_character(parser) && byte != '\0')
    config_error_add(errors, place,
                     "not valid YAML: no value begins with '%c' unless it stands in quotes", byte);
  else if (words != NULL && parser->context != NULL)
    config_error_add(errors, place, "not valid YAML: %s (it began on line %zu, in column %zu)",
                     words, parser->context_mark.line + 1, parser->context_mark.column + 1);
  else if (words != NULL)
    config_error_add(errors, place, "not valid YAML: %s", words);
  else if (parser->context != NULL)
    config_error_add(errors, place, "not valid YAML: %s (from line %zu): %s", parser->context,
                     parser->context_mark.line + 1, problem);
  else
    config_error_add(errors, place, "not valid YAML: %s", problem);
}
