// SPDX-License-Identifier: BSD-3-Clause
// What is shown of DPDK's log after a start that succeeded.
#include <gtest/gtest.h>

#include <rte_log.h>

#include "host/eal_log.h"

namespace
{
std::string warnings()
{
  struct notes notes = {};
  std::string text;
  eal_log_warnings(&notes);
  for (size_t i = 0; i < notes.count; i++)
    text += std::string(notes.text[i]) + "\n";
  notes_free(&notes);
  return text;
}

// Control's own lines are of USER1; drivers' types, here USER2, are any others.
void log(uint32_t level, const char *line, uint32_t type = RTE_LOGTYPE_USER2)
{
  rte_log(level, type, "%s\n", line);
}

class EalLog : public testing::Test
{
protected:
  static void SetUpTestSuite()
  {
    rte_log_set_level(RTE_LOGTYPE_USER2, RTE_LOG_DEBUG);
    eal_log_open(false);
  }
};

TEST_F(EalLog, WarningsAndErrorsOfDriversOnce)
{
  EXPECT_EQ(warnings(), "");
  log(RTE_LOG_INFO, "x_probe(): here I am");
  log(RTE_LOG_WARNING, "x_start(): half of it does not work");
  log(RTE_LOG_ERR, "x_start(): nor does the other half");
  log(RTE_LOG_WARNING, "x_start(): half of it does not work");
  log(RTE_LOG_ERR, "EAL: says what it always says");
  EXPECT_EQ(warnings(), "DPDK says: x_start(): half of it does not work\n"
                        "DPDK says: x_start(): nor does the other half\n");
  EXPECT_EQ(warnings(), "");
  EXPECT_EQ(std::string(eal_log_last()), "EAL: says what it always says");
}

TEST_F(EalLog, NotWhatDoesNotConcernPlatter)
{
  log(RTE_LOG_WARNING, "rte_pmd_memif_probe(): Failed to register mp action callback: Operation "
                       "not supported");
  log(RTE_LOG_ERR, "tap_mp_req_on_rxtx(): Failed to send start req to secondary 95");
  EXPECT_EQ(warnings(), "");
}

TEST_F(EalLog, WhatControlSaysOfAPeerIsNotDpdks)
{
  log(RTE_LOG_WARNING, "platter: port b: its peer is let go", RTE_LOGTYPE_USER1);
  EXPECT_EQ(warnings(), "port b: its peer is let go\n");
}

TEST_F(EalLog, NoMoreThanAScreenHolds)
{
  for (int i = 0; i < 20; i++)
    log(RTE_LOG_ERR, ("line " + std::to_string(i)).c_str());
  EXPECT_NE(warnings().find("DPDK says: line 7\nDPDK says 12 more lines like these\n"),
            std::string::npos);
}
} // namespace
