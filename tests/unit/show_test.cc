// SPDX-License-Identifier: BSD-3-Clause
// What a person reads: numbers with units of their size, lines that fit a terminal, and nothing
// normal that looks like trouble.
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "show.h"

namespace
{

std::string written(const std::function<void(FILE *)> &write)
{
  char *text = nullptr;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  write(out);
  fclose(out);
  std::string all(text, size);
  free(text);
  return all;
}

std::string as(const char *(*show)(double, char *), double value)
{
  char text[SHOW_SIZE];
  return show(value, text);
}

void expect_fits(const std::string &text)
{
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(line.size(), 80u) << line;
}

// Two ports, two workers, a handoff, and as large figures as a long run has.
std::unique_ptr<status> long_run()
{
  auto s = std::make_unique<status>();
  s->seconds = 100000;
  s->n_ports = 2;
  strcpy(s->port[0].name, "left");
  strcpy(s->port[1].name, "right");
  for (unsigned i = 0; i < 2; i++) {
    s->port[i].device = "net_af_packet0,iface=a-long-name,blocksz=65536,framesz=2048";
    strcpy(s->port[i].driver, "net_af_packet");
    strcpy(s->port[i].copies, "on receive and transmit");
    strcpy(s->port[i].link, "down (follows left)");
    s->port[i].received = s->port[i].transmitted = 123456789012;
    s->port[i].dropped[0] = 1;
    s->port[i].wait = true;
    s->port[i].missed = 1234567890;
  }
  s->n_workers = 2;
  for (unsigned i = 0; i < 2; i++)
    s->worker[i].answers = true;
  s->received = s->transmitted = s->cloned = s->dropped = 246913578024;
  s->n_rules = 1;
  strcpy(s->rule[0].name, "a_rule_with_a_name_of_31_letters");
  s->rule[0].packets = s->rule[0].bytes = 246913578024;
  s->rule[0].cycles_per_packet = 12.34;
  s->rule[0].lost = 12345;
  s->n_bridges = 1;
  strcpy(s->bridge[0].name, "lan");
  s->bridge[0].capacity = 65536;
  s->n_handoffs = 1;
  s->handoff[0] = {0, 1, 1, 4096, 0, 4096};
  return s;
}

TEST(Show, NumbersHaveThreeFigures)
{
  EXPECT_EQ(as(show_number, 0), "0");
  EXPECT_EQ(as(show_number, 999.4), "999");
  EXPECT_EQ(as(show_number, 1204), "1.20 k");
  EXPECT_EQ(as(show_number, 5.45e7), "54.5 M");
}

TEST(Show, TimesHaveAUnitOfTheirSize)
{
  EXPECT_EQ(as(show_seconds, 0), "0 ns");
  EXPECT_EQ(as(show_seconds, 8.5e-8), "85 ns");
  EXPECT_EQ(as(show_seconds, 3.9e-6), "3.90 us");
  EXPECT_EQ(as(show_seconds, 3.43e-3), "3.43 ms");
  EXPECT_EQ(as(show_seconds, 0.99999), "1.00 s");
  EXPECT_EQ(as(show_seconds, 3600), "3600 s");
}

TEST(Show, CyclesAreReadable)
{
  EXPECT_EQ(as(show_cycles, 41.12), "41.1");
  EXPECT_EQ(as(show_cycles, 1629.6), "1630");
  EXPECT_EQ(as(show_cycles, 380880455.4), "381 M");
}

TEST(Show, LatenessIsInUnits)
{
  auto s = long_run();
  struct replay_status replay = {}, *r = &replay;
  s->port[0].replay = r;
  strcpy(r->asked.file, "x.pcap");
  r->asked.rate = REPLAY_ORIGINAL;
  r->asked.speed = r->asked.loop = 1;
  r->frames = r->sent = 6;
  r->late_p50 = 3.43e-3;
  r->late_most = 1.5;
  EXPECT_NE(
      written([&](FILE *out) {
        show_replays(s.get(), out);
      }).find("  late: half by 3.43 ms or less, 99% by 0 ns, 99.9% by 0 ns, at most by 1.50 s\n"),
      std::string::npos);
}

TEST(Show, EveryLineFits)
{
  auto s = long_run();
  expect_fits(written([&](FILE *out) { show_summary(s.get(), out); }));
  expect_fits(written([&](FILE *out) { show_ports(s.get(), out); }));
  expect_fits(written([&](FILE *out) { show_line(s.get(), true, out); }));
}

TEST(Show, TotalsAndRatesAreToldApart)
{
  auto s = long_run();
  std::string text = written([&](FILE *out) { show_line(s.get(), true, out); });
  size_t second = text.find('\n') + 1;
  std::string above = text.substr(0, second), names = text.substr(second);
  EXPECT_LT(names.find("rx pps"), above.find("per second") + 10);
  EXPECT_LT(above.find("since the start"), names.find("copied B"));
  EXPECT_LT(above.find("per second"), names.find("tx pps"));
  EXPECT_LT(names.find("in flight"), names.find("dropped")) << names;
}

TEST(Show, AFullHandoffIsNoTrouble)
{
  auto s = long_run();
  auto summary = [&] { return written([&](FILE *out) { show_summary(s.get(), out); }); };
  EXPECT_NE(summary().find(
                "handoff 0 to 1 for right: full at times (4096); worker 0 waited, none lost\n"),
            std::string::npos)
      << summary();
  s->port[1].wait = false;
  EXPECT_NE(summary().find("what found no room is"), std::string::npos) << summary();
  s->handoff[0].high_water = 206;
  EXPECT_NE(summary().find("handoff 0 to 1 for right: held up to 206 of 4096\n"), std::string::npos)
      << summary();
}

} // namespace
