// SPDX-License-Identifier: BSD-3-Clause
// What a replay port will need, by files of every kind.
#include "replay/plan.h"

#include <cerrno>

#include "capture_scanned.h"

namespace
{

constexpr uint64_t SECOND = 1000000000; // in nanoseconds

struct Planned {
  int status;
  replay_plan plan;
  std::string error;
};

class ReplayPlan : public CaptureFile
{
protected:
  static config_replay defaults()
  {
    config_replay options = {};
    options.loop = 1;
    options.speed = 1;
    options.memory = REPLAY_MEMORY;
    return options;
  }

  Planned make(unsigned held = 0)
  {
    Planned planned = {};
    char error[512] = "";
    snprintf(options.file, sizeof(options.file), "%s", path.c_str());
    planned.status = replay_plan_make(&planned.plan, &options, held, error, sizeof(error));
    planned.error = planned.status == 0 ? error : plain(error);
    EXPECT_LE(planned.status, 0);
    return planned;
  }

  Planned make(const std::string &bytes, unsigned held = 0)
  {
    write(bytes);
    return make(held);
  }

  // The plan for a file that must be accepted.
  replay_plan accepted(const std::string &bytes, unsigned held = 0)
  {
    Planned planned = make(bytes, held);
    EXPECT_EQ(planned.error, "");
    EXPECT_EQ(planned.status, 0);
    return planned.plan;
  }

  std::string refusal(const std::string &bytes, int status, unsigned held = 0)
  {
    Planned planned = make(bytes, held);
    EXPECT_EQ(planned.status, status);
    return planned.status < 0 ? planned.error : "accepted";
  }

  // The megabytes that a refusal asks for.
  static uint64_t asked_for(const std::string &error)
  {
    size_t end = error.rfind("MB"), start = error.find_last_not_of("0123456789", end - 1) + 1;
    return std::stoull(error.substr(start, end - start));
  }

  config_replay options = defaults();
};

std::string frames_of(unsigned count, size_t length)
{
  Pcap file;
  for (unsigned i = 0; i < count; i++)
    file.add(frame_of(LLDP, length));
  return file.bytes;
}

// A file of frames with these seconds and parts of a second.
std::string stamped(uint32_t magic, bool big,
                    const std::vector<std::pair<uint32_t, uint32_t>> &stamps)
{
  Pcap file(big, magic);
  for (auto [seconds, part] : stamps)
    file.add(frame_of(LLDP), 0, seconds, part);
  return file.bytes;
}

TEST_F(ReplayPlan, CountsFramesBytesAndBits)
{
  replay_plan plan = accepted(
      Pcap().add(frame_of(LLDP, 1)).add(frame_of(LLDP, 1518)).add(frame_of(LLDP, 60)).bytes);
  EXPECT_EQ(plan.times.frames, 3u);
  EXPECT_EQ(plan.bytes, 1u + 1518 + 60);
  EXPECT_EQ(plan.wire_bits, 8u * (1 + 1518 + 60 + 3 * 24));
  EXPECT_EQ(plan.longest, 1518u);
  EXPECT_FALSE(plan.window);
}

TEST_F(ReplayPlan, EachFrameGetsTheSmallestRoomThatHoldsIt)
{
  Pcap file;
  for (unsigned room : replay_rooms) {
    file.add(frame_of(LLDP, room));
    if (room < CAPTURE_FRAME_MAX)
      file.add(frame_of(LLDP, room + 1));
  }
  replay_plan plan = accepted(file.add(frame_of(LLDP, 1)).bytes);
  EXPECT_EQ(plan.in[0], 2u) << "64 bytes and one";
  for (unsigned i = 1; i < REPLAY_ROOMS; i++)
    EXPECT_EQ(plan.in[i], 2u) << replay_rooms[i];
  EXPECT_EQ(plan.longest, static_cast<unsigned>(CAPTURE_FRAME_MAX));
}

TEST_F(ReplayPlan, TimeStampsOfPcap)
{
  for (bool big : {false, true}) {
    replay_plan micro =
        accepted(stamped(magic_micro, big, {{1700000000, 999999}, {1700000002, 7}}));
    EXPECT_EQ(micro.times.first, 1700000000 * SECOND + 999999000);
    EXPECT_EQ(micro.times.last, 1700000002 * SECOND + 7000);
    replay_plan nano =
        accepted(stamped(magic_nano, big, {{1700000000, 999999999}, {1700000002, 7}}));
    EXPECT_EQ(nano.times.first, 1700000000 * SECOND + 999999999);
    EXPECT_EQ(nano.times.last, 1700000002 * SECOND + 7);
  }
}

TEST_F(ReplayPlan, TimeStampsOfPcapng)
{
  struct {
    int resolution;
    uint64_t in_second;
  } rows[] = {{3, 1000}, {6, 1000000}, {9, 1000000000}};
  for (bool big : {false, true}) {
    for (auto [resolution, in_second] : rows) {
      SCOPED_TRACE(resolution);
      Pcapng file(big);
      file.interface(LINK_ETHERNET, resolution);
      std::string frame = frame_of(LLDP);
      for (uint64_t units : {1700000000 * in_second + 1, 1700000003 * in_second + in_second - 1})
        file.block(6, number(0, 4, big) + number(units >> 32, 4, big) +
                          number(static_cast<uint32_t>(units), 4, big) +
                          number(frame.size(), 4, big) + number(frame.size(), 4, big) + frame);
      replay_plan plan = accepted(file.bytes);
      EXPECT_EQ(plan.times.first, 1700000000 * SECOND + SECOND / in_second);
      EXPECT_EQ(plan.times.last, 1700000004 * SECOND - SECOND / in_second);
    }
  }
}

TEST_F(ReplayPlan, TheLatestStampNeedNotBeTheLastFrames)
{
  replay_plan plan = accepted(stamped(magic_micro, false, {{50, 1}, {70, 2}, {40, 0}, {60, 0}}));
  EXPECT_EQ(plan.times.first, 50 * SECOND + 1000);
  EXPECT_EQ(plan.times.last, 70 * SECOND + 2000);
}

TEST_F(ReplayPlan, AFileWithFewFramesIsLaidOutSeveralTimes)
{
  struct {
    unsigned frames;
    uint64_t loop;
    unsigned held, copies;
  } rows[] = {
      {10, 0, 100, 62}, // 612 frames at least
      {10, 1000, 100, 62}, {10, 62, 100, 62},       {10, 61, 100, 61},  {10, 3, 100, 3},
      {10, 1, 100, 1},     {1, 0, 0, REPLAY_READY}, {1, 0, 8192, 8704}, {511, 0, 0, 2},
      {512, 0, 0, 1},      {513, 0, 0, 1},          {513, 0, 1, 1},     {513, 0, 2, 2},
  };
  for (const auto &row : rows) {
    SCOPED_TRACE(std::to_string(row.frames) + " frames, loop=" + std::to_string(row.loop) + ", " +
                 std::to_string(row.held) + " held");
    options.loop = row.loop;
    replay_plan plan = accepted(frames_of(row.frames, 60), row.held);
    EXPECT_EQ(plan.copies, row.copies);
    EXPECT_FALSE(plan.window);
    EXPECT_EQ(plan.times.frames, row.frames) << "of the file, not of all copies";
    EXPECT_EQ(plan.in[0], row.frames);
  }
}

// Whole where memory suffices, else through a window, else refused
// with a number that then does.
TEST_F(ReplayPlan, MemoryDecides)
{
  write(frames_of(10000, 1500));
  replay_plan whole = make(500).plan;
  ASSERT_FALSE(whole.window);
  size_t bytes = replay_plan_bytes(&whole, 64);
  EXPECT_GT(bytes, 10000u * (1536 + 128)) << "a frame's room, and its mbuf";

  options.memory = bytes;
  EXPECT_FALSE(make(500).plan.window);
  options.memory = bytes / 2;
  Planned window = make(500);
  EXPECT_EQ(window.error, "");
  EXPECT_TRUE(window.plan.window);
  EXPECT_GE(window.plan.window_mbufs, 500u + REPLAY_WINDOW_MIN);
  EXPECT_LT(window.plan.window_mbufs, 5100u);
  EXPECT_LE(replay_plan_bytes(&window.plan, 64), options.memory + (2 << 20)) << "with its caches";

  options.memory = REPLAY_MEMORY_MIN;
  Planned refused = make(500);
  EXPECT_EQ(refused.status, -ENOMEM);
  EXPECT_EQ(refused.error.find("x.pcap: does not fit into memory=1MB, and a window of 4596 of its "
                               "frames takes "),
            0u)
      << refused.error;
  options.memory = asked_for(refused.error) << 20;
  Planned enough = make(500);
  EXPECT_EQ(enough.error, "");
  EXPECT_TRUE(enough.plan.window);
  options.memory -= 1 << 20;
  EXPECT_EQ(make(500).status, -ENOMEM) << "asked for more than it needs";
}

TEST_F(ReplayPlan, CopiesMustFitToo)
{
  options.loop = 0;
  options.memory = 2 << 20;
  std::string file = frames_of(3, 9000);
  std::string error = refusal(file, -ENOMEM, 1000);
  EXPECT_EQ(error.find("x.pcap: the devices may hold 1000 packets, so that its frames must lie in "
                       "memory 504 times: set memory to "),
            0u)
      << error;
  options.memory = asked_for(error) << 20;
  EXPECT_EQ(accepted(file, 1000).copies, 504u);
  options.memory = 2 << 20;
  options.loop = 1;
  EXPECT_EQ(accepted(file, 1000).copies, 1u) << "sent once, it needs none";
}

// A page that holds one frame only costs a page for each.
TEST_F(ReplayPlan, PagesCount)
{
  replay_plan plan = accepted(frames_of(1000, 2049));
  size_t close = replay_plan_bytes(&plan, 64), pages = replay_plan_bytes(&plan, 4096);
  EXPECT_GE(pages, 1000u * 2 * 4096) << "an mbuf with room for 4096 bytes crosses into a second";
  EXPECT_LT(close, pages);
  EXPECT_GE(replay_plan_bytes(&plan, 2 << 20), close);
}

TEST_F(ReplayPlan, OriginalTimingNeedsTimeStampsThatDiffer)
{
  options.rate = REPLAY_ORIGINAL;
  std::string alike = stamped(magic_micro, false, {{5, 5}, {5, 5}, {5, 5}});
  std::string single = stamped(magic_micro, false, {{5, 5}});
  const std::string sentence =
      "x.pcap: all frames have one time stamp, so that original timing does not say when the next "
      "lap begins: a rate in numbers would do, or one lap";
  for (uint64_t loop : {0, 2}) {
    options.loop = loop;
    EXPECT_EQ(refusal(alike, -EINVAL), sentence);
    EXPECT_EQ(refusal(single, -EINVAL), sentence);
    accepted(stamped(magic_micro, false, {{5, 5}, {5, 6}}));
  }
  options.loop = 1;
  accepted(alike);
  accepted(single);
  options.loop = 2;
  options.rate = REPLAY_FRAMES;
  options.per_second = 1;
  accepted(alike);
}

// A clock of 2^64 units cannot tell more than some months ahead from behind.
TEST_F(ReplayPlan, NothingIsDueInMonths)
{
  const std::string gap = stamped(magic_micro, false, {{0, 0}, {1700000000, 0}}); // a clock unset
  options.rate = REPLAY_ORIGINAL;
  EXPECT_EQ(
      refusal(gap, -EINVAL),
      "x.pcap: 19676 days from frame 1 to the next; platter waits 30 at most: another rate or "
      "speed would do");
  options.speed = 1000;
  EXPECT_EQ(accepted(gap).times.frames, 2u);
  options = defaults();
  accepted(gap);
  std::string file = frames_of(2, 60);
  options.rate = REPLAY_FRAMES;
  options.per_second = 1e-9;
  EXPECT_NE(refusal(file, -EINVAL), "accepted");
  options.per_second = 1e-6;
  accepted(file);
  options.rate = REPLAY_BITS;
  options.per_second = 1e-4;
  EXPECT_NE(refusal(file, -EINVAL), "accepted");
  options.per_second = 1e-3;
  accepted(file);
}

// It is the gap that counts, not how long the capture is.
TEST_F(ReplayPlan, AFrameAnHourForMonths)
{
  std::vector<std::pair<uint32_t, uint32_t>> stamps;
  for (uint32_t hour = 0; hour < 400 * 24; hour++)
    stamps.push_back({1700000000 + 3600 * hour, 0});
  options.rate = REPLAY_ORIGINAL;
  replay_plan plan = accepted(stamped(magic_micro, false, stamps));
  EXPECT_EQ(plan.times.gap, 3600 * SECOND);
  EXPECT_EQ(plan.times.gap_after, 1u);
  EXPECT_NEAR(schedule_seconds(&options, &plan.times, plan.wire_bits), 3600.0 * (400 * 24 - 1), 1);
  stamps.push_back({stamps.back().first + 31 * 86400, 0});
  EXPECT_EQ(refusal(stamped(magic_micro, false, stamps), -EINVAL),
            "x.pcap: 31 days from frame 9600 to the next; platter waits 30 at most: another rate "
            "or speed would do");
}

TEST_F(ReplayPlan, WhatTheOptionsLeaveOut)
{
  options.skip_long = options.sound_part = true;
  std::string bytes =
      Pcap().add(frame_of(LLDP, 9217)).add(frame_of(LLDP)).add(frame_of(LLDP)).bytes;
  bytes.pop_back();
  replay_plan plan = accepted(bytes);
  EXPECT_EQ(plan.times.frames, 1u);
  EXPECT_EQ(plan.longest, 60u);
  EXPECT_EQ(plan.left.long_frames, 1u);
  EXPECT_TRUE(plan.left.cut);
}

TEST_F(ReplayPlan, WhatCannotBeReplayed)
{
  EXPECT_EQ(refusal(Pcap().bytes, -EINVAL), "x.pcap: no frames in it");
  EXPECT_EQ(refusal(Pcapng().interface().bytes, -EINVAL), "x.pcap: no frames in it");
  EXPECT_EQ(refusal(Pcap().add(frame_of(LLDP)).add("").bytes, -EINVAL),
            "x.pcap: frame 2: no bytes");
  EXPECT_EQ(refusal(frames_of(1, 9217), -EINVAL),
            "x.pcap: frame 1: 9217 bytes; platter forwards frames of up to 9216; the option "
            "skip-long=yes leaves longer ones out");
  EXPECT_EQ(refusal(Pcap(false, magic_micro, LINK_SLL).add(frame_of(LLDP)).bytes, -EINVAL),
            "x.pcap: not Ethernet but Linux cooked v1 (LINUX_SLL)");
  std::string cut = frames_of(5, 60);
  cut.pop_back();
  EXPECT_EQ(refusal(cut, -EINVAL).find("x.pcap: damaged after frame 4"), 0u);
  EXPECT_NE(refusal("", -EINVAL), "accepted");
  EXPECT_NE(refusal("no capture, but a text of some length", -EINVAL), "accepted");
  fs::remove(path);
  Planned missing = make();
  EXPECT_EQ(missing.status, -ENOENT);
  EXPECT_EQ(missing.error, "x.pcap: No such file or directory");
}

// A frame of which the capture holds only a part is replayed as far as it is there.
TEST_F(ReplayPlan, ShortenedFramesCountWithWhatIsThere)
{
  replay_plan plan = accepted(Pcap().add(frame_of(LLDP, 60), 9000).bytes);
  EXPECT_EQ(plan.bytes, 60u);
  EXPECT_EQ(plan.longest, 60u);
}

} // namespace
