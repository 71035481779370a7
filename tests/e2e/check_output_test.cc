// SPDX-License-Identifier: BSD-3-Clause
// platter check --json and --dot: the same answers for programs and in a picture.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "expect.h"
#include "scratch.h"

namespace
{
// Devices and filters may hold anything; the names of ports and rules may not.
const char *const EVERYTHING = R"yaml(ports:
  lan: {device: 'net_pcap0,rx_pcap=/tmp/"a" & &lt;b>\n.pcap', mtu: 1400}
  wan: {device: "0000:03:00.0", rx_queues: 2}
  ids: {device: net_null2}
  lab: {device: net_null3}
  x: {device: net_null4}
  y: {device: net_null5}
workers: {assign: [{core: 0, rx: [lan/0, wan/1, ids/0, lab/0, x/0, y/0], tx: [lan, ids, lab, x, y]},
                   {core: 1, rx: [wan/0], tx: [wan]}]}
forward:
  - wire: {ports: [lan, wan], link_follow: true}
  - bridge: {ports: [x, y], name: office}
  - sink: [ids, lab]
rules:
  - {name: flags, from: [lan, wan], match: "tcp[13] & 2 != 0 and len > 60", mirror: [ids, lab], truncate: 64}
  - {name: gone, match: "udp port 9", drop: true}
  - {from: [lan], match: "icmp", any_vlan: true, redirect: [lab], count: true}
  - {name: tag, to: [wan], match: "", match_any: {field: dst, list: [10.0.0.0/8]}, vlan: {push: 20}}
  - {name: share, from: [x], match: "", sample: 10, balance: [ids, lab]}
  - {name: slow, from: [y], match: "", police: {rate: 100Mbit, burst: 1MB}, stop: true}
)yaml";

// What Graphviz understood: nodes by name with the lines of their labels as drawn, and edges as
// "TAIL -> HEAD: LABEL".
struct Graph {
  std::map<std::string, std::string> nodes;
  std::multiset<std::string> edges;
};

std::string drawn(const Json &object)
{
  std::string text;
  Json draw = object["_ldraw_"];
  for (size_t i = 0; draw && i < draw.size(); i++)
    if (draw.at(i)["op"].text() == "T")
      text += (text.empty() ? "" : "\n") + draw.at(i)["text"].text();
  return text;
}

Graph draw(const std::string &dot)
{
  Scratch dir;
  Graph graph;
  Ended ended = Process({"dot", "-Tjson", dir.write("graph.dot", dot)}).wait();
  EXPECT_EQ(ended.status, 0) << ended.err << dot;
  EXPECT_EQ(ended.err, "");
  Json json = Json::parse(ended.out);
  std::map<int64_t, std::string> name;
  for (size_t i = 0; i < json["objects"].size(); i++) {
    Json object = json["objects"].at(i);
    name[object["_gvid"].number()] = object["name"].text();
    if (!object["nodes"]) // a cluster has nodes
      graph.nodes[object["name"].text()] = drawn(object);
  }
  for (size_t i = 0; i < json["edges"].size(); i++) {
    Json edge = json["edges"].at(i);
    std::string both = edge["dir"].text() == "both" ? " <-> " : " -> ";
    graph.edges.insert(name[edge["tail"].number()] + both + name[edge["head"].number()] + ": " +
                       drawn(edge));
  }
  return graph;
}

Json checked(const std::string &yaml, int status = OK)
{
  Scratch dir;
  std::string file = dir.write("c.yaml", yaml);
  Ended ended = platter({"check", "--json", file});
  EXPECT_EQ(ended.status, status) << ended.err;
  EXPECT_EQ(ended.err, "");
  Json json = Json::parse(ended.out);
  EXPECT_EQ(json["file"].text(), file);
  EXPECT_EQ(json["valid"].is_true(), status == OK);
  return json;
}

void expect_json(const Json &json, const std::string &text)
{
  EXPECT_EQ(json.dump(), Json::parse(text).dump());
}
} // namespace

TEST(CheckJson, SaysWhatAValidFileDoes)
{
  Json json = checked(EVERYTHING);
  ASSERT_EQ(json["ports"].size(), 6u);
  expect_json(json["ports"].at(0), R"({"name": "lan", "device":
    "net_pcap0,rx_pcap=/tmp/\"a\" & &lt;b>\\n.pcap", "bus": "vdev", "driver": "net_pcap",
    "kind": "wire", "mtu": 1400, "rx_queues": 1, "tx_queues": 1, "promiscuous": true})");
  expect_json(json["ports"].at(1), R"({"name": "wan", "device": "0000:03:00.0", "bus": "pci",
    "driver": null, "kind": "wire", "mtu": null, "rx_queues": 2, "tx_queues": 1,
    "promiscuous": true})");
  EXPECT_EQ(json["ports"].at(4)["kind"].text(), "bridge");
  expect_json(json["forward"], R"([{"kind": "wire", "ports": ["lan", "wan"], "link_follow": true},
    {"kind": "bridge", "ports": ["x", "y"], "name": "office", "vlans": false, "ageing": 300,
     "capacity": 65536}, {"kind": "sink", "ports": ["ids", "lab"]}])");
  expect_json(json["rules"], R"([
    {"name": "flags", "direction": "received", "ports": ["lan", "wan"],
     "match": "tcp[13] & 2 != 0 and len > 60", "mirror": ["ids", "lab"], "truncate": 64},
    {"name": "gone", "direction": "received", "ports": ["lan", "wan", "ids", "lab", "x", "y"],
     "match": "udp port 9", "drop": true},
    {"name": "rule_2", "direction": "received", "ports": ["lan"], "match": "icmp",
     "any_vlan": true, "redirect": ["lab"], "count": true},
    {"name": "tag", "direction": "leaving", "ports": ["wan"], "match": "",
     "match_any": {"field": "dst", "networks": 1}, "vlan": {"push": 20, "tpid": "0x8100"}},
    {"name": "share", "direction": "received", "ports": ["x"], "match": "", "sample": 10,
     "balance": ["ids", "lab"]},
    {"name": "slow", "direction": "received", "ports": ["y"], "match": "",
     "police": {"rate": 1e8, "burst": 1048576.0}, "stop": true}])");
  EXPECT_EQ(json["layout"].text(), "explicit");
  Json worker = json["workers"].at(1);
  EXPECT_EQ(worker["core"].number(), 1);
  expect_json(worker["polls"], R"(["wan/0"])");
  expect_json(worker["owns"], R"(["wan/0"])");
  expect_json(worker["hands_over"], R"([{"port": "lan", "worker": 0}, {"port": "ids", "worker": 0},
                                        {"port": "lab", "worker": 0}])");
  EXPECT_EQ(json["errors"].size(), 0u);
}

TEST(CheckJson, ErrorsAndWarningsHaveTheirPlaces)
{
  Json json = checked("ports:\n  a: {device: net_null0, mtu: tiny}\n  b: {device: net_nul1}\n"
                      "forward: [{wire: [a, c]}, {sink: [b]}]\n",
                      USAGE);
  ASSERT_EQ(json["errors"].size(), 2u) << json.dump();
  EXPECT_EQ(json["errors"].at(0)["line"].number(), 2);
  EXPECT_EQ(json["errors"].at(0)["column"].number(), 31);
  EXPECT_EQ(json["errors"].at(0)["message"].text().find("ports.a.mtu: expected "), 0u);
  EXPECT_EQ(json["errors"].at(1)["line"].number(), 4);
  EXPECT_EQ(json["errors"].at(1)["file"].text(), json["file"].text());
  EXPECT_FALSE(json["ports"]);

  json = checked("ports: {a: {device: net_null0}, b: {device: net_null1}}\n"
                 "forward: [{wire: [a, b]}]\nrules:\n"
                 "- {match: \"\", balance: [b]}\n");
  ASSERT_EQ(json["warnings"].size(), 1u) << json.dump();
  EXPECT_EQ(json["warnings"].at(0)["line"].number(), 4);

  Ended ended = platter({"check", "--json", "/nonexistent/c.yaml"});
  EXPECT_EQ(ended.status, USAGE);
  Json missing = Json::parse(ended.out)["errors"].at(0);
  EXPECT_TRUE(missing["line"].is_null() && missing["column"].is_null()) << ended.out;
}

TEST(CheckDot, ShowsDevicesKindsAndRules)
{
  Scratch dir;
  Ended ended = platter({"check", "--dot", dir.write("c.yaml", EVERYTHING)});
  ASSERT_EQ(ended.status, OK) << ended.err;
  Graph graph = draw(ended.out);
  std::map<std::string, std::string> forwarding,
      expected = {
          {"port_0", "lan\nnet_pcap0,rx_pcap=/tmp/\"a\" & &lt;b>\\n.pcap"},
          {"port_1", "wan\n0000:03:00.0"},
          {"port_2", "ids\nnet_null2"},
          {"port_3", "lab\nnet_null3"},
          {"port_4", "x\nnet_null4"},
          {"port_5", "y\nnet_null5"},
          {"every_port", "every port"},
          {"forward_0", "wire"},
          {"forward_1", "bridge office"},
          {"forward_2", "sink"},
          {"rule_0", "flags\n'tcp[13] & 2 != 0 and len > 60'\nreaders get 64 bytes"},
          {"rule_1", "gone\n'udp port 9'"},
          {"rule_2", "rule_2\n'icmp' with or without VLAN tags\ncount"},
          {"rule_3", "tag\ndestination in 1 network\npush VLAN 20"},
          {"rule_4", "share\none in 10"},
          {"rule_5", "slow\nevery packet\npolice to 100 Mbit/s\nstop"},
          {"drop", "drop"},
      };
  std::multiset<std::string> edges;
  for (const auto &[name, label] : graph.nodes)
    if (expected.count(name) != 0)
      forwarding[name] = label;
    else
      EXPECT_TRUE(name.find("rx_") == 0 || name.find("tx_") == 0 || name.find("worker_") == 0 ||
                  name.find("handoff_") == 0)
          << name;
  EXPECT_EQ(forwarding, expected);
  for (const std::string &edge : graph.edges)
    if (edge.find("worker_") == std::string::npos && edge.find("handoff_") != 0)
      edges.insert(edge);
  EXPECT_EQ(
      edges,
      (std::multiset<std::string>{
          "port_0 <-> forward_0: ", "port_1 <-> forward_0: ", "port_4 <-> forward_1: ",
          "port_5 <-> forward_1: ", "port_2 -> forward_2: ", "port_3 -> forward_2: ",
          "port_0 -> rule_0: received", "port_1 -> rule_0: received", "rule_0 -> port_2: mirror",
          "rule_0 -> port_3: mirror", "every_port -> rule_1: received",
          "rule_1 -> drop: ", "port_0 -> rule_2: received", "rule_2 -> port_3: redirect",
          "port_1 -> rule_3: leaving", "port_4 -> rule_4: received", "rule_4 -> port_2: balance",
          "rule_4 -> port_3: balance", "port_5 -> rule_5: received"}));
  EXPECT_EQ(graph.nodes["worker_1"], "worker 1\ncore 1");
  EXPECT_EQ(graph.edges.count("rx_1_0 -> worker_1: "), 1u);
}

TEST(CheckDot, OneFormAtATime)
{
  Ended ended = platter({"check", "--dot", "--json", "c.yaml"});
  EXPECT_EQ(ended.status, USAGE);
  EXPECT_NE(ended.err.find("either --dot or --json"), std::string::npos) << ended.err;
}
