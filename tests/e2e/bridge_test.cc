// SPDX-License-Identifier: BSD-3-Clause
// A bridge between kernels: stations talk through it, its tables can be looked at, and a cable that
// is pulled takes its stations along.
#include <gtest/gtest.h>

#include <set>

#include "appliance.h"
#include "expect.h"
#include "raw_port.h"

namespace
{
const std::string two_ports = "ports:\n  a: {device: \"net_af_packet0,iface=port_a\"}\n"
                              "  b: {device: \"net_af_packet1,iface=port_b\"}\n";

std::string address(unsigned number)
{
  std::string text("\x02\x00\x00\x00", 4);
  text.push_back(static_cast<char>(number >> 8));
  text.push_back(static_cast<char>(number));
  return text;
}

std::string from(unsigned number)
{
  return std::string(6, '\xff') + address(number) + "\x88\xb5" + std::string(46, 'x');
}

TEST(Bridge, StationsTalkThroughIt)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, two_ports + "forward:\n- bridge: {name: lan, ports: [a, b], "
                                                  "ageing: 5}\n");
  expect_reachable(kernels);
  Json lan = appliance.get("/platter/bridge,lan");
  EXPECT_FALSE(lan["vlans"].is_true());
  EXPECT_EQ(lan["ageing_seconds"].number(), 5);
  EXPECT_EQ(lan["ports"]["a"].number(), 1);
  EXPECT_EQ(lan["ports"]["b"].number(), 1);
  EXPECT_EQ(lan["entries"].number(), 2);
  EXPECT_GT(lan["flooded_broadcast"].number(), 0) << "address resolution";
  EXPECT_TRUE(eventually([&] {
    return appliance.get("/platter/bridge,lan")["aged"].number() == 2;
  })) << "silent stations are forgotten";
  Ended ended = appliance.expect_clean_end();
  EXPECT_NE(ended.out.find(": capacity 65536, entries "), std::string::npos) << ended.out;
}

TEST(Bridge, APulledCableTakesItsStationsAlong)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, two_ports +
                                          "forward:\n- bridge: {name: 10, ports: [a, b], static: "
                                          "[{address: \"02:00:00:00:ff:ff\", port: b}]}\n");
  ASSERT_TRUE(ping(kernels.a, "10.0.0.2"));
  auto entries = [&] { return appliance.get("/platter/bridge,10")["entries"].number(); };
  EXPECT_TRUE(eventually([&] { return entries() == 3; })) << entries();
  EXPECT_EQ(appliance.get("/platter/fdb,10")["shown"].number(), 3) << "a name, not a place";
  kernels.b.run("ip link set eth0 down");
  EXPECT_TRUE(eventually([&] { return entries() == 2; })) << "the static one stays";
  EXPECT_EQ(appliance.get("/platter/bridge,10")["flushed"].number(), 1);
  kernels.b.run("ip link set eth0 up");
  EXPECT_TRUE(ping(kernels.a, "10.0.0.2"));
  EXPECT_TRUE(eventually([&] { return entries() == 3; })) << entries();
  appliance.expect_clean_end();
}

TEST(Bridge, ItsTableComesInPages)
{
  Kernels kernels;
  Appliance appliance(kernels.middle,
                      two_ports + "forward:\n- bridge: {name: lan, ports: {a: {access: 4000}, b: "
                                  "{trunk: [7], learn: 3}}, static: [{address: "
                                  "\"0a:0b:0c:0d:0e:0f\", vlan: 7, port: b}]}\n");
  RawPort raw(kernels.a, "eth0", "ether proto 0x88b5");
  for (unsigned i = 0; i < 250; i++)
    raw.send(from(i));
  auto entries = [&] { return appliance.get("/platter/bridge,lan")["entries"].number(); };
  EXPECT_TRUE(eventually([&] { return entries() >= 251; })) << entries();
  std::set<std::string> addresses;
  unsigned statics = 0, pages = 0;
  int64_t next = 0;
  do {
    Json page = appliance.get("/platter/fdb,lan," + std::to_string(next));
    ASSERT_TRUE(page["shown"].is_number());
    for (int64_t i = 0; i < page["shown"].number(); i++) {
      Json row = page[std::to_string(i)];
      addresses.insert(row["address"].text());
      bool fixed = row["static"].is_true();
      statics += fixed;
      EXPECT_EQ(row["vlan"].number(), fixed ? 7 : 4000);
      EXPECT_EQ(row["port"].text(), fixed ? "b" : "a");
    }
    next = page["next"].number();
    pages++;
  } while (next != 0 && pages < 10);
  EXPECT_GE(addresses.size(), 251u);
  EXPECT_EQ(statics, 1u);
  EXPECT_EQ(addresses.count("0A:0B:0C:0D:0E:0F"), 1u);
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(appliance.get("/platter/fdb")["shown"].number(), 100) << "the first bridge";
  EXPECT_EQ(appliance.get("/platter/fdb,100")["first"].number(), 100);
  for (const char *wrong : {"nobody", "nobody,0", "lan,x", "lan,-1", "lan,99999999", ",,"})
    EXPECT_TRUE(appliance.get("/platter/fdb," + std::string(wrong))["error"]) << wrong;
  EXPECT_TRUE(appliance.get("/platter/bridge,nobody")["error"]);
  appliance.expect_clean_end();
}

TEST(Bridge, WithoutOneThereIsNothingToShow)
{
  Kernels kernels;
  Appliance appliance(kernels.middle, two_ports + "forward: [wire: [a, b]]\n");
  EXPECT_TRUE(appliance.get("/platter/fdb")["error"]);
  EXPECT_TRUE(appliance.get("/platter/bridge,lan")["error"]);
  appliance.expect_clean_end();
}
} // namespace
