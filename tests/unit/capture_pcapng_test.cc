// SPDX-License-Identifier: BSD-3-Clause
// pcapng as others write it: what Wireshark, dumpcap and mergecap leave behind, and what is wrong.
#include "capture_scanned.h"

#include <vector>

namespace
{

constexpr uint64_t SECOND = 1000000000; // in nanoseconds

class CapturePcapng : public CaptureFile
{
protected:
  struct Frame {
    std::string bytes;
    uint64_t stamp;
    uint32_t whole;
  };

  std::vector<Frame> frames(const Pcapng &file)
  {
    write(file.bytes);
    char error[512] = "";
    struct capture_reader *reader;
    struct capture_frame frame;
    std::vector<Frame> all;
    if (capture_open(&reader, path.c_str(), &terms, error, sizeof(error)) == 0) {
      int found;
      while ((found = capture_next(reader, &frame)) == 1)
        all.push_back({std::string(reinterpret_cast<const char *>(frame.bytes), frame.length),
                       frame.stamp, frame.whole});
      EXPECT_EQ(found, 0);
      capture_close(reader);
    }
    EXPECT_STREQ(error, "");
    return all;
  }
};

// What Wireshark writes where one interface was Ethernet and the others, of which no frame is left
// in the export, were not.
TEST_F(CapturePcapng, InterfacesWithoutFramesDoNotMatter)
{
  for (bool big : {false, true}) {
    Pcapng file(big);
    file.interface(LINK_SLL, 6, 64).interface(LINK_ETHERNET, 6, 128).interface(60000);
    file.add(frame_of(LLDP, 61), 1).add(frame_of(LLDP, 62), 1).interface(LINK_SLL);
    std::vector<Frame> all = frames(file);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].bytes, frame_of(LLDP, 62));
    EXPECT_EQ(count(file.bytes), "2");
    EXPECT_EQ(refusal(file.add(frame_of(LLDP), 0).bytes),
              "x.pcap: frame 3: not Ethernet but Linux cooked v1 (LINUX_SLL)");
  }
}

TEST_F(CapturePcapng, SnapLengthsMayDifferAndBeBroken)
{
  Pcapng file;
  file.interface(LINK_ETHERNET, 6, 64).interface(LINK_ETHERNET, 9, 0xffffffff).interface();
  for (uint32_t on : {0, 1, 2, 0})
    file.add(frame_of(LLDP, 100 + on), on);
  std::vector<Frame> all = frames(file);
  ASSERT_EQ(all.size(), 4u);
  for (uint32_t i : {0, 1, 2})
    EXPECT_EQ(all[i].bytes, frame_of(LLDP, 100 + i));
}

// mergecap and cat: each section has its byte order and its interfaces.
TEST_F(CapturePcapng, SectionsOfBothByteOrders)
{
  for (bool big : {false, true}) {
    Pcapng file(big);
    file.interface().add(frame_of(LLDP, 61)).section(!big).interface(LINK_SLL).interface();
    file.add(frame_of(LLDP, 62), 1).section(big).interface().add(frame_of(LLDP, 63));
    std::vector<Frame> all = frames(file);
    ASSERT_EQ(all.size(), 3u);
    for (unsigned i = 0; i < 3; i++)
      EXPECT_EQ(all[i].bytes.size(), 61 + i);
    EXPECT_EQ(refusal(file.section(big).add(frame_of(LLDP)).bytes),
              "x.pcap: damaged after frame 3: a frame on interface 0, which is not described");
  }
}

TEST_F(CapturePcapng, TimeStamps)
{
  for (bool big : {false, true}) {
    struct {
      int resolution;
      int64_t offset;
      uint64_t units, stamp;
    } rows[] = {
        {0, 0, 1700000000, 1700000000 * SECOND},
        {3, 0, 1700000000001, 1700000000 * SECOND + 1000000},
        {9, 0, 1700000000000000007, 1700000000 * SECOND + 7},
        {12, 0, 1700000000000999, 1700 * SECOND}, // picoseconds: what is below is cut off
        {128 + 10, 0, 1700000000ull * 1024 + 512, 1700000000 * SECOND + SECOND / 2},
        {128 + 32, 0, (1700000000ull << 32) + (3ull << 30), 1700000000 * SECOND + 750000000},
        {6, 1700000000, 5, 1700000000 * SECOND + 5000},
        {6, -100, 150000000, 50 * SECOND},
        {6, -1000, 5, 0}}; // before 1970
    for (auto [resolution, offset, units, stamp] : rows) {
      SCOPED_TRACE(resolution);
      Pcapng file(big);
      std::vector<Frame> all =
          frames(file.interface(LINK_ETHERNET, resolution, 0, offset).at(units, frame_of(LLDP)));
      ASSERT_EQ(all.size(), 1u);
      EXPECT_EQ(all[0].stamp, stamp);
    }
  }
  EXPECT_EQ(refusal(Pcapng().interface(LINK_ETHERNET, 20).add(frame_of(LLDP)).bytes),
            "x.pcap: damaged before the first frame: interface 0 counts time in units that are too "
            "small");
  EXPECT_EQ(
      read(Pcapng().interface(LINK_ETHERNET, 20).interface().add(frame_of(LLDP), 1).bytes).frames,
      1u);
}

TEST_F(CapturePcapng, OtherBlocksOfPackets)
{
  for (bool big : {false, true}) {
    Pcapng file(big);
    file.interface(LINK_ETHERNET, 6, 64).interface();
    file.simple(frame_of(LLDP, 60), 60).simple(frame_of(LLDP, 64), 1500).old(frame_of(LLDP, 70), 1);
    std::vector<Frame> all = frames(file);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[0].bytes, frame_of(LLDP, 60));
    EXPECT_EQ(all[1].bytes, frame_of(LLDP, 64));
    EXPECT_EQ(all[1].whole, 1500u);
    EXPECT_EQ(all[2].bytes, frame_of(LLDP, 70));
  }
}

TEST_F(CapturePcapng, WhatIsWrongWithABlock)
{
  const std::string damaged = "x.pcap: damaged before the first frame: ";
  auto described = [] { return Pcapng().interface(); };
  Pcapng unknown = described(), longer = described(), empty = described(), odd = described();
  EXPECT_EQ(refusal(unknown.add(frame_of(LLDP), 1).bytes),
            damaged + "a frame on interface 1, which is not described");
  longer.block(6, std::string(12, '\0') + number(9, 4, false) + number(9, 4, false) + "12345678");
  EXPECT_EQ(refusal(longer.bytes), damaged + "a frame of 9 bytes in a block with room for 8");
  EXPECT_EQ(refusal(empty.block(6, "").bytes), damaged + "a packet's block of 0 bytes");
  EXPECT_EQ(refusal(odd.bytes + number(5, 4, false) + number(13, 4, false) + "12345"),
            damaged + "a block of 13 bytes, which cannot be");
  EXPECT_EQ(refusal(described().bytes + number(5, 4, false) + number(0x7ffffffc, 4, false)),
            damaged + "a block of 2147483644 bytes; 16777216 are the most that is taken");
  std::string lengths = described().add(frame_of(LLDP)).bytes;
  lengths[lengths.size() - 4]++;
  EXPECT_EQ(refusal(lengths), damaged + "a block whose lengths in front and behind are 92 and 93");
  std::string order = Pcapng().bytes;
  order[8] = 'x';
  EXPECT_EQ(refusal(order), damaged + "a section without a byte order");
  EXPECT_EQ(refusal(Pcapng().block(1, "1234").bytes),
            damaged + "an interface described in 4 bytes");
}

// Options that run beyond their block are passed over; nothing behind it is read.
TEST_F(CapturePcapng, OptionsThatAreTooLong)
{
  std::string body = number(LINK_ETHERNET, 4, false) + number(0, 4, false);
  for (const std::string &options :
       {number(9, 2, false) + number(0xffff, 2, false), number(9, 2, false) + number(1, 2, false),
        number(14, 2, false) + number(8, 2, false) + "1234", std::string("\t\0", 2)}) {
    Pcapng file;
    file.block(1, body + options).at(1700000000 * 1000000ull, frame_of(LLDP));
    std::vector<Frame> all = frames(file);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].stamp, 1700000000 * SECOND);
  }
}

} // namespace
