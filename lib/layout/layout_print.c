// SPDX-License-Identifier: BSD-3-Clause
// The table for people. Each worker has three lists; they stand side by side where the longest
// entries leave room for that in 80 columns, and below one another where they do not.
#include <stdlib.h>
#include <string.h>

#include "layout/layout.h"

enum { COLUMNS = 80, GAP = 2, LISTS = 3, NUMBERS_WIDTH = 14, LABEL_WIDTH = 14 };

static const char *const titles[LISTS] = {"receives", "transmits", "hands over"};

const char *layout_kind_name(enum layout_kind kind)
{
  static const char *const names[] = {"pipeline", "run-to-completion", "explicit"};
  return names[kind];
}

static void write_queues(const struct layout *layout, const struct layout_queue *queues, unsigned n,
                         FILE *out)
{
  for (unsigned i = 0; i < n; i++)
    fprintf(out, "%s%s/%u", i > 0 ? ", " : "", layout->ports[queues[i].port].name, queues[i].queue);
}

static void write_handoffs(const struct layout *layout, unsigned worker, FILE *out)
{
  const char *separator = "";
  for (unsigned h = 0; h < layout->n_handoffs; h++) {
    const struct layout_handoff *handoff = &layout->handoffs[h];
    if (handoff->from != worker)
      continue;
    fprintf(out, "%s%s to worker %u", separator, layout->ports[handoff->port].name, handoff->to);
    separator = ", ";
  }
}

// One list as text, entries separated by ", "; "-" where it is empty. NULL without memory.
static char *format_list(const struct layout *layout, unsigned w, unsigned list)
{
  const struct layout_worker *worker = &layout->workers[w];
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL)
    return NULL;
  if (list == 0)
    write_queues(layout, worker->rx, worker->n_rx, out);
  else if (list == 1)
    write_queues(layout, worker->tx, worker->n_tx, out);
  else
    write_handoffs(layout, w, out);
  if (ftell(out) == 0)
    fputc('-', out);
  if (fclose(out) == 0)
    return text;
  free(text);
  return NULL;
}

// How many bytes of the list go on a line of `width`: whole entries, at least one.
static size_t fit(const char *text, size_t width)
{
  size_t length = strlen(text);
  if (length <= width)
    return length;
  size_t good = 0;
  for (const char *comma = strchr(text, ','); comma != NULL; comma = strchr(comma + 1, ',')) {
    size_t end = (size_t)(comma - text) + 1;
    if (good > 0 && end > width)
      break;
    good = end;
  }
  return good > 0 ? good : length;
}

// Writes one line's worth of the list, padded where another column follows, and moves *text on.
static void write_piece(const char **text, size_t width, bool pad, FILE *out)
{
  size_t n = fit(*text, width);
  fprintf(out, "%-*.*s", pad ? (int)width + GAP : 0, (int)n, *text);
  *text += n;
  *text += strspn(*text, " ");
}

static size_t longest_entry(const char *text)
{
  size_t longest = 0;
  while (*text != '\0') {
    size_t n = fit(text, 0);
    longest = n > longest ? n : longest;
    text += n;
    text += strspn(text, " ");
  }
  return longest;
}

// What the lists need at least and would like: the widths of the three columns.
struct widths {
  size_t least[LISTS];
  size_t wanted[LISTS];
};

static struct widths measure(const struct layout *layout, char *const *lists)
{
  struct widths widths;
  for (unsigned l = 0; l < LISTS; l++)
    widths.least[l] = widths.wanted[l] = strlen(titles[l]);
  for (unsigned i = 0; i < layout->n_workers * LISTS; i++) {
    size_t least = longest_entry(lists[i]);
    size_t wanted = strlen(lists[i]);
    if (least > widths.least[i % LISTS])
      widths.least[i % LISTS] = least;
    if (wanted > widths.wanted[i % LISTS])
      widths.wanted[i % LISTS] = wanted;
  }
  return widths;
}

// Gives what is left of the line to the columns that want more, from the left. False where even
// the longest entries do not fit side by side.
static bool share_line(const struct widths *widths, size_t *width)
{
  size_t used = NUMBERS_WIDTH + GAP * (LISTS - 1);
  for (unsigned l = 0; l < LISTS; l++)
    used += widths->least[l];
  if (used > COLUMNS)
    return false;
  size_t left = COLUMNS - used;
  for (unsigned l = 0; l < LISTS; l++) {
    size_t more = widths->wanted[l] - widths->least[l];
    more = more < left ? more : left;
    width[l] = widths->least[l] + more;
    left -= more;
  }
  return true;
}

// One line of the table: a piece of each list. Empty columns at the end leave no blanks.
static void write_row(const char **rest, const size_t *width, FILE *out)
{
  for (unsigned l = 0; l < LISTS; l++) {
    bool last = true;
    for (unsigned later = l + 1; later < LISTS; later++)
      last = last && *rest[later] == '\0';
    write_piece(&rest[l], width[l], !last, out);
    if (last)
      break;
  }
  fputc('\n', out);
}

static void print_columns(const struct layout *layout, char *const *lists, const size_t *width,
                          FILE *out)
{
  const char *head[LISTS] = {titles[0], titles[1], titles[2]};
  fprintf(out, "%-*s%-*s", NUMBERS_WIDTH - 6, "worker", 6, "core");
  write_row(head, width, out);
  for (unsigned w = 0; w < layout->n_workers; w++) {
    const char *rest[LISTS];
    for (unsigned l = 0; l < LISTS; l++)
      rest[l] = lists[w * LISTS + l];
    fprintf(out, "%-*u%-*u", NUMBERS_WIDTH - 6, w, 6, layout->workers[w].cpu);
    write_row(rest, width, out);
    while (*rest[0] != '\0' || *rest[1] != '\0' || *rest[2] != '\0') {
      fprintf(out, "%*s", NUMBERS_WIDTH, "");
      write_row(rest, width, out);
    }
  }
}

static void print_stacked(const struct layout *layout, char *const *lists, FILE *out)
{
  for (unsigned w = 0; w < layout->n_workers; w++) {
    fprintf(out, "%sworker %u, core %u\n", w > 0 ? "\n" : "", w, layout->workers[w].cpu);
    for (unsigned l = 0; l < LISTS; l++) {
      const char *rest = lists[w * LISTS + l];
      fprintf(out, "  %-*s", LABEL_WIDTH - 2, titles[l]);
      write_piece(&rest, COLUMNS - LABEL_WIDTH, false, out);
      while (*rest != '\0') {
        fprintf(out, "\n%*s", LABEL_WIDTH, "");
        write_piece(&rest, COLUMNS - LABEL_WIDTH, false, out);
      }
      fputc('\n', out);
    }
  }
}

static void print_lists(const struct layout *layout, char *const *lists, FILE *out)
{
  size_t width[LISTS];
  struct widths widths = measure(layout, lists);
  if (share_line(&widths, width))
    print_columns(layout, lists, width, out);
  else
    print_stacked(layout, lists, out);
}

bool layout_print(const struct layout *layout, FILE *out)
{
  fprintf(out, "layout: %s, %u worker%s, %u port%s, %u handoff%s\n\n",
          layout_kind_name(layout->kind), layout->n_workers, layout->n_workers == 1 ? "" : "s",
          layout->n_ports, layout->n_ports == 1 ? "" : "s", layout->n_handoffs,
          layout->n_handoffs == 1 ? "" : "s");
  unsigned n = layout->n_workers * LISTS;
  char **lists = calloc(n, sizeof(*lists));
  bool complete = lists != NULL;
  for (unsigned i = 0; lists != NULL && i < n; i++) {
    lists[i] = format_list(layout, i / LISTS, i % LISTS);
    complete = complete && lists[i] != NULL;
  }
  if (complete)
    print_lists(layout, lists, out);
  for (unsigned i = 0; lists != NULL && i < n; i++)
    free(lists[i]);
  free(lists);
  return complete;
}
