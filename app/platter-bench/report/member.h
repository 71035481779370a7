// SPDX-License-Identifier: BSD-3-Clause
// Reading a report: a member that is not there, or is null, is an empty text.
#ifndef BENCH_REPORT_MEMBER_H
#define BENCH_REPORT_MEMBER_H

#include <jansson.h>

static inline const char *member_text(const json_t *object, const char *key)
{
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

#endif
