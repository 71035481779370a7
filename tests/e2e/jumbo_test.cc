// SPDX-License-Identifier: BSD-3-Clause
// Frames of several mbufs: the memory that platter reckons with holds them wherever they wait.
#include <gtest/gtest.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"

// One worker receives all, the other sends all, so that every handoff fills up.
TEST(Jumbo, NothingIsLostForWantOfMemory)
{
  Scratch dir;
  std::string prefix = unique_prefix("jumbo");
  Leftovers before(prefix);
  Frames a = numbered_frames(3301, 9014, 1), b = numbered_frames(3203, 9014, 2);
  write_frames(dir / "a.pcap", a);
  write_frames(dir / "b.pcap", b);
  std::string yaml =
      null_yaml(prefix, memory_yaml() + "workers: {handoff: 1024, assign: [{core: 0, rx: [left/0, "
                                        "right/0]}, {core: 1, tx: [left, right]}]}\n");
  Ended ended = platter({"replay", dir.write("c.yaml", yaml), "left=" + dir / "a.pcap",
                         "right=" + dir / "b.pcap", "--out", dir / "out", "--json"});
  EXPECT_EQ(ended.status, OK) << ended.err;
  Json summary = expect_closed(ended);
  EXPECT_TRUE(summary["complete"].is_true());
  EXPECT_TRUE(read_frames(dir / "out/right.pcap") == a);
  EXPECT_TRUE(read_frames(dir / "out/left.pcap") == b);
  EXPECT_EQ(before.now(), "");
}
