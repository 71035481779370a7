// SPDX-License-Identifier: BSD-3-Clause
// A bridge under churn, in real time: 100,000 stations a second that nobody has heard of before,
// beside traffic between known ones. All of them are learned and nothing is lost.
#include <csignal>

#include <gtest/gtest.h>

#include "expect.h"
#include "leftovers.h"
#include "pcap_file.h"
#include "scratch.h"
#include "telemetry.h"

namespace
{
enum { STATIONS = 250000 };

std::string address(unsigned number)
{
  std::string text("\x02\x00", 2);
  for (int shift = 24; shift >= 0; shift -= 8)
    text.push_back(static_cast<char>(number >> shift));
  return text;
}

std::string from(unsigned number)
{
  return address(0xffffff) + address(number) + "\x88\xb5" + std::string(46, 'x');
}

TEST(BridgeChurn, AHundredThousandNewStationsASecond)
{
  Scratch dir;
  std::string prefix = unique_prefix("churn");
  Leftovers before{prefix};
  Frames stations;
  for (unsigned i = 1; i <= STATIONS; i++)
    stations.push_back(from(i));
  write_frames(dir / "new.pcap", stations);
  write_frames(dir / "known.pcap", Frames(64, from(0)));
  std::string config = dir.write(
      "c.yaml",
      "ports:\n  new: {device: \"replay,file=" + dir / "new.pcap" +
          ",rate=100kpps\"}\n  known: {device: \"replay,file=" + dir / "known.pcap" +
          ",rate=500kpps,loop=0\"}\n  out: {device: \"net_null0,no-rx=1\"}\n"
          "forward:\n- bridge: {name: lan, ports: [new, known, out], capacity: 300000, static: "
          "[{address: \"02:00:00:ff:ff:ff\", port: out}]}\n"
          "overload: wait\n" +
          memory_yaml() + "telemetry: {prefix: " + prefix + "}\n");
  Process process(platter_line({"run", "--json", config}));
  Json replay;
  for (double end = monotonic() + 60; monotonic() < end && process.running(); rest(0.1)) {
    Telemetry client(telemetry_path(prefix), 20);
    ASSERT_TRUE(client.ready());
    replay = client.get("/platter/replay,new");
    if (replay["state"].text() == "finished" &&
        client.get("/platter/bridge,lan")["learned"].number() > STATIONS)
      break;
  }
  process.signal(SIGINT);
  Ended ended = process.wait(30);
  ASSERT_EQ(ended.status, OK) << ended.err;
  Json summary = expect_closed(ended), lan = summary["bridges"]["lan"];
  EXPECT_EQ(summary["ports"]["new"]["received"].number(), STATIONS);
  EXPECT_EQ(lan["learned"].number(), STATIONS + 1) << "and the known one";
  EXPECT_EQ(lan["entries"].number(), STATIONS + 2) << "and the static one";
  EXPECT_EQ(lan["lost"].number(), 0);
  EXPECT_EQ(lan["moved"].number(), 0);
  EXPECT_EQ(summary["accounting"]["dropped"].number(), 0);
  EXPECT_EQ(summary["ports"]["out"]["transmitted"].number(),
            summary["accounting"]["received"].number());
  EXPECT_GT(summary["ports"]["known"]["received"].number(), STATIONS);
  EXPECT_EQ(before.now(), "");
}
} // namespace
