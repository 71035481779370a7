// SPDX-License-Identifier: BSD-3-Clause
// Telemetry over the real socket, while packets flow: what it says is there, true and consistent.
#include <gtest/gtest.h>

#include "under_traffic.h"

namespace
{
void expect_numbers(const Json &reply, const std::vector<std::string> &names)
{
  for (const std::string &name : names)
    EXPECT_TRUE(reply[name].is_number()) << name << " in " << reply.dump();
}

void expect_texts(const Json &reply, const std::vector<std::string> &names)
{
  for (const std::string &name : names)
    EXPECT_NE(reply[name].text(), "(no text)") << name << " in " << reply.dump();
}
} // namespace

TEST_F(UnderTraffic, Info)
{
  Json info = client->get("/platter/info");
  EXPECT_EQ(info["pid"].number(), process->pid());
  EXPECT_EQ(info["prefix"].text(), prefix);
  EXPECT_EQ(info["layout"].text(), "pipeline");
  EXPECT_FALSE(info["hugepages"].is_true());
  EXPECT_EQ(info["ports"].number(), 2);
  EXPECT_EQ(info["workers"].number(), 2);
  EXPECT_EQ(info["handoffs"].number(), 2);
  expect_texts(info, {"version", "dpdk"});
  expect_numbers(info, {"uptime_seconds"});
}

TEST_F(UnderTraffic, Ports)
{
  Json all = client->get("/platter/ports");
  EXPECT_EQ(all.keys(), (std::vector<std::string>{"left", "right"}));
  for (const std::string &name : all.keys()) {
    expect_numbers(all[name], {"received", "transmitted", "dropped", "nic_drop"});
    EXPECT_EQ(all[name]["link"].text(), "up");
    Json one = client->get("/platter/port," + name);
    expect_texts(one, {"device", "driver", "driver_copies", "link", "overload"});
    expect_numbers(one, {"link_mbps", "link_changes", "mtu", "rx_queues", "tx_queues", "received",
                         "received_bytes", "transmitted", "transmitted_bytes", "nic_missed",
                         "no_mbuf", "receive_errors", "transmit_errors", "received_pps",
                         "transmitted_pps", "dropped"});
    EXPECT_TRUE(one["drops"].is_object());
    EXPECT_EQ(one["driver"].text(), "net_null");
    EXPECT_EQ(one["driver_copies"].text(), "nothing");
  }
  EXPECT_EQ(client->get("/platter/port,left")["device"].text(), "net_null0,size=64");
}

TEST_F(UnderTraffic, Workers)
{
  Json all = client->get("/platter/workers");
  EXPECT_EQ(all.keys(), (std::vector<std::string>{"0", "1"}));
  for (const std::string &number : all.keys()) {
    expect_numbers(all[number], {"core", "received", "transmitted"});
    Json one = client->get("/platter/worker," + number);
    expect_numbers(one,
                   {"core", "node", "busy_cycles", "idle_cycles", "bursts", "waits", "received",
                    "taken", "cloned", "transmitted", "handed", "dropped", "pending", "busy"});
    EXPECT_TRUE(one["answers"].is_true());
    EXPECT_EQ(one["core"].number(), all[number]["core"].number());
  }
  EXPECT_EQ(client->get("/platter/worker,0")["polls"].dump(), "[\"left/0\"]");
  EXPECT_EQ(client->get("/platter/worker,1")["owns"].dump(), "[\"right/0\"]");
}

TEST_F(UnderTraffic, HandoffsDropsAndCopies)
{
  Json handoffs = client->get("/platter/handoffs");
  EXPECT_EQ(handoffs.keys(),
            (std::vector<std::string>{"total", "first", "shown", "0_to_1_right", "1_to_0_left"}));
  EXPECT_EQ(handoffs["total"].number(), 2);
  EXPECT_EQ(handoffs["shown"].number(), 2);
  Json second = client->get("/platter/handoffs,1");
  EXPECT_EQ(second["first"].number(), 1);
  EXPECT_EQ(second["shown"].number(), 1);
  EXPECT_TRUE(second["1_to_0_left"].is_object() && !second["0_to_1_right"]) << second.dump();
  rest(0.4);
  Json busy = client->get("/platter/handoffs")["0_to_1_right"];
  EXPECT_GT(busy["high_water"].number(), 0);
  EXPECT_LE(busy["high_water"].number(), busy["size"].number());
  EXPECT_LE(busy["held"].number(), busy["size"].number());
  Json drops = client->get("/platter/drops");
  for (const char *reason :
       {"no_verdict", "unreachable", "handoff_full", "shutdown", "sink", "runt"})
    EXPECT_EQ(drops[reason].number(), 0) << reason;
  Json copies = client->get("/platter/copies");
  EXPECT_GT(copies.size(), 0u);
  for (const std::string &site : copies.keys()) {
    EXPECT_EQ(copies[site]["packets"].number(), 0) << site;
    EXPECT_EQ(copies[site]["bytes"].number(), 0) << site;
  }
}

TEST_F(UnderTraffic, TheAccountingClosesAtEveryLook)
{
  int64_t last = 0, moved = 0;
  for (int i = 0; i < 200; i++) {
    Json a = client->get("/platter/accounting");
    ASSERT_TRUE(a["closed"].is_true()) << a.dump();
    ASSERT_EQ(a["difference"].number(), 0);
    if (a["consistent"].is_true()) {
      ASSERT_GE(a["in_flight"].number(), 0);
    }
    ASSERT_EQ(a["received"].number() + a["cloned"].number(),
              a["transmitted"].number() + a["dropped"].number() + a["in_flight"].number())
        << a.dump();
    ASSERT_GE(a["received"].number(), last);
    moved += a["consistent"].is_true() && a["received"].number() > last;
    last = a["received"].number();
    rest(0.011);
  }
  EXPECT_GE(moved, 2);
}

// Worker 0 over a span that began after the call, in which it moved packets: of several, for on a
// busy machine it may not come to that at once.
static Json over_a_span(const Telemetry &client)
{
  double last = client.get("/platter/info")["rates_end_seconds"].real(), now = last;
  Json worker;
  for (int spans = 0; spans < 2 || (spans < 10 && !worker["cycles_per_packet"].is_number());
       last = now, spans++) {
    for (double late = monotonic() + 20; now <= last && monotonic() < late; rest(0.02))
      now = client.get("/platter/info")["rates_end_seconds"].real();
    worker = client.get("/platter/worker,0");
  }
  return worker;
}

// A busy program on the worker's core: the worker says how much it lost to it, and a packet takes
// what it takes. The program's time is all counted as the worker's if that is not told apart: then
// a packet seems to take 1 / (1 - stolen) as much.
TEST_F(UnderTraffic, TimeStolenByOtherProgramsIsToldApart)
{
  Json alone = over_a_span(*client);
  Process busy(
      {"taskset", "-c", std::to_string(alone["core"].number()), "sh", "-c", "while :; do :; done"});
  Json shared = over_a_span(*client);
  busy.signal(SIGKILL);
  busy.wait(10);
  double stolen = shared["stolen"].real();
  EXPECT_GT(stolen, 0.25) << shared.dump();
  EXPECT_LT(stolen, 1) << shared.dump();
  EXPECT_GT(shared["stolen_seconds"].real(), alone["stolen_seconds"].real() + 0.25);
  double ratio = shared["cycles_per_packet"].real() / alone["cycles_per_packet"].real();
  EXPECT_GT(ratio, 0.3) << alone.dump() << shared.dump();
  EXPECT_LT(ratio, (1 + 1 / (1 - stolen)) / 2) << alone.dump() << shared.dump();
}

TEST_F(UnderTraffic, WrongAndMissingParameters)
{
  for (const char *command :
       {"/platter/port", "/platter/port,", "/platter/worker", "/platter/worker,"})
    EXPECT_EQ(
        client
            ->ask(command)[std::string(command).substr(0, std::string(command).find(','))]["error"]
            .text()
            .find("a parameter is missing"),
        0u)
        << command;
  for (const char *name : {"lift", "LEFT", "left ", " left", "left,right", "0", "%s%n", "left\n"})
    EXPECT_EQ(error("/platter/port," + std::string(name)).find("no port of this name"), 0u) << name;
  for (const char *number :
       {"2", "-1", "+0", " 0", "0x0", "0.0", "99999999999999999999", "one", "0,1"})
    EXPECT_EQ(error("/platter/worker," + std::string(number)).find("no worker of this number"), 0u)
        << number;
  for (const char *number : {"2", "-1", "x", "99999999999999999999"})
    EXPECT_EQ(error("/platter/handoffs," + std::string(number)).find("no handoff of this"), 0u)
        << number;
  for (const char *command : {"info", "ports", "workers", "drops", "copies", "accounting"})
    EXPECT_EQ(error("/platter/" + std::string(command) + ",x"), "no parameter is taken") << command;
}

TEST_F(UnderTraffic, GarbageAndVeryLongRequests)
{
  for (const std::string &garbage :
       {std::string("/platter/nonsense"), std::string("/"), std::string(","), std::string(",,,"),
        std::string("\0\0\0", 3), std::string(1000, 'x'), std::string("/platter/info\0x", 15),
        std::string("\xff\xfe\n\""), std::string("/platter/info\n"), std::string(5000, '/'),
        "/platter/port," + std::string(900, 'a'), "/platter/worker," + std::string(900, '9')}) {
    client->send(garbage);
    EXPECT_NE(client->receive(), "") << garbage.substr(0, 30);
  }
  EXPECT_EQ(client->get("/platter/info")["pid"].number(), process->pid());
}

TEST_F(UnderTraffic, ListsItsCommandsAndSaysWhatEachIsFor)
{
  Json commands = client->get("/");
  EXPECT_GT(commands.size(), 20u);
  std::string all = commands.dump();
  for (const char *name :
       {"info", "ports", "port", "workers", "worker", "handoffs", "drops", "copies", "accounting"})
    EXPECT_NE(all.find("\"/platter/" + std::string(name) + "\""), std::string::npos) << all;
  for (size_t i = 0; i < commands.size(); i++) {
    std::string name = commands.at(i).text();
    EXPECT_NE(client->get("/help," + name)[name].text(), "(no text)") << name;
  }
  EXPECT_EQ(client->get("/info")["pid"].number(), process->pid());
  EXPECT_EQ(client->get("/info").dump(), client->greeting().dump());
}

// With DPDK's fields.
TEST_F(UnderTraffic, DpdksOwnCommandsAnswer)
{
  EXPECT_EQ(client->get("/ethdev/list").dump(), "[0, 1]");
  Json info = client->get("/ethdev/info,0");
  expect_numbers(info, {"nb_rx_queues", "nb_tx_queues", "port_id", "mtu", "promiscuous",
                        "dev_started", "numa_node", "rx_offloads", "tx_offloads"});
  EXPECT_EQ(info["name"].text(), "net_null0");
  expect_texts(info, {"mac_addr"});
  Json stats = client->get("/ethdev/stats,0");
  expect_numbers(stats, {"ipackets", "opackets", "ibytes", "obytes", "imissed", "ierrors",
                         "oerrors", "rx_nombuf"});
  EXPECT_EQ(stats["q_ipackets"].size(), 16u);
  EXPECT_GT(stats["ipackets"].number(), 0);
  EXPECT_GT(client->get("/ethdev/xstats,0")["rx_good_packets"].number(), 0);
  EXPECT_FALSE(client->get("/ethdev/xstats,1,hide_zero=true")["rx_good_packets"]);
  EXPECT_EQ(client->get("/ethdev/link_status,1")["status"].text(), "UP");
  EXPECT_EQ(client->get("/mempool/list").dump(), "[\"frames_0\", \"headers_0\"]");
  expect_numbers(client->get("/mempool/info,frames_0"),
                 {"size", "cache_size", "elt_size", "populated_size"});
  EXPECT_EQ(client->get("/eal/params").at(0).text(), "platter");
  EXPECT_EQ(client->get("/eal/app_params").dump(), "[]");
}

TEST_F(UnderTraffic, DpdksOtherCommandsSayThatTheyAreNotAvailable)
{
  for (const char *command : {"/ethdev/dump_priv,0", "/eal/heap_list", "/cryptodev/list", "/no"})
    EXPECT_EQ(error(command).find("not available"), 0u) << command;
  for (const char *number : {"2", "-1", "x", "99999999999", "0x0", "left"})
    for (const char *command : {"info", "stats", "xstats", "link_status"})
      EXPECT_EQ(error("/ethdev/" + std::string(command) + "," + number).find("no port of this"), 0u)
          << command << " " << number;
  EXPECT_EQ(error("/mempool/info,none").find("no mempool of this name"), 0u);
  EXPECT_EQ(error("/help,/none").find("there is no command"), 0u);
}

TEST_F(UnderTraffic, DpdksOwnClient)
{
  Ended ended = Process({"sh", "-c",
                         "printf '/platter/accounting\\n/platter/port,left\\nquit\\n' | "
                         "dpdk-telemetry.py -f " +
                             prefix})
                    .wait(20);
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("\"closed\": true"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("\"driver\": \"net_null\""), std::string::npos) << ended.out;
}
