// SPDX-License-Identifier: BSD-3-Clause
// What is found in captures built by hand, and in those of the project.
#include "capture_scanned.h"

namespace
{

using Capture = CaptureFile;

TEST_F(Capture, BothByteOrdersMicroAndNanoseconds)
{
  for (bool big : {false, true}) {
    for (uint32_t magic : {magic_micro, magic_nano}) {
      Found found = read(Pcap(big, magic)
                             .add(frame_of(ARP))
                             .add(frame_of(LLDP, 1500))
                             .add(frame_of(LLDP, 300))
                             .bytes);
      EXPECT_EQ(found.summary(), "3 frames, 1860 bytes, 60 to 1500, 0 shortened");
      EXPECT_EQ(found.names(), "0x88cc 2, ARP 1");
    }
  }
}

TEST_F(Capture, PcapngWithSeveralInterfaces)
{
  for (bool big : {false, true}) {
    Found found = read(Pcapng(big)
                           .interface()
                           .interface(LINK_ETHERNET, 9)
                           .add(frame_of(LLDP, 61), 1)
                           .block(5, std::string(12, '\0')) // statistics: not a frame
                           .add(frame_of(LLDP, 62), 0)
                           .interface()
                           .add(frame_of(LLDP, 63), 2, 100)
                           .bytes);
    EXPECT_EQ(found.summary(), "3 frames, 186 bytes, 61 to 63, 1 shortened");
  }
}

TEST_F(Capture, FramesOfWhichOnlyAPartWasCaptured)
{
  Found found = read(Pcap()
                         .add(frame_of(LLDP, 96), 1404)
                         .add(frame_of(LLDP, 96))
                         .add(frame_of(LLDP, 96), 100000)
                         .bytes);
  EXPECT_EQ(found.summary(), "3 frames, 288 bytes, 96 to 96, 2 shortened");
}

// Traffic generators write headers with a snap length that their frames do not keep to. libpcap,
// and so net_pcap, would cut them.
TEST_F(Capture, ARecordOverTheSnapLengthIsReadWhole)
{
  for (bool big : {false, true})
    for (uint32_t magic : {magic_micro, magic_nano}) {
      Pcap file(big, magic, LINK_ETHERNET, 64);
      Found found = read(file.add(frame_of(ARP)).bytes);
      EXPECT_TRUE(found.plain);
      found = read(file.add(frame_of(LLDP, 65)).add(frame_of(LLDP, 9216)).bytes);
      EXPECT_EQ(found.summary(), "3 frames, 9341 bytes, 60 to 9216, 0 shortened");
      EXPECT_FALSE(found.plain);
    }
  for (uint32_t none : {0u, 0xffffffffu})
    EXPECT_TRUE(read(Pcap(false, magic_micro, LINK_ETHERNET, none).add(frame_of(ARP)).bytes).plain);
}

TEST_F(Capture, ShortFramesAreCountedAsSuch)
{
  Found found = read(Pcap().add("x").add(frame_of(LLDP, 13)).add(frame_of(LLDP, 14)).bytes);
  EXPECT_EQ(found.shortest, 1u);
  EXPECT_EQ(found.names(), "under 14 bytes 2, 0x88cc 1");
}

TEST_F(Capture, TheLongestFrame)
{
  Found found = read(Pcap().add(frame_of(LLDP, 9216)).bytes);
  EXPECT_EQ(found.longest, 9216u);
  const std::string refused = "x.pcap: frame 2: 9217 bytes; platter forwards frames of up to "
                              "9216; the option skip-long=yes leaves longer ones out";
  EXPECT_EQ(refusal(Pcap().add("x").add(frame_of(LLDP, 9217)).bytes), refused);
  EXPECT_EQ(refusal(Pcapng().interface().add("x").add(frame_of(LLDP, 9217)).bytes), refused);
}

TEST_F(Capture, LongFramesAreLeftOutAndCountedWhereAskedFor)
{
  terms.skip_long = true;
  for (const std::string &bytes :
       {Pcap().add(frame_of(LLDP, 9217)).add(frame_of(ARP)).add(frame_of(LLDP, 65226)).bytes,
        Pcapng()
            .interface()
            .add(frame_of(LLDP, 9217))
            .add(frame_of(ARP))
            .add(frame_of(LLDP, 65226))
            .bytes}) {
    Found found = read(bytes);
    EXPECT_EQ(found.summary(), "1 frames, 60 bytes, 60 to 60, 0 shortened");
    EXPECT_EQ(found.times.frames, 1u);
    EXPECT_EQ(left(found), "2 frames of more than 9216 bytes are left out, the longest of 65226");
    EXPECT_FALSE(found.plain);
  }
  EXPECT_EQ(refusal(Pcap().add(frame_of(LLDP, 9217)).bytes), "x.pcap: no frames in it");
  EXPECT_EQ(left(read(Pcap().add(frame_of(LLDP, 9216)).bytes)), "");
}

TEST_F(Capture, TheLongestGap)
{
  Pcap file;
  for (uint32_t second : {100, 103, 90, 104, 110, 111})
    file.add(frame_of(LLDP), 0, second, 0);
  Found found = read(file.bytes);
  EXPECT_EQ(found.times.gap, 6000000000u);
  EXPECT_EQ(found.times.gap_after, 4u);
  EXPECT_EQ(found.times.last - found.times.first, 11000000000u);
}

TEST_F(Capture, SixteenKindsAreAllNamed)
{
  Pcap pcap;
  for (unsigned i = 0; i < 16; i++)
    for (unsigned j = 0; j <= i; j++)
      pcap.add(frame_of(0x9000 + i));
  Found found = read(pcap.bytes);
  ASSERT_EQ(found.n_kinds, 16u);
  for (unsigned i = 0; i < 16; i++)
    EXPECT_EQ(found.kinds[i].frames, 16 - i);
  EXPECT_STREQ(found.kinds[0].name, "0x900f");
  EXPECT_STREQ(found.kinds[15].name, "0x9000");
}

TEST_F(Capture, MoreThanSixteenKindsEndInOther)
{
  Pcap pcap;
  for (unsigned i = 0; i < 3000; i++) // more than are counted one by one, too
    pcap.add(frame_of(0x9000 + i, 14));
  for (unsigned i = 0; i < 5; i++) // known early, frequent only at the end
    pcap.add(frame_of(0x9003, 14));
  Found found = read(pcap.bytes);
  ASSERT_EQ(found.n_kinds, 16u);
  EXPECT_STREQ(found.kinds[0].name, "0x9003");
  EXPECT_EQ(found.kinds[0].frames, 6u);
  EXPECT_STREQ(found.kinds[1].name, "0x9000"); // as frequent as others: by name
  EXPECT_STREQ(found.kinds[15].name, "other");
  EXPECT_EQ(found.kinds[15].frames, 3005u - 6 - 14);
}

TEST(Captures, ThoseOfTheProjectAreReplayable)
{
  const char *source = getenv("PLATTER_SOURCE");
  ASSERT_NE(source, nullptr) << "PLATTER_SOURCE is the source directory";
  unsigned found = 0;
  for (const fs::directory_entry &entry : fs::directory_iterator(fs::path(source) / "pcaps")) {
    fs::path path = entry.path();
    if (path.extension() != ".pcap" && path.extension() != ".pcapng")
      continue;
    found++;
    struct capture capture;
    const capture_terms terms = {};
    char error[512] = "";
    EXPECT_EQ(capture_scan(path.c_str(), &terms, &capture, error, sizeof(error)), 0) << error;
    uint64_t frames = 0;
    EXPECT_EQ(capture_count(path.c_str(), &frames, error, sizeof(error)), 0) << error;
    EXPECT_EQ(frames, capture.frames) << path;
    uint64_t of_kinds = 0;
    for (unsigned i = 0; i < capture.n_kinds; i++)
      of_kinds += capture.kinds[i].frames;
    EXPECT_EQ(of_kinds, capture.frames) << path;
  }
  EXPECT_GE(found, 10u);
}

} // namespace
