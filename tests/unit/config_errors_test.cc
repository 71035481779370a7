// SPDX-License-Identifier: BSD-3-Clause
// What is refused, and the words it is refused with. A row is a text and the whole report on it.
#include "config_parsed.h"

#include <gtest/gtest.h>

namespace
{

struct Refused {
  const char *name;
  std::string text;
  std::string report;
};

std::string name_of(const testing::TestParamInfo<Refused> &row)
{
  return row.param.name;
}

class Refusal : public testing::TestWithParam<Refused>
{
};

TEST_P(Refusal, SaysWhereAndWhy)
{
  EXPECT_EQ(report_of(GetParam().text), GetParam().report);
}

// One port `a` with these options, of which the first stands at column 13.
std::string port(const std::string &options)
{
  return "ports: {a: {" + options + "}}\nforward: [sink: [a]]\n";
}

std::string queues(const std::string &number)
{
  return port("rx_queues: " + number + ", device: net_null0");
}

std::string queues_report(const std::string &found)
{
  return "lab.yaml:1:24: ports.a.rx_queues: expected a whole number from 1 to 64, found " + found +
         "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, Refusal,
    testing::Values(
        Refused{"trailing", queues("4x"), queues_report("'4x'")},
        Refused{"leading_zero", queues("04"), queues_report("'04'")},
        Refused{"plus", queues("+4"), queues_report("'+4'")},
        Refused{"minus", queues("-4"), queues_report("'-4'")},
        Refused{"space", queues("\" 4\""), queues_report("' 4'")},
        Refused{"hexadecimal", queues("0x4"), queues_report("'0x4'")},
        Refused{"fraction", queues("4.0"), queues_report("'4.0'")},
        Refused{"zero", queues("0"), queues_report("'0'")},
        Refused{"over", queues("65"), queues_report("'65'")},
        Refused{"wraps_32_bits", queues("4294967297"), queues_report("'4294967297'")},
        Refused{"wraps_64_bits", queues("18446744073709551617"),
                queues_report("'18446744073709551617'")},
        Refused{"nothing", queues(""),
                "lab.yaml:1:24: ports.a.rx_queues: expected a whole number "
                "from 1 to 64, found nothing\n"},
        Refused{"list", queues("[4]"), queues_report("a list")},
        Refused{"map", queues("{}"), queues_report("a map")},
        Refused{"nul", queues("\"4\\0\""), queues_report("'4\\x00'")},
        Refused{
            "mtu", port("device: net_null0, mtu: 67"),
            "lab.yaml:1:37: ports.a.mtu: expected a whole number from 68 to 9198, found '67'\n"},
        Refused{"mbufs", pair + "memory: {mbufs: atuo}",
                "lab.yaml:3:17: memory.mbufs: expected auto or a whole number from 64 to 16777216, "
                "found 'atuo'; did you mean 'auto'?\n"}),
    name_of);

std::string device_report(const std::string &found)
{
  return "lab.yaml:1:21: ports.a.device: expected a PCI address (0000:03:00.0), a virtual device "
         "(net_...) or replay,file=..., found " +
         found + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Devices, Refusal,
    testing::Values(
        Refused{"empty", port("device: \"\""), device_report("nothing")},
        Refused{"missing", port(""),
                "lab.yaml:1:9: ports.a: expected the key 'device', found none\n"},
        Refused{"interface", port("device: eth0"),
                device_report("'eth0'; the kernel's interface of that name would be "
                              "'net_af_packet0,iface=eth0'")},
        Refused{"prefix_alone", port("device: \"net_,x=1\""), device_report("'net_,x=1'")},
        Refused{"function_8", port("device: \"0000:03:00.8\""), device_report("'0000:03:00.8'")},
        Refused{"device_32", port("device: \"0000:03:20.0\""), device_report("'0000:03:20.0'")},
        Refused{"no_domain", port("device: \":03:00.0\""), device_report("':03:00.0'")},
        Refused{"newline", port("device: \"net_null0\\n\""), device_report("'net_null0\\x0a'")},
        Refused{"escape", port("device: \"\\e[31m\\u202e\\u009b\""),
                device_report("'\\x1b[31m\\u202e\\x9b'")},
        Refused{"long", port("device: " + std::string(500, 'z')),
                device_report("'" + std::string(40, 'z') + "...'")},
        Refused{"pci_twice",
                "ports:\n  a: {device: \"0a:00.0\"}\n  b: {device: \"0000:0A:00.0,x=1\"}\n"
                "forward: [wire: [a, b]]\n",
                "lab.yaml:3:15: ports.b.device: expected a device of its own, found "
                "'0000:0A:00.0,x=1', which is that of port 'a' on line 2 already\n"},
        Refused{"vdev_twice",
                "ports:\n  a: {device: \"net_null0,size=64\"}\n  b: {device: net_null0}\n"
                "forward: [wire: [a, b]]\n",
                "lab.yaml:3:15: ports.b.device: expected a device of its own, found 'net_null0', "
                "which is that of port 'a' on line 2 already\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Words, Refusal,
    testing::Values(
        Refused{"overload", pair + "overload: Wiat\n",
                "lab.yaml:3:11: overload: expected auto, wait or drop, found 'Wiat'; did you mean "
                "'wait'?\n"},
        Refused{"far_from_all", pair + "overload: block\n",
                "lab.yaml:3:11: overload: expected auto, wait or drop, found 'block'\n"},
        Refused{"hugepages", pair + "memory: {hugepages: true}\n",
                "lab.yaml:3:21: memory.hugepages: expected auto, on or off, found 'true'\n"},
        Refused{"layout", pair + "workers: {layout: pipeline2}\n",
                "lab.yaml:3:19: workers.layout: expected pipeline or run-to-completion, found "
                "'pipeline2'; did you mean 'pipeline'?\n"},
        Refused{"yes", port("promiscuous: yes, device: net_null0"),
                "lab.yaml:1:26: ports.a.promiscuous: expected true or false, found 'yes'; did you "
                "mean 'true'?\n"},
        Refused{"False", port("promiscuous: False, device: net_null0"),
                "lab.yaml:1:26: ports.a.promiscuous: expected true or false, found 'False'; did "
                "you mean 'false'?\n"},
        Refused{"prefix", pair + "telemetry: {prefix: a/b}\n",
                "lab.yaml:3:21: telemetry.prefix: expected 1 to 31 letters, digits or '_' or '-', "
                "found 'a/b'\n"},
        Refused{"prefix_of_32", pair + "telemetry: {prefix: " + std::string(32, 'p') + "}\n",
                "lab.yaml:3:21: telemetry.prefix: expected 1 to 31 letters, digits or '_' or '-', "
                "found '" +
                    std::string(32, 'p') + "'\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Keys, Refusal,
    testing::Values(
        Refused{"near", port("rx_queue: 2, device: net_null0"),
                "lab.yaml:1:13: ports.a: unknown key 'rx_queue'; did you mean 'rx_queues'?\n"},
        Refused{"far", pair + "colour: red\n",
                "lab.yaml:3:1: unknown key 'colour'; expected ports, workers, forward, rules, "
                "overload, memory or telemetry\n"},
        Refused{"twice", pair + "overload: drop\noverload: wait\n",
                "lab.yaml:4:1: expected each key once, found 'overload' a second time, first on "
                "line 3\n"},
        Refused{"twice_in_a_map", port("device: net_null0, mtu: 68, \"mtu\": 68"),
                "lab.yaml:1:41: ports.a: expected each key once, found 'mtu' a second time, first "
                "on line 1\n"},
        Refused{"no_text", pair + "? [a]\n: 1\n? {b: c}\n: 2\n",
                "lab.yaml:3:3: expected a plain key, found a list\n"
                "lab.yaml:5:3: expected a plain key, found a map\n"},
        Refused{"port_name", "ports: {a-b: {device: net_null0}}\nforward: [sink: [a-b]]\n",
                "lab.yaml:1:9: ports: expected a port's name of 1 to 31 letters, digits or '_', "
                "found 'a-b'\n"},
        Refused{"nothing_required", "overload: wait\n",
                "lab.yaml:1:1: expected the key 'forward', found none\n"
                "lab.yaml:1:1: expected the key 'ports', found none\n"},
        Refused{"sections", "ports: [a]\nforward: a\nworkers: 3\nmemory:\ntelemetry: []\n",
                "lab.yaml:1:8: ports: expected a map of ports, found a list\n"
                "lab.yaml:2:10: forward: expected a list of entries such as 'wire: [left, "
                "right]', found 'a'\n"
                "lab.yaml:3:10: workers: expected a map of cores, layout, assign or handoff, found "
                "'3'\n"
                "lab.yaml:4:8: memory: expected a map of hugepages or mbufs, found nothing\n"
                "lab.yaml:5:12: telemetry: expected a map of prefix, found a list\n"},
        Refused{"no_ports", "ports: {}\nforward: [sink: [a]]\n",
                "lab.yaml:1:8: ports: expected 1 to 32 ports, found 0\n"}),
    name_of);

std::string forward(const std::string &entries)
{
  return "ports: {left: {device: net_null0}, right: {device: net_null1}}\nforward: [" + entries +
         "]\n";
}

INSTANTIATE_TEST_SUITE_P(
    Forward, Refusal,
    testing::Values(
        Refused{"kind_near", forward("wrie: [left, right]"),
                "lab.yaml:2:11: forward[0]: unknown kind 'wrie'; did you mean 'wire'?\n"},
        Refused{
            "kind_far", forward("bridge: [left, right]"),
            "lab.yaml:2:11: forward[0]: unknown kind 'bridge'; expected wire, reflect or sink\n"},
        Refused{"too_few", forward("wire: [left], sink: [right]"),
                "lab.yaml:2:17: forward[0].wire: expected 2 ports, found 1\n"},
        Refused{"none", forward("sink: [], wire: [left, right]"),
                "lab.yaml:2:17: forward[0].sink: expected 1 to 32 ports, found 0\n"},
        Refused{"port_near", forward("wire: [lefft, right]"),
                "lab.yaml:2:18: forward[0].wire[0]: expected the name of a port, found 'lefft'; "
                "did you mean 'left'?\n"},
        Refused{"port_far_and_port_in_none", forward("wire: [uplink, right]"),
                "lab.yaml:1:9: ports.left: expected the port in one entry of 'forward', found it "
                "in none; 'sink: [left]' is for a port that only sends what rules give it\n"
                "lab.yaml:2:18: forward[0].wire[0]: expected the name of a port, found 'uplink'\n"},
        Refused{"twice_in_one", forward("wire: [left, left], sink: [right]"),
                "lab.yaml:2:24: forward[0].wire[1]: expected each port in one entry, found 'left' "
                "a second time, first on line 2\n"},
        Refused{"in_two", forward("wire: [left, right], sink: [right]"),
                "lab.yaml:2:39: forward[1].sink[0]: expected each port in one entry, found "
                "'right' a second time, first on line 2\n"},
        Refused{"two_kinds", forward("{sink: [left], reflect: [right]}"),
                "lab.yaml:2:11: forward[0]: expected one kind per entry, found 2\n"},
        Refused{"no_list", forward("sink: [left, right], sink: {}"),
                "lab.yaml:2:38: forward[1].sink: expected a list of ports, found a map\n"},
        Refused{"no_map", forward("wire"),
                "lab.yaml:2:11: forward[0]: expected a map of one kind "
                "and its ports, found 'wire'\n"},
        Refused{"list_in_list", forward("wire: [[left], right]"),
                "lab.yaml:2:18: forward[0].wire[0]: expected the name of a port, found a list\n"}),
    name_of);

std::string workers(const std::string &options)
{
  return pair + "workers: {" + options + "}\n";
}

std::string handoff_report(const std::string &found)
{
  return "lab.yaml:3:20: workers.handoff: expected auto or a whole number from 64 to 65536, "
         "found " +
         found + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Workers, Refusal,
    testing::Values(
        Refused{"core_twice", workers("cores: [2, 3, 2]"),
                "lab.yaml:3:25: workers.cores[2]: expected each core once, found '2' a second "
                "time, first on line 3\n"},
        Refused{"core_1024", workers("cores: [1024]"),
                "lab.yaml:3:19: workers.cores[0]: expected a whole number from 0 to 1023, found "
                "'1024'\n"},
        Refused{"no_core", workers("cores: []"),
                "lab.yaml:3:18: workers.cores: expected 1 to 127 cores, found 0\n"},
        Refused{"no_list", workers("cores: {}"),
                "lab.yaml:3:18: workers.cores: expected a list of cores, found a map\n"},
        Refused{"assign_and_others",
                workers("cores: [1], layout: pipeline, assign: [{core: 1, tx: "
                        "[left]}]"),
                "lab.yaml:3:11: workers.cores: expected either 'cores' or 'assign', found "
                "'assign' on line 3 too\n"
                "lab.yaml:3:23: workers.layout: expected either 'layout' or 'assign', found "
                "'assign' on line 3 too\n"},
        Refused{"assigned_core_twice",
                workers("assign: [{core: 1, tx: [left]}, {core: 1, tx: "
                        "[right]}]"),
                "lab.yaml:3:50: workers.assign[1].core: expected each core once, found '1' a "
                "second time, first on line 3\n"},
        Refused{"no_work_and_no_core", workers("assign: [{}]"),
                "lab.yaml:3:20: workers.assign[0]: expected the key 'core', found none\n"
                "lab.yaml:3:20: workers.assign[0]: expected the key 'rx' or 'tx', found neither\n"},
        Refused{"all_queues", workers("assign: [{core: 1, rx: [left]}]"),
                "lab.yaml:3:35: workers.assign[0].rx[0]: expected PORT/QUEUE, found 'left'\n"},
        Refused{"no_such_queue", workers("assign: [{core: 1, rx: [left/1]}]"),
                "lab.yaml:3:35: workers.assign[0].rx[0]: expected a receive queue from 0 to 0 "
                "after '/', found 'left/1'\n"},
        Refused{"queue_of_no_port", workers("assign: [{core: 1, rx: [leftt/0]}]"),
                "lab.yaml:3:35: workers.assign[0].rx[0]: expected the name of a port, found "
                "'leftt'; did you mean 'left'?\n"},
        Refused{"queue_twice",
                workers("assign: [{core: 1, rx: [left/0]}, {core: 2, rx: [left/0]}]"),
                "lab.yaml:3:60: workers.assign[1].rx[0]: expected each receive queue once, found "
                "'left/0' a second time, first on line 3\n"},
        Refused{"handoff_of_63", workers("handoff: 63"), handoff_report("'63'")},
        Refused{"handoff_of_65537", workers("handoff: 65537"), handoff_report("'65537'")},
        Refused{"handoff_of_none", workers("handoff: 0"), handoff_report("'0'")},
        Refused{"handoff_trailing", workers("handoff: 1024x"), handoff_report("'1024x'")},
        Refused{"handoff_list", workers("handoff: [64]"), handoff_report("a list")},
        Refused{"handoff_word", workers("handoff: atuo"),
                handoff_report("'atuo'; did you mean 'auto'?")},
        Refused{"handoff_beside_assign", workers("handoff: 63, assign: [{core: 1, tx: [left]}]"),
                handoff_report("'63'")},
        Refused{"handoff_near", workers("handof: 64"),
                "lab.yaml:3:11: workers: unknown key 'handof'; did you mean 'handoff'?\n"},
        Refused{"tx_twice", workers("assign: [{core: 1, tx: [left, left]}]"),
                "lab.yaml:3:41: workers.assign[0].tx[1]: expected each port once, found 'left' a "
                "second time, first on line 3\n"}),
    name_of);

TEST(ConfigErrors, AllOfAFileAreReportedInItsOrder)
{
  EXPECT_EQ(report_of("overload: never\n"
                      "forward:\n"
                      "  - wire: [left, rigth]\n"
                      "ports:\n"
                      "  left: {device: \"0000:03:00.0\", rx_queues: 4x}\n"
                      "  right: {device: net_null0, mtu: 9199}\n"
                      "  right: {device: net_null1}\n"
                      "workers: {assign: [{core: 1, rx: [left/63]}]}\n"),
            "lab.yaml:1:11: overload: expected auto, wait or drop, found 'never'\n"
            "lab.yaml:3:18: forward[0].wire[1]: expected the name of a port, found 'rigth'; did "
            "you mean 'right'?\n"
            "lab.yaml:5:45: ports.left.rx_queues: expected a whole number from 1 to 64, found "
            "'4x'\n"
            "lab.yaml:6:35: ports.right.mtu: expected a whole number from 68 to 9198, found "
            "'9199'\n"
            "lab.yaml:7:3: ports: expected each key once, found 'right' a second time, first on "
            "line 6\n");
}

} // namespace
