// SPDX-License-Identifier: BSD-3-Clause
// The widths: each column is as wide as its widest cell, or, where they do not fit side by side,
// the widest of them give way down to their longest word. Columns that even so find no room go to a
// further block, behind the columns that say what a row is (the key), once more.
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "cli/wrap.h"
#include "report/cell.h"
#include "report/member.h"

enum { GAP = 2, WORD_MAX = 30, KEYS_MAX = 2, CELL_SIZE = 512 };

struct column {
  unsigned least, width;
  bool right;     // numbers
  bool measured;  // not all of them texts or counts
  const char *at; // what is left of the cell being printed
};

struct grid {
  size_t columns, rows; // the first row is the heading
  char (*cell)[CELL_SIZE];
  struct column *column;
};

static char *cell(const struct grid *grid, size_t row, size_t column)
{
  return grid->cell[row * grid->columns + column];
}

static void fill_heading(const struct grid *grid, const json_t *columns)
{
  size_t c;
  json_t *column;
  json_array_foreach(columns, c, column)
  {
    const char *unit = member_text(column, "unit");
    bool stated = *unit != '\0' && !cell_unit_inside(unit);
    snprintf(cell(grid, 0, c), CELL_SIZE, "%s%s%s", member_text(column, "name"), stated ? ", " : "",
             stated ? unit : "");
  }
}

static void fill_row(const struct grid *grid, const json_t *columns, const json_t *row, size_t r)
{
  for (size_t c = 0; c < grid->columns; c++) {
    const json_t *value = json_array_get(row, c);
    cell_text(value, member_text(json_array_get(columns, c), "unit"), cell(grid, r, c), CELL_SIZE);
    grid->column[c].right |= json_is_number(value) || json_is_object(value);
    grid->column[c].measured |= !json_is_string(value) && !json_is_integer(value);
  }
}

static void fill(const struct grid *grid, const json_t *columns, const json_t *rows)
{
  size_t r;
  json_t *row;
  fill_heading(grid, columns);
  json_array_foreach(rows, r, row)
  {
    fill_row(grid, columns, row, r + 1);
  }
}

static unsigned at_most(unsigned value, unsigned most)
{
  return value < most ? value : most;
}

// A heading widens its column by its longest word only.
static void measure(const struct grid *grid, unsigned width)
{
  for (size_t c = 0; c < grid->columns; c++) {
    struct column *column = &grid->column[c];
    for (size_t r = 0; r < grid->rows; r++) {
      const char *text = cell(grid, r, c);
      unsigned word = at_most(wrap_longest_word(text), WORD_MAX);
      unsigned whole = r == 0 ? word : at_most(wrap_width(text, strlen(text)), width);
      column->least = word > column->least ? word : column->least;
      column->width = whole > column->width ? whole : column->width;
    }
  }
}

static size_t keys_of(const struct grid *grid)
{
  size_t keys = 0;
  while (keys < KEYS_MAX && keys + 1 < grid->columns && !grid->column[keys].measured)
    keys++;
  return keys > 0 ? keys : 1;
}

static bool in_block(size_t column, size_t keys, size_t first, size_t end)
{
  return column < keys || (column >= first && column < end);
}

static unsigned total(const struct grid *grid, size_t keys, size_t first, size_t end, bool least)
{
  unsigned sum = 0;
  for (size_t c = 0; c < grid->columns; c++)
    if (in_block(c, keys, first, end))
      sum += (least ? grid->column[c].least : grid->column[c].width) + GAP;
  return sum - GAP;
}

static void shrink(const struct grid *grid, size_t keys, size_t first, size_t end, unsigned width)
{
  while (total(grid, keys, first, end, false) > width) {
    struct column *widest = NULL;
    for (size_t c = 0; c < grid->columns; c++) {
      struct column *column = &grid->column[c];
      if (in_block(c, keys, first, end) && column->width > column->least &&
          (widest == NULL || column->width > widest->width))
        widest = column;
    }
    if (widest == NULL)
      return;
    widest->width--;
  }
}

// One line of a row. Returns whether any cell has more.
static bool print_line(const struct grid *grid, size_t keys, size_t first, size_t end, FILE *out)
{
  bool more = false;
  unsigned spaces = 0; // put only where something follows
  for (size_t c = 0; c < grid->columns; c++) {
    struct column *column = &grid->column[c];
    if (!in_block(c, keys, first, end))
      continue;
    const char *line = column->at;
    size_t bytes = wrap_line(&column->at, column->width);
    unsigned pad = column->width - wrap_width(line, bytes);
    if (bytes > 0) {
      fprintf(out, "%*s", (int)(spaces + (column->right ? pad : 0)), "");
      wrap_put(line, bytes, out);
      spaces = (column->right ? 0 : pad) + GAP;
    } else {
      spaces += column->width + GAP;
    }
    more |= *column->at != '\0';
  }
  putc('\n', out);
  return more;
}

static void print_rule(const struct grid *grid, size_t keys, size_t first, size_t end, FILE *out)
{
  for (unsigned n = total(grid, keys, first, end, false); n > 0; n--)
    fputs("─", out);
  putc('\n', out);
}

// Where rows that begin alike stand together: whether this one begins otherwise than the last.
static bool new_group(const struct grid *grid, size_t row)
{
  bool grouped = false;
  for (size_t r = 2; r < grid->rows; r++)
    grouped |= strcmp(cell(grid, r, 0), cell(grid, r - 1, 0)) == 0;
  return grouped && row > 1 && strcmp(cell(grid, row, 0), cell(grid, row - 1, 0)) != 0;
}

static void print_block(const struct grid *grid, size_t keys, size_t first, size_t end, FILE *out)
{
  for (size_t r = 0; r < grid->rows; r++) {
    for (size_t c = 0; c < grid->columns; c++)
      grid->column[c].at = cell(grid, r, c);
    if (new_group(grid, r))
      putc('\n', out);
    while (print_line(grid, keys, first, end, out))
      ;
    if (r == 0)
      print_rule(grid, keys, first, end, out);
  }
}

static void print_grid(const struct grid *grid, unsigned width, FILE *out)
{
  size_t keys = keys_of(grid);
  for (size_t first = keys, end; first < grid->columns || first == keys; first = end) {
    end = first < grid->columns ? first + 1 : first;
    while (end < grid->columns && total(grid, keys, first, end + 1, true) <= width)
      end++;
    if (first > keys)
      putc('\n', out);
    shrink(grid, keys, first, end, width);
    print_block(grid, keys, first, end, out);
    if (end == first) // nothing but keys
      return;
  }
}

void table_print(const json_t *table, unsigned width, FILE *out)
{
  const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");
  struct grid grid = {.columns = json_array_size(columns), .rows = json_array_size(rows) + 1};
  if (grid.columns == 0)
    return;
  grid.cell = calloc(grid.rows * grid.columns, sizeof(*grid.cell));
  grid.column = calloc(grid.columns, sizeof(*grid.column));
  if (grid.cell != NULL && grid.column != NULL) {
    fill(&grid, columns, rows);
    measure(&grid, width);
    print_grid(&grid, width, out);
  } else {
    fputs("(no memory left to lay this table out)\n", out);
  }
  free(grid.cell);
  free(grid.column);
}
