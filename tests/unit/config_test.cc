// SPDX-License-Identifier: BSD-3-Clause
// What a valid configuration becomes, and the reading of files.
#include "config_parsed.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

TEST(Config, DefaultsAreThoseOfTheReference)
{
  Parsed parsed(pair);
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config &config = *parsed.config;
  EXPECT_STREQ(config.file, "lab.yaml");
  ASSERT_EQ(config.n_ports, 2u);
  EXPECT_STREQ(config.ports[0].name, "left");
  EXPECT_STREQ(config.ports[1].name, "right");
  EXPECT_EQ(config.ports[0].rx_queues, 1u);
  EXPECT_EQ(config.ports[0].mtu, 0u);
  EXPECT_TRUE(config.ports[0].promiscuous);
  EXPECT_EQ(config.n_cores, 0u);
  EXPECT_EQ(config.n_assign, 0u);
  EXPECT_EQ(config.layout, CONFIG_LAYOUT_PIPELINE);
  EXPECT_EQ(config.handoff, 0u);
  EXPECT_EQ(config.overload, CONFIG_OVERLOAD_AUTO);
  EXPECT_EQ(config.hugepages, CONFIG_HUGEPAGES_AUTO);
  EXPECT_EQ(config.mbufs, 0u);
  EXPECT_STREQ(config.prefix, "platter");
}

TEST(Config, EveryOptionIsRead)
{
  Parsed parsed("telemetry: { prefix: lab-2_a }\n"
                "memory: { hugepages: off, mbufs: 4096 }\n"
                "overload: drop\n"
                "forward:\n"
                "  - wire: [b, a]\n"
                "  - sink: [c]\n"
                "workers: { cores: [3, 0, 1023], layout: run-to-completion, handoff: 100 }\n"
                "ports:\n"
                "  a: { device: \"0000:03:00.0\", rx_queues: 64, mtu: 9198, promiscuous: false }\n"
                "  b: { device: 'net_af_packet0,iface=veth0', mtu: 68, promiscuous: true }\n"
                "  c: { device: net_null0, rx_queues: 1 }\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config &config = *parsed.config;
  EXPECT_STREQ(config.prefix, "lab-2_a");
  EXPECT_EQ(config.hugepages, CONFIG_HUGEPAGES_OFF);
  EXPECT_EQ(config.mbufs, 4096u);
  EXPECT_EQ(config.overload, CONFIG_OVERLOAD_DROP);
  ASSERT_EQ(config.n_cores, 3u);
  EXPECT_EQ(config.cores[0], 3u);
  EXPECT_EQ(config.cores[1], 0u);
  EXPECT_EQ(config.cores[2], 1023u);
  EXPECT_EQ(config.layout, CONFIG_LAYOUT_RUN_TO_COMPLETION);
  EXPECT_EQ(config.handoff, 100u);
  ASSERT_EQ(config.n_ports, 3u);
  EXPECT_EQ(config.ports[0].rx_queues, 64u);
  EXPECT_EQ(config.ports[0].mtu, 9198u);
  EXPECT_FALSE(config.ports[0].promiscuous);
  EXPECT_EQ(config.ports[0].place.line, 9);
  EXPECT_EQ(config.ports[0].place.column, 3);
  EXPECT_EQ(config.ports[0].device_place.column, 16);
  EXPECT_STREQ(config.ports[1].device, "net_af_packet0,iface=veth0");
  EXPECT_EQ(config.ports[1].mtu, 68u);
  EXPECT_TRUE(config.ports[1].promiscuous);
  ASSERT_EQ(config.n_forward, 2u);
  EXPECT_EQ(config.forward[0].kind, &config_kinds[0]);
  ASSERT_EQ(config.forward[0].n_ports, 2u);
  EXPECT_EQ(config.forward[0].ports[0], 1u);
  EXPECT_EQ(config.forward[0].ports[1], 0u);
  EXPECT_EQ(config.forward[1].kind, &config_kinds[2]);
  EXPECT_EQ(config.forward[1].place.line, 6);
  EXPECT_EQ(config.forward[1].place.column, 5);
}

TEST(Config, AnAssignmentIsReadInTheOrderOfTheFile)
{
  Parsed parsed("ports: {left: {device: net_null0, rx_queues: 2}, right: {device: net_null1}}\n"
                "forward: [wire: [left, right]]\n"
                "workers:\n"
                "  assign:\n"
                "    - {core: 5, rx: [left/1, right/0]}\n"
                "    - {core: 2, rx: [left/0], tx: [right, left]}\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  const struct config &config = *parsed.config;
  ASSERT_EQ(config.n_assign, 2u);
  EXPECT_EQ(config.assign[0].core, 5u);
  EXPECT_EQ(config.assign[0].place.line, 5);
  EXPECT_EQ(config.assign[0].n_tx, 0u);
  ASSERT_EQ(config.assign[0].n_rx, 2u);
  EXPECT_EQ(config.assign[0].rx[0].port, 0u);
  EXPECT_EQ(config.assign[0].rx[0].queue, 1u);
  EXPECT_EQ(config.assign[0].rx[0].place.column, 22);
  EXPECT_EQ(config.assign[0].rx[1].port, 1u);
  EXPECT_EQ(config.assign[1].core, 2u);
  ASSERT_EQ(config.assign[1].n_tx, 2u);
  EXPECT_EQ(config.assign[1].tx[0], 1u);
  EXPECT_EQ(config.assign[1].tx[1], 0u);
}

TEST(Config, AHandoffHasASizeBesideAnyLayout)
{
  const std::pair<const char *, unsigned> sizes[] = {{"auto", 0}, {"64", 64}, {"65536", 65536}};
  for (auto [written, size] : sizes)
    for (const char *beside : {"", "layout: pipeline, ", "assign: [{core: 1, tx: [left]}], "}) {
      Parsed parsed(pair + "workers: {" + beside + "handoff: " + written + "}\n");
      ASSERT_NE(parsed.config, nullptr) << parsed.report();
      EXPECT_EQ(parsed.config->handoff, size) << beside << written;
    }
}

struct Device {
  const char *written;
  const char *normal;
};

class ConfigDevice : public testing::TestWithParam<Device>
{
};

TEST_P(ConfigDevice, IsKeptInItsNormalForm)
{
  Parsed parsed("ports: {a: {device: \"" + std::string(GetParam().written) +
                "\"}}\nforward: [sink: [a]]\n");
  ASSERT_NE(parsed.config, nullptr) << parsed.report();
  EXPECT_STREQ(parsed.config->ports[0].device, GetParam().normal);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ConfigDevice,
    testing::Values(Device{"0000:03:00.0", "0000:03:00.0"}, Device{"03:00.0", "0000:03:00.0"},
                    Device{"0A:1F.7", "0000:0a:1f.7"},
                    Device{"ABCD:0A:1F.7,Key=Value", "abcd:0a:1f.7,Key=Value"},
                    Device{"3b:00.1,a=b,c=d", "0000:3b:00.1,a=b,c=d"},
                    Device{"net_null0", "net_null0"},
                    Device{"net_pcap0,rx_pcap=/tmp/A b.pcap", "net_pcap0,rx_pcap=/tmp/A b.pcap"}));

// Who may write the configuration is not thereby allowed to run programs as root.
TEST(Config, DevicesThatRunCommandsAreRefused)
{
  for (const char *device :
       {"net_failsafe0,exec(touch /tmp/ran)", "net_failsafe0,dev(net_null0)", "net_failsafe",
        "net_failsafe_x,fd(0)", "net_vdev_netvsc0,iface=eth0", "net_softnic0,firmware=/tmp/x"}) {
    std::string report =
        report_of("ports: {a: {device: '" + std::string(device) + "'}}\nforward: [sink: [a]]\n");
    std::string name = std::string(device).substr(0, std::string(device).find(','));
    EXPECT_EQ(report.rfind("lab.yaml:1:21: ports.a.device: " + name + " is refused: it ", 0), 0u)
        << report;
    EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 1) << report;
  }
}

// memif's driver makes a server's socket a name without permissions unless it is told otherwise.
TEST(Config, MemifServersForEverybodyAreRefused)
{
  for (const char *arguments :
       {"role=server", "role=master,id=1", "role=server,socket=/run/m.sock", "role=server,secret=",
        "role=server,socket-abstract=yes", "role=server,socket-abstract=no,socket-abstract=yes",
        "role=client,role=server", "socket=no,role=server", "role=server,socket-abstract=,id=no"})
    EXPECT_NE(report_of("ports: {a: {device: 'net_memif0," + std::string(arguments) +
                        "'}}\nforward: [sink: [a]]\n")
                  .find("lab.yaml:1:21: ports.a.device: net_memif0 is refused: it is a server that "
                        "every user of this machine can connect to; add `socket-abstract=no`"),
              std::string::npos)
        << arguments;
  for (const char *arguments :
       {"", ",role=client", ",id=3", ",role=server,socket-abstract=no", ",role=server,secret=a",
        ",role=server,role=client", ",socket-abstract=no,role=master"})
    EXPECT_EQ(report_of("ports: {a: {device: 'net_memif0" + std::string(arguments) +
                        "'}}\nforward: [sink: [a]]\n"),
              "accepted")
        << arguments;
}

// The last byte allowed and one more: the text is padded by a comment.
TEST(Config, AFileMayHaveOneMebibyte)
{
  std::string text = pair + "#";
  text.resize(CONFIG_FILE_MAX, '.');
  EXPECT_NE(Parsed(text).config, nullptr);
  EXPECT_EQ(report_of(text + "."), "lab.yaml: expected at most 1048576 bytes, found more\n");
}

TEST(Config, AByteOrderMarkIsPassedOver)
{
  Parsed parsed("\xef\xbb\xbf" + pair);
  EXPECT_NE(parsed.config, nullptr) << parsed.report();
}

TEST(Config, ThirtyTwoPortsAreAllowed)
{
  std::string ports, names;
  auto add = [&](int i) {
    ports += "  p" + std::to_string(i) + ": {device: net_null" + std::to_string(i) + "}\n";
    names += (i == 0 ? "p" : ", p") + std::to_string(i);
  };
  for (int i = 0; i < 32; i++)
    add(i);
  Parsed most("ports:\n" + ports + "forward: [sink: [" + names + "]]\n");
  ASSERT_NE(most.config, nullptr) << most.report();
  EXPECT_EQ(most.config->forward[0].n_ports, 32u);
  add(32);
  // One error: the names in `forward` are not refused for it as well.
  EXPECT_EQ(report_of("ports:\n" + ports + "forward: [sink: [" + names + "]]\n"),
            "lab.yaml:2:3: ports: expected 1 to 32 ports, found 33\n"
            "lab.yaml:35:17: forward[0].sink: expected 1 to 32 ports, found 33\n");
}

TEST(ConfigLoad, EverySampleIsValid)
{
  const char *source = getenv("PLATTER_SOURCE");
  ASSERT_NE(source, nullptr);
  int samples = 0;
  for (const auto &entry : std::filesystem::directory_iterator(std::string(source) + "/config")) {
    if (entry.path().extension() != ".yaml")
      continue;
    Parsed parsed(Parsed::File{entry.path()});
    EXPECT_NE(parsed.config, nullptr) << parsed.report(entry.path().c_str());
    std::ifstream file(entry.path());
    EXPECT_EQ(file.get(), '#') << entry.path() << " does not open with a comment";
    samples++;
  }
  EXPECT_GE(samples, 9);
}

TEST(ConfigLoad, WhatIsNoReadableFileIsSaidInOneLine)
{
  auto report = [](const std::string &path) {
    Parsed parsed(Parsed::File{path});
    EXPECT_EQ(parsed.config, nullptr);
    return parsed.report("x");
  };
  EXPECT_EQ(report("/"), "x: expected a file, found a directory\n");
  EXPECT_EQ(report("/no/such/file"), "x: cannot open: No such file or directory\n");
  EXPECT_EQ(report("/dev/null"), "x: expected a configuration, found nothing\n");
  EXPECT_EQ(report("/dev/zero"), "x: expected at most 1048576 bytes, found more\n");
}

TEST(ConfigLoad, APipeIsReadToItsEnd)
{
  std::string path = testing::TempDir() + "config_pipe_" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  pid_t child = fork();
  if (child == 0) {
    std::ofstream pipe(path);
    pipe << pair.substr(0, 20) << std::flush;
    usleep(20000);
    pipe << pair.substr(20) << std::flush;
    _exit(0);
  }
  Parsed parsed(Parsed::File{path});
  EXPECT_NE(parsed.config, nullptr) << parsed.report();
  std::filesystem::remove(path);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
}

TEST(ConfigErrors, AnErrorFoundLaterIsPrintedWithTheOthers)
{
  struct config_errors errors = {};
  config_error_add(&errors, {3, 7}, "core %d is not usable", 4);
  config_error_add(&errors, {0, 0}, "no port has a device");
  ASSERT_EQ(errors.count, 2u);
  EXPECT_EQ(errors.error[0].place.line, 3);
  EXPECT_STREQ(errors.error[0].text, "core 4 is not usable");
  char text[128] = "";
  FILE *out = fmemopen(text, sizeof(text), "w");
  config_errors_print(&errors, "lab.yaml", out);
  fclose(out);
  EXPECT_STREQ(text, "lab.yaml:3:7: core 4 is not usable\nlab.yaml: no port has a device\n");
  config_errors_free(&errors);
  EXPECT_EQ(errors.count, 0u);
  EXPECT_EQ(errors.error, nullptr);
}

} // namespace
