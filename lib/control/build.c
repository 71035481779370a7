// SPDX-License-Identifier: BSD-3-Clause
#include "control/build.h"

#include <string.h>

#include <rte_version.h>

#include "build_commit.h"

// The levels of the x86-64 psABI ("Micro-Architecture Levels"), by one of the features that each
// adds; DPDK's own build says which, by -march.
static const char *cpu_level(void)
{
#if defined(__x86_64__) && defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__)
  return "x86-64-v4";
#elif defined(__x86_64__) && defined(__AVX2__) && defined(__BMI2__) && defined(__FMA__)
  return "x86-64-v3";
#elif defined(__x86_64__) && defined(__SSE4_2__) && defined(__POPCNT__)
  return "x86-64-v2";
#elif defined(__x86_64__)
  return "x86-64";
#elif defined(__aarch64__) && defined(__ARM_FEATURE_SVE)
  return "arm64 with SVE";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "unknown";
#endif
}

void build_show(FILE *out)
{
  fprintf(out, "%s", PLATTER_VERSION);
  if (strcmp(BUILD_COMMIT, "none") != 0)
    fprintf(out, ", commit %s", BUILD_COMMIT);
  const char *dpdk = rte_version(); // "DPDK 22.11.10"
  fprintf(out, ", %s (built against %u.%02u.%u), for %s\n", dpdk, RTE_VER_YEAR, RTE_VER_MONTH,
          RTE_VER_MINOR, cpu_level());
}
