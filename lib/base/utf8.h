// SPDX-License-Identifier: BSD-3-Clause
// Text of any bytes as JSON, which only knows UTF-8: names of files and messages may hold anything.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

// A new string of these bytes. What is no UTF-8 is shown with '?' in place of each byte that is not
// ASCII. NULL where there is no memory.
json_t *utf8_string(const char *bytes);

#ifdef __cplusplus
}
#endif
#endif
