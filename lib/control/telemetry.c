// SPDX-License-Identifier: BSD-3-Clause
#include "control/telemetry.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_version.h>

#include "control/telemetry_commands.h"
#include "control/telemetry_data.h"
#include "control/telemetry_server.h"
#include "host/runtime_directory.h"

static json_t *list(const struct appliance *a, const char *parameter);
static json_t *help(const struct appliance *a, const char *parameter);

static json_t *about(void)
{
  return json_pack("{s:s, s:i, s:i}", "version", rte_version(), "pid", (int)getpid(),
                   "max_output_len", TELEMETRY_REPLY_MAX);
}

static json_t *info(const struct appliance *a, const char *parameter)
{
  return about();
}

// Those of every DPDK program; then DPDK's libraries', then platter's.
static const struct telemetry_command general[] = {
    {"/", "All commands. No parameter", TELEMETRY_NONE, list},
    {"/help", "What a command is for. Parameter: the command", TELEMETRY_NEEDED, help},
    {"/info", "DPDK's version, the process, the longest reply. No parameter", TELEMETRY_NONE, info},
};

static const struct telemetry_commands *const groups[] = {
    &(const struct telemetry_commands){general, RTE_DIM(general)},
    &telemetry_dpdk,
    &telemetry_platter,
};

static const struct telemetry_command *find(const char *name)
{
  for (unsigned g = 0; g < RTE_DIM(groups); g++)
    for (unsigned i = 0; i < groups[g]->count; i++)
      if (strcmp(groups[g]->command[i].name, name) == 0)
        return &groups[g]->command[i];
  return NULL;
}

static json_t *list(const struct appliance *a, const char *parameter)
{
  json_t *names = json_array();
  for (unsigned g = 0; g < RTE_DIM(groups); g++)
    for (unsigned i = 0; i < groups[g]->count; i++)
      json_array_append_new(names, json_string(groups[g]->command[i].name));
  return names;
}

static json_t *help(const struct appliance *a, const char *parameter)
{
  const struct telemetry_command *command = find(parameter);
  if (command == NULL)
    return data_error("there is no command of this name; `/` lists them");
  json_t *text = json_object();
  data_text(text, command->name, "%s", command->help);
  return text;
}

static json_t *answer(const struct appliance *a, const char *name, const char *parameter)
{
  const struct telemetry_command *command = find(name);
  if (command == NULL)
    return data_error("not available; `/` lists what is");
  if (command->parameter == TELEMETRY_NEEDED && *parameter == '\0')
    return data_error("a parameter is missing: %s", command->help);
  if (command->parameter == TELEMETRY_NONE && *parameter != '\0')
    return data_error("no parameter is taken");
  return command->answer(a, parameter);
}

// {name: value}. Takes the value. What was asked may hold any bytes, and JSON takes UTF-8.
static char *encode(char *name, json_t *value)
{
  char *text = NULL;
  json_t *reply = json_object();
  for (char *c = name; *c != '\0'; c++)
    if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
      *c = '?';
  if (json_object_set_new(reply, name, value) == 0)
    text = json_dumps(reply, JSON_COMPACT | JSON_REAL_PRECISION(12));
  json_decref(reply);
  return text;
}

// A request is "/command" or "/command,parameter".
static char *reply(void *appliance, const char *request)
{
  char name[TELEMETRY_REQUEST_MAX + 1];
  size_t length = strcspn(request, ",");
  const char *parameter = request[length] == ',' ? request + length + 1 : "";
  snprintf(name, sizeof(name), "%.*s", (int)length, request);
  char *text = encode(name, answer(appliance, name, parameter));
  if (text == NULL || strlen(text) <= TELEMETRY_REPLY_MAX)
    return text;
  free(text);
  return encode(name, data_error("the answer is longer than %d bytes", TELEMETRY_REPLY_MAX));
}

int telemetry_start(struct appliance *a, const char *prefix, char *error, size_t size)
{
  char path[PATH_MAX];
  json_t *greeting = about();
  char *text = json_dumps(greeting, JSON_COMPACT);
  json_decref(greeting);
  if (text == NULL)
    return fail(error, size, -ENOMEM, "no memory");
  snprintf(a->prefix, sizeof(a->prefix), "%s", prefix);
  snprintf(path, sizeof(path), "%s/dpdk_telemetry.v2", runtime_directory());
  int status =
      telemetry_server_start(&a->telemetry, loop_base(a->loop), path, text, reply, a, error, size);
  free(text);
  return status;
}
