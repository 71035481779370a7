// SPDX-License-Identifier: BSD-3-Clause
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/console.h"
#include "command.h"
#include "control/forwarding.h"
#include "control/plan.h"
#include "control/slots.h"
#include "ports/device/check.h"
#include "show.h"

static struct layout *layout_of(const struct config *config, bool stand_ins,
                                struct config_errors *errors)
{
  static struct plan plan;
  static struct forwarding forwarding;
  const struct config_place none = {0};
  char error[512];

  forwarding_make(&forwarding, config, false);
  if (!slots_check(config, &forwarding, error, sizeof(error))) {
    config_error_add(errors, config->rules[0].place, "rules: %s", error);
    return NULL;
  }
  plan_make(&plan, config, stand_ins);
  struct layout *layout = plan_layout_guess(&plan, config, &forwarding, error, sizeof(error));
  if (layout == NULL && config->n_assign > 0)
    config_error_add(errors, config->assign[0].place, "workers.assign: %s", error);
  else if (layout == NULL)
    config_error_add(errors, none, "workers: %s", error);
  return layout;
}

struct layout *guess_layout(const struct config *config, bool stand_ins)
{
  struct config_errors errors = {0};
  struct layout *layout = layout_of(config, stand_ins, &errors);
  config_errors_print(&errors, config->file, stderr);
  config_errors_free(&errors);
  return layout;
}

struct config *read_config(const char *path, struct layout **layout, struct config_errors *errors)
{
  size_t n_kinds;
  const struct config_kind *kinds = forward_kinds(&n_kinds);
  struct config *config = config_load(path, kinds, n_kinds, errors);
  *layout = NULL;
  if (config != NULL)
    devices_check(config, errors);
  if (config != NULL && errors->count == 0)
    *layout = layout_of(config, false, errors);
  if (*layout != NULL)
    return config;
  config_free(config);
  return NULL;
}

struct config *load_config(const char *path)
{
  struct config_errors errors = {0};
  struct layout *layout;
  struct config *config = read_config(path, &layout, &errors);
  config_errors_print(&errors, path, stderr);
  config_errors_free(&errors);
  layout_free(layout);
  return config;
}

int start_console(void)
{
  int status = console_start();
  if (status != 0)
    fprintf(stderr, "platter: cannot start the thread that writes output: %s\n", strerror(-status));
  return status;
}

void leave(enum status_code status)
{
  console_finish();
  _exit(status);
}

void print_layout(const struct layout *layout, bool json)
{
  if (!json) {
    layout_print(layout, stdout);
    show_notes(layout, stdout);
    putchar('\n');
    return;
  }
  for (unsigned i = 0; i < layout->n_notes; i++)
    fprintf(stderr, "platter: warning: %s\n", layout->notes[i]);
}

void print_warnings(struct notes *warnings)
{
  for (size_t i = 0; i < warnings->count; i++)
    fprintf(stderr, "platter: warning: %s\n", warnings->text[i]);
  if (warnings->lost > 0)
    fprintf(stderr, "platter: warning: %zu warnings are lost: out of memory\n", warnings->lost);
  notes_free(warnings);
}
