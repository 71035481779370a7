// SPDX-License-Identifier: BSD-3-Clause
#include "report/report.h"

#include <errno.h>

#include "report/file.h"

int report_check_files(const char *json, const char *html, char *error, size_t size)
{
  int status = json != NULL ? file_check(json, error, size) : 0;
  return status == 0 && html != NULL ? file_check(html, error, size) : status;
}

int report_publish(const json_t *report, const char *json, const char *html, char *error,
                   size_t size)
{
  if (!report_whole(report)) {
    snprintf(error, size, "no memory for the report");
    return -ENOMEM;
  }
  report_print(report, stdout);
  int status = json != NULL ? report_write_json(report, json, error, size) : 0;
  return status == 0 && html != NULL ? report_write_html(report, html, error, size) : status;
}
