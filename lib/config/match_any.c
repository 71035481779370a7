// SPDX-License-Identifier: BSD-3-Clause
// `match_any` of a rule: addresses and networks, in the configuration itself (`list`) or one a line
// in a file of their own (`file`), where '#' begins a comment.
#include "config/sections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 }; // bytes of a line of a file; a comment may be long

static const char what[] = "an address or a network such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";

// Whether all bits behind the prefix's own are 0.
static bool is_network(const struct config_prefix *prefix)
{
  for (unsigned bit = prefix->bits; bit < sizeof(prefix->address) * 8; bit++)
    if (prefix->address[bit / 8] >> (7 - bit % 8) & 1)
      return false;
  return true;
}

// Reads one. Returns what else was expected, or NULL.
static const char *prefix_read(const char *text, size_t length, struct config_prefix *prefix)
{
  char address[INET6_ADDRSTRLEN];
  const char *slash = memchr(text, '/', length);
  size_t n = slash != NULL ? (size_t)(slash - text) : length;
  unsigned bits;

  *prefix = (struct config_prefix){0};
  if (n >= sizeof(address) || memchr(text, '\0', n) != NULL)
    return what;
  memcpy(address, text, n);
  address[n] = '\0';
  prefix->ipv6 = strchr(address, ':') != NULL;
  if (inet_pton(prefix->ipv6 ? AF_INET6 : AF_INET, address, prefix->address) != 1)
    return what;
  bits = prefix->ipv6 ? 128 : 32;
  if (slash != NULL && !text_number(slash + 1, length - n - 1, 0, bits, &bits))
    return prefix->ipv6 ? "a length from 0 to 128 behind '/'" : "a length from 0 to 32 behind '/'";
  prefix->bits = (uint8_t)bits;
  return is_network(prefix) ? NULL : "a network whose bits behind its length are 0";
}

// The next place in the array, which grows when the count is a power of two; NULL: no memory.
static struct config_prefix *next(struct config_match_any *any)
{
  if ((any->count & (any->count - 1)) == 0) {
    size_t room = any->count == 0 ? 1 : any->count * 2;
    struct config_prefix *longer = realloc(any->prefix, room * sizeof(*longer));
    if (longer == NULL)
      return NULL;
    any->prefix = longer;
  }
  return &any->prefix[any->count];
}

static bool list_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  struct config_match_any *any = field;
  struct option_elements list;
  bool good = option_elements(reader, node, "addresses", &list);
  if (!good)
    return false;
  option_count(reader, node, "addresses", 1, CONFIG_PREFIXES_MAX);
  for (size_t i = 0; i < list.count; i++) {
    const struct document_node *entry = list.child[i];
    struct config_prefix *prefix = next(any);
    if (prefix == NULL) {
      document_error(reader->errors, node, "out of memory");
      return false;
    }
    if (!option_is_scalar(reader, entry, what))
      continue;
    const char *expected = prefix_read(entry->text, entry->length, prefix);
    if (expected == NULL)
      any->count++;
    else
      option_refuse(reader, entry, expected, NULL);
  }
  return good;
}

// One line of a file. False: nothing more can be read.
static bool line_read(struct reader *reader, const struct document_node *node, char *line,
                      size_t length, size_t number, struct config_match_any *any)
{
  static const char blank[] = " \t\r\n";
  char *comment = memchr(line, '#', length);
  length = comment != NULL ? (size_t)(comment - line) : length;
  while (length > 0 && strchr(blank, line[length - 1]) != NULL && line[length - 1] != '\0')
    length--;
  size_t start = 0;
  while (start < length && line[start] != '\0' && strchr(blank, line[start]) != NULL)
    start++;
  if (start == length)
    return true;
  if (any->count == CONFIG_PREFIXES_MAX) {
    document_error(reader->errors, node, "%s: expected at most %d addresses and networks",
                   node->text, CONFIG_PREFIXES_MAX);
    return false;
  }
  struct config_prefix *prefix = next(any);
  if (prefix == NULL) {
    document_error(reader->errors, node, "out of memory");
    return false;
  }
  const char *expected = prefix_read(line + start, length - start, prefix);
  if (expected == NULL)
    any->count++;
  else
    document_error(reader->errors, node, "%s:%zu: expected %s, found '%s'", node->text, number,
                   expected, text_show(line + start, length - start).text);
  return true;
}

static void lines_read(struct reader *reader, const struct document_node *node, FILE *in,
                       struct config_match_any *any)
{
  char line[LINE_SIZE];
  bool more = true;
  for (size_t number = 1; more && fgets(line, sizeof(line), in) != NULL; number++) {
    // fgets stops at a newline, and says nothing of a NUL: one before it ends the text.
    size_t length = strlen(line);
    bool whole = length > 0 && line[length - 1] == '\n';
    more = line_read(reader, node, line, length, number, any);
    if (!whole && !feof(in)) {
      document_error(reader->errors, node, "%s:%zu: expected text in lines of less than %d bytes",
                     node->text, number, LINE_SIZE);
      return;
    }
  }
  if (ferror(in))
    document_error(reader->errors, node, "%s: cannot read the file: %s", node->text,
                   strerror(errno));
  else if (more && any->count == 0)
    document_error(reader->errors, node, "%s: expected addresses, found none", node->text);
}

static bool file_read(struct reader *reader, const struct option *option,
                      const struct document_node *node, void *field)
{
  static const char file[] = "the name of a file with an address or a network in each line";
  struct stat stat;
  if (!option_is_scalar(reader, node, file))
    return false;
  if (node->length == 0 || strlen(node->text) != node->length) {
    option_refuse(reader, node, file, NULL);
    return false;
  }
  int fd = open(node->text, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // else a FIFO would hold it up
  FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
  if (in == NULL) {
    document_error(reader->errors, node, "%s: cannot open: %s", node->text, strerror(errno));
    if (fd >= 0)
      close(fd);
    return false;
  }
  if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
    document_error(reader->errors, node, "%s: expected an ordinary file", node->text);
  else
    lines_read(reader, node, in, field);
  fclose(in);
  return true;
}

static const char *const field_words[] = {"src", "dst", "either", NULL};

static const struct option match_any_options[] = {
    {"field", option_word, offsetof(struct config_match_any, field), .required = true,
     .words = field_words},
    {"list", list_read},
    {"file", file_read},
    {NULL},
};

bool config_match_any_read(struct reader *reader, const struct option *option,
                           const struct document_node *node, void *field)
{
  if (!option_map(reader, match_any_options, node, field))
    return false;
  const struct document_node *file = document_find(node, "file");
  bool list = document_find(node, "list") != NULL;
  if (file == NULL && !list)
    document_key_error(reader->errors, node, "expected the key 'list' or 'file', found neither");
  else if (file != NULL && list)
    document_key_error(reader->errors, file, "expected either 'list' or 'file', found both");
  return true;
}
