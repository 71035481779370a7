// SPDX-License-Identifier: BSD-3-Clause
// A report's figures as RFC 4180 has tables: a line of names, then one for each.
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/file.h"
#include "report/member.h"

static void put_text(const char *text, FILE *out)
{
  fputc('"', out);
  for (; *text != '\0'; text++) {
    if (*text == '"')
      fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void put_figure(const json_t *figure, FILE *out)
{
  static const char *const texts[] = {"of", "what", "unit"};
  static const char *const numbers[] = {"value", "low", "high", "count"};
  for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
    put_text(member_text(figure, texts[i]), out);
    fputc(',', out);
  }
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
    const json_t *number = json_object_get(figure, numbers[i]);
    if (json_is_number(number)) // else the field is empty
      fprintf(out, "%.9g", json_number_value(number));
    fputc(i + 1 < sizeof(numbers) / sizeof(*numbers) ? ',' : '\n', out);
  }
}

int report_write_csv(const json_t *report, const char *path, char *error, size_t size)
{
  char *table = NULL;
  size_t length, i;
  json_t *figure;
  FILE *out = report_whole(report) ? open_memstream(&table, &length) : NULL;
  int status = -ENOMEM;
  bool whole = out != NULL;
  if (whole) {
    fputs("of,what,unit,value,low,high,count\n", out);
    json_array_foreach(json_object_get(report, "figures"), i, figure)
    {
      put_figure(figure, out);
    }
    whole = !ferror(out);
    whole = fclose(out) == 0 && whole;
  }
  if (whole)
    status = file_write(path, table, length, error, size);
  else
    snprintf(error, size, "cannot write %s: the report is not whole, memory ran out", path);
  free(table);
  return status;
}
