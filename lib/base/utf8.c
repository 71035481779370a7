// SPDX-License-Identifier: BSD-3-Clause
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

json_t *utf8_string(const char *bytes)
{
  json_t *string = json_string(bytes);
  if (string != NULL)
    return string;
  char *ascii = strdup(bytes);
  for (char *c = ascii; c != NULL && *c != '\0'; c++)
    if ((unsigned char)*c >= 0x80)
      *c = '?';
  string = ascii != NULL ? json_string(ascii) : NULL;
  free(ascii);
  return string;
}
