// SPDX-License-Identifier: BSD-3-Clause
#include "arguments.h"

#include <string.h>

#include "base/text.h"
#include "report/stats.h"

enum status_code options_take(const struct command *command, int argc, char **argv,
                              const struct option *known, option_take *take, void *options)
{
  int option;
  while ((option = getopt_long(argc, argv, ":", known, NULL)) != -1) {
    if (option == '?' || option == ':')
      return option_error(command, option, argv);
    enum status_code status = take(command, options, option, optarg);
    if (status != STATUS_OK)
      return status;
  }
  if (optind != argc)
    return usage_error(command, "it takes options only, found '%s'",
                       text_show(argv[optind], strlen(argv[optind])).text);
  return STATUS_OK;
}

const char *list_take(const char *list, word_take *take, void *options)
{
  for (;;) {
    size_t length = strcspn(list, ",");
    if (!take(options, list, length))
      return list;
    if (list[length] == '\0')
      return NULL;
    list += length + 1;
  }
}

enum status_code list_option(const struct command *command, const char *option,
                             const char *expected, const char *list, word_take *take, void *options)
{
  const char *word = list_take(list, take, options);
  if (word == NULL)
    return STATUS_OK;
  return usage_error(command, "%s: expected %s, found '%s'", option, expected,
                     text_show(word, strcspn(word, ",")).text);
}

enum status_code repeat_option(const struct command *command, const char *value, unsigned *repeat)
{
  if (text_number(value, strlen(value), 1, SAMPLES_MAX, repeat))
    return STATUS_OK;
  return usage_error(command, "--repeat: expected 1 to %d, found '%s'", SAMPLES_MAX,
                     text_show(value, strlen(value)).text);
}
