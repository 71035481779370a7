// SPDX-License-Identifier: BSD-3-Clause
#include "config/filter_names.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local char *refused; // NULL: names may be looked up

void filter_names_refuse(char *name)
{
  name[0] = '\0';
  refused = name;
}

void filter_names_allow(void)
{
  refused = NULL;
}

static void note(const char *name)
{
  if (refused[0] == '\0')
    snprintf(refused, FILTER_NAME_SIZE, "%s", name);
}

// Addresses written in numbers come through here, too, and so do names of ports, without a host.
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
  int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      dlsym(RTLD_NEXT, "getaddrinfo");
  if (next == NULL)
    return EAI_MEMORY;
  if (refused == NULL || node == NULL)
    return next(node, service, hints, result);
  struct addrinfo numeric = hints != NULL ? *hints : (struct addrinfo){0};
  numeric.ai_flags |= AI_NUMERICHOST;
  int status = next(node, service, &numeric, result);
  if (status == EAI_NONAME)
    note(node);
  return status;
}

struct hostent *gethostbyname(const char *name)
{
  struct hostent *(*next)(const char *) = dlsym(RTLD_NEXT, "gethostbyname");
  if (refused == NULL && next != NULL)
    return next(name);
  if (refused != NULL)
    note(name);
  h_errno = HOST_NOT_FOUND;
  return NULL;
}

int getnetbyname_r(const char *name, struct netent *entry, char *buffer, size_t size,
                   struct netent **result, int *error)
{
  int (*next)(const char *, struct netent *, char *, size_t, struct netent **, int *) =
      dlsym(RTLD_NEXT, "getnetbyname_r");
  if (refused == NULL && next != NULL)
    return next(name, entry, buffer, size, result, error);
  if (refused != NULL)
    note(name);
  *result = NULL;
  *error = HOST_NOT_FOUND;
  return 0;
}
