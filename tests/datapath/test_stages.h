// SPDX-License-Identifier: BSD-3-Clause
// Stages that only tests have: they decide what no stage of platter decides (yet), to show that
// everything behind a stage can cope with it.
//
//   test_script  does with each packet what the packet itself says: it starts with a struct script
//   test_flood   to every other port of the entry
//   test_funnel  to the last port of the entry
#ifndef TESTS_DATAPATH_TEST_STAGES_H
#define TESTS_DATAPATH_TEST_STAGES_H

#include <stdint.h>

enum script_action {
  SCRIPT_FORGET,   // decides nothing
  SCRIPT_SEND,     // this packet to `ports`
  SCRIPT_DROP,     // this packet, with the reason test_scripted
  SCRIPT_SEND_ALL, // the whole burst to `ports`, in place of what was decided before
  SCRIPT_DROP_ALL, // the whole burst
  SCRIPT_STAMP,    // asks for a writable packet, adds one to `stamp`, sends it to `ports`
};

struct script {
  uint8_t action;
  uint8_t stamp;
  uint16_t number; // not read by the stage
  uint32_t ports;
};

#endif
