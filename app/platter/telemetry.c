// SPDX-License-Identifier: BSD-3-Clause
// platter telemetry: asks a platter that runs. No DPDK, no devices.
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

#include "command.h"

enum { ANSWER_SECONDS = 10 };

static const char DEFAULT_PREFIX[] = "platter";

// Connects to the socket of a path of any length. Returns a descriptor, or -errno.
static int connect_to(const char *path)
{
  const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int file = open(path, O_PATH | O_CLOEXEC);
  if (file < 0)
    return -errno;
  snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d", file);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  int status =
      fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : -errno;
  close(file);
  if (status == 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  else if (fd >= 0)
    close(fd);
  return status == 0 ? fd : status;
}

// Where DPDK programs of this user, of root and of services have their directories.
static int connect_by_prefix(const char *prefix, char *path, size_t size)
{
  const char *bases[] = {getenv("RUNTIME_DIRECTORY"), "/var/run", getenv("XDG_RUNTIME_DIR"),
                         "/tmp"};
  int status = -ENOENT;
  for (unsigned i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
    if (bases[i] == NULL)
      continue;
    snprintf(path, size, "%s/dpdk/%s/dpdk_telemetry.v2", bases[i], prefix);
    int fd = connect_to(path);
    if (fd >= 0)
      return fd;
    if (status == -ENOENT)
      status = fd;
  }
  return status;
}

// One packet. The caller frees it. NULL: none came.
static char *receive(int fd, size_t size)
{
  char *text = malloc(size + 1);
  ssize_t n = text != NULL ? recv(fd, text, size, 0) : -1;
  if (n > 0) {
    text[n] = '\0';
    return text;
  }
  free(text);
  return NULL;
}

// How long its replies may be, as the greeting says; 0: it is no telemetry socket.
static size_t greeting(int fd)
{
  char *text = receive(fd, 1024);
  json_t *greeting = text != NULL ? json_loads(text, 0, NULL) : NULL;
  json_int_t longest = json_integer_value(json_object_get(greeting, "max_output_len"));
  json_decref(greeting);
  free(text);
  return longest > 0 && longest <= 1 << 24 ? longest : 0;
}

static enum status_code ask(int fd, const char *request, size_t longest)
{
  char *text = send(fd, request, strlen(request), MSG_NOSIGNAL) >= 0 ? receive(fd, longest) : NULL;
  json_t *reply = text != NULL ? json_loads(text, 0, NULL) : NULL;
  free(text);
  if (reply == NULL) {
    fprintf(stderr, "platter: no answer to '%s'\n", request);
    return STATUS_FAILED;
  }
  json_t *value = json_object_iter_value(json_object_iter(reply));
  const char *error = json_string_value(json_object_get(value, "error"));
  bool fails = error != NULL && json_object_size(value) == 1;
  if (fails)
    fprintf(stderr, "platter: %s: %s\n", request, error);
  else
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
  if (!fails)
    putchar('\n');
  json_decref(reply);
  return fails ? STATUS_FAILED : STATUS_OK;
}

static enum status_code say_why(const char *prefix, const char *path, int status)
{
  if (path == NULL)
    fprintf(stderr,
            "platter: nobody answers: no platter with the prefix '%s' was found (%s); the line "
            "`forwarding` of `platter run` names its socket\n",
            prefix, strerror(-status));
  else
    fprintf(stderr, "platter: nobody answers at %s (%s)\n", path, strerror(-status));
  return STATUS_FAILED;
}

static enum status_code run(const struct command *command, int argc, char **argv)
{
  static const struct option options[] = {
      {"prefix", required_argument, NULL, 'p'}, {"socket", required_argument, NULL, 's'}, {0}};
  const char *prefix = NULL, *path = NULL;
  char found[PATH_MAX];
  int option;

  while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
    if (option == 'p')
      prefix = optarg;
    else if (option == 's')
      path = optarg;
    else
      return option_error(command, option, argv);
  }
  if (prefix != NULL && path != NULL)
    return usage_error(command, "--prefix and --socket exclude each other");
  for (int i = optind; i < argc; i++)
    if (argv[i][0] != '/')
      return usage_error(command,
                         "a telemetry command begins with /, as in /platter/ports; found "
                         "'%s'",
                         argv[i]);
  if (prefix == NULL)
    prefix = DEFAULT_PREFIX;
  int fd = path != NULL ? connect_to(path) : connect_by_prefix(prefix, found, sizeof(found));
  if (fd < 0)
    return say_why(prefix, path, fd);
  size_t longest = greeting(fd);
  enum status_code status = longest > 0 ? STATUS_OK : say_why(prefix, path, -EPROTO);
  if (status == STATUS_OK && optind == argc)
    status = ask(fd, "/", longest);
  for (int i = optind; i < argc && status == STATUS_OK; i++)
    status = ask(fd, argv[i], longest);
  close(fd);
  return status;
}

const struct command command_telemetry = {
    .name = "telemetry",
    .summary = "ask a platter that runs",
    .help = "Usage: platter telemetry [--prefix NAME | --socket PATH] [COMMAND …]\n"
            "\n"
            "Asks a platter that runs, and prints each answer as JSON; without a COMMAND, the\n"
            "list of all. A parameter follows a command behind a comma: /platter/port,left.\n"
            "\n"
            "  --prefix NAME   the platter with this telemetry.prefix in its configuration;\n"
            "                  platter if not given. Looked for where DPDK's programs have\n"
            "                  their directories: $RUNTIME_DIRECTORY, /var/run,\n"
            "                  $XDG_RUNTIME_DIR, /tmp\n"
            "  --socket PATH   the one with this socket\n"
            "\n"
            "Only the user that platter runs as, and root, may ask. Exit status 1 if nobody\n"
            "answers or the answer is an error.\n"
            "\n"
            "Example: platter telemetry /platter/ports /platter/port,left\n",
    .run = run,
};
