// SPDX-License-Identifier: BSD-3-Clause
#include "machine/cpu.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef __x86_64__
#include <cpuid.h>
#include <x86intrin.h>

enum { LEAF_FEATURES = 1, LEAF_POWER = 0x80000007, LEAF_HYPERVISOR = 0x40000000 };
enum { HYPERVISOR_BIT = 1U << 31, INVARIANT_BIT = 1U << 8 };

bool machine_hypervisor(char *name, size_t size)
{
  static const struct {
    const char *signature, *name;
  } known[] = {
      {"KVMKVMKVM", "KVM"},           {"Microsoft Hv", "Hyper-V"}, {"VMwareVMware", "VMware"},
      {"XenVMMXenVMM", "Xen"},        {"TCGTCGTCGTCG", "QEMU"},    {"bhyve bhyve ", "bhyve"},
      {"VBoxVBoxVBox", "VirtualBox"},
  };
  uint32_t a, b, c, d, signature[4] = {0};
  if (!__get_cpuid(LEAF_FEATURES, &a, &b, &c, &d) || (c & (uint32_t)HYPERVISOR_BIT) == 0)
    return false;
  __cpuid(LEAF_HYPERVISOR, a, signature[0], signature[1], signature[2]);
  const char *text = (const char *)signature;
  snprintf(name, size, "%s", *text != '\0' ? text : "a hypervisor without a name");
  for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
    if (strcmp(text, known[i].signature) == 0)
      snprintf(name, size, "%s", known[i].name);
  return true;
}

static double seconds(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double machine_tsc_hz(void)
{
  static const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
  double start = seconds();
  uint64_t ticks = __rdtsc();
  nanosleep(&pause, NULL);
  double end = seconds();
  double hz = (__rdtsc() - ticks) / (end - start);
  return round(hz / 1e6) * 1e6; // what so short a time can tell
}

bool machine_tsc_invariant(void)
{
  uint32_t a, b, c, d;
  return __get_cpuid(LEAF_POWER, &a, &b, &c, &d) && (d & INVARIANT_BIT) != 0;
}

#else

bool machine_hypervisor(char *name, size_t size)
{
  return false;
}

double machine_tsc_hz(void)
{
  return 0;
}

bool machine_tsc_invariant(void)
{
  return false;
}

#endif
