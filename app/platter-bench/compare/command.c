// SPDX-License-Identifier: BSD-3-Clause
// platter-bench compare: two reports side by side.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/notes.h"
#include "base/text.h"
#include "bench.h"
#include "compare/compare.h"
#include "report/member.h"
#include "report/report.h"

struct compare_options {
  const char *json, *html;
};

static enum status_code take_option(const struct command *command, void *options, int option,
                                    const char *value)
{
  struct compare_options *o = options;
  (void)command;
  *(option == 'j' ? &o->json : &o->html) = value;
  return STATUS_OK;
}

static json_t *read_report(const char *path, char *error, size_t size)
{
  json_error_t why;
  json_t *report = json_load_file(path, 0, &why);
  struct text_shown shown = text_show(path, strlen(path));
  if (report == NULL) {
    fail(error, size, -EINVAL, "%s: %s (line %d)", shown.text, why.text, why.line);
  } else if (!json_is_array(json_object_get(report, "figures"))) {
    json_decref(report);
    report = NULL;
    fail(error, size, -EINVAL, "%s is no report with figures, as throughput --json writes it",
         shown.text);
  }
  return report;
}

static int compare_files(const char *const *path, const struct compare_options *o, char *error,
                         size_t size)
{
  json_t *report = report_new("compare", "What differs between two measurements");
  json_t *a = read_report(path[0], error, size);
  json_t *b = a != NULL ? read_report(path[1], error, size) : NULL;
  int status = b != NULL ? report_check_files(o->json, o->html, error, size) : -EINVAL;
  if (status == 0)
    status = compare_reports(report, a, b, error, size);
  if (status == 0)
    status = report_publish(report, o->json, o->html, error, size);
  json_decref(a);
  json_decref(b);
  json_decref(report);
  return status;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option known[] = {
      {"json", required_argument, NULL, 'j'}, {"html", required_argument, NULL, 'h'}, {0}};
  struct compare_options options = {0};
  char error[1024] = "";
  if (argc < 3 || argv[1][0] == '-' || argv[2][0] == '-')
    return usage_error(command, "it takes two reports first: FIRST.json SECOND.json");
  const char *const paths[] = {argv[1], argv[2]};
  enum status_code status = options_take(command, argc - 2, argv + 2, known, take_option, &options);
  if (status != STATUS_OK)
    return status;
  if (compare_files(paths, &options, error, sizeof(error)) == 0)
    return STATUS_OK;
  fprintf(stderr, "platter-bench: %s\n", error);
  return STATUS_FAILED;
}

const struct command command_compare = {
    .name = "compare",
    .summary = "which figures of two reports differ by more than their spread",
    .help = "Usage: platter-bench compare FIRST.json SECOND.json [OPTIONS]\n"
            "\n"
            "Puts two reports of throughput (--json) side by side, figure by figure, and says\n"
            "which differ by more than the repetitions of each do among themselves. What was\n"
            "not repeated is compared, but nothing is concluded from it; nor from a rate that\n"
            "is a lower limit, because the instrument could not send more.\n"
            "\n"
            "  --json FILE       the comparison, for programs\n"
            "  --html FILE       one page that needs no network\n"
            "\n"
            "Exit status: 1 they cannot be compared.\n"
            "\n"
            "Example: platter-bench compare before.json after.json\n",
    .run = run,
};
