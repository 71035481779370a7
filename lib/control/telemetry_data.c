// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry_data.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void data_number(struct rte_tel_data *data, const char *name, uint64_t value)
{
  rte_tel_data_add_dict_u64(data, name, value);
}

void data_signed(struct rte_tel_data *data, const char *name, int64_t value)
{
  if (value >= 0)
    data_number(data, name, value);
  else if (value >= INT32_MIN)
    rte_tel_data_add_dict_int(data, name, (int)value);
  else
    data_text(data, name, "%" PRId64, value);
}

void data_text(struct rte_tel_data *data, const char *name, const char *format, ...)
{
  char text[RTE_TEL_MAX_STRING_LEN];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof(text), format, args);
  va_end(args);
  // DPDK 22.11 takes a byte over 127 for a control character (telemetry_json.h: char is signed).
  for (char *c = text; *c != '\0'; c++)
    if ((unsigned char)*c >= 0x80)
      *c = '?';
  rte_tel_data_add_dict_string(data, name, text);
}

struct rte_tel_data *data_dict(struct rte_tel_data *data, const char *name)
{
  struct rte_tel_data *inner = rte_tel_data_alloc();
  if (inner == NULL)
    return NULL;
  rte_tel_data_start_dict(inner);
  if (rte_tel_data_add_dict_container(data, name, inner, 0) == 0)
    return inner;
  rte_tel_data_free(inner);
  return NULL;
}
