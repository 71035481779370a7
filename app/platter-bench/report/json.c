// SPDX-License-Identifier: BSD-3-Clause
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/file.h"

int report_write_json(const json_t *report, const char *path, char *error, size_t size)
{
  char *text = report_whole(report) ? json_dumps(report, JSON_INDENT(1)) : NULL;
  if (text == NULL) {
    snprintf(error, size, "cannot write %s: the report is not whole, memory ran out", path);
    return -ENOMEM;
  }
  size_t length = strlen(text);
  text[length] = '\n'; // in place of the NUL: files of text end so
  int status = file_write(path, text, length + 1, error, size);
  free(text);
  return status;
}
