// SPDX-License-Identifier: BSD-3-Clause
// Files that cannot be replayed are refused in words that a person can act on.
#include "capture_scanned.h"

#include <cerrno>
#include <functional>

#include <sys/stat.h>
#include <unistd.h>

namespace
{

using CaptureRefusal = CaptureFile;

TEST_F(CaptureRefusal, AFrameWithoutBytes)
{
  EXPECT_EQ(refusal(Pcap().add(frame_of(LLDP)).add("").bytes), "x.pcap: frame 2: no bytes");
  EXPECT_EQ(refusal(Pcap().add("", 60).bytes), "x.pcap: frame 1: no bytes");
  EXPECT_EQ(refusal(Pcapng().interface().add("").bytes), "x.pcap: frame 1: no bytes");
}

TEST_F(CaptureRefusal, NoEthernet)
{
  EXPECT_EQ(refusal(Pcap(false, magic_micro, LINK_SLL).add(frame_of(LLDP)).bytes),
            "x.pcap: not Ethernet but Linux cooked v1 (LINUX_SLL)");
  EXPECT_EQ(refusal(Pcapng().interface(LINK_SLL).add(frame_of(LLDP)).bytes),
            "x.pcap: frame 1: not Ethernet but Linux cooked v1 (LINUX_SLL)");
  EXPECT_EQ(refusal(Pcap(false, magic_micro, 60000).add(frame_of(LLDP)).bytes),
            "x.pcap: not Ethernet but link type 60000");
}

TEST_F(CaptureRefusal, AnInterfaceThatIsNoEthernetAmongOthers)
{
  Pcapng file;
  file.interface().add(frame_of(LLDP)).interface(LINK_SLL).add(frame_of(LLDP), 1);
  EXPECT_EQ(refusal(file.bytes), "x.pcap: frame 2: not Ethernet but Linux cooked v1 (LINUX_SLL)");
}

TEST_F(CaptureRefusal, NoFrames)
{
  EXPECT_EQ(refusal(Pcap().bytes), "x.pcap: no frames in it");
  EXPECT_EQ(refusal(Pcapng().interface().bytes), "x.pcap: no frames in it");
  EXPECT_EQ(count(Pcap().bytes), "0");
  EXPECT_EQ(count(Pcapng().interface().bytes), "0");
}

TEST_F(CaptureRefusal, CountTakesWhatScanRefuses)
{
  EXPECT_EQ(count(Pcap(true, magic_nano, LINK_SLL).add("").add(frame_of(LLDP, 9217)).bytes), "2");
  std::string cut = Pcap().add(frame_of(LLDP)).add(frame_of(LLDP)).bytes;
  cut.pop_back();
  EXPECT_EQ(count(cut) + "; the option sound-part=yes takes what is before", refusal(cut));
  EXPECT_EQ(count("nothing"), refusal("nothing"));
}

TEST_F(CaptureRefusal, NoCaptureFile)
{
  EXPECT_EQ(refusal("GIF89a, or something else that is long enough"),
            "x.pcap: not a capture file: unknown file format");
  EXPECT_EQ(refusal(""), "x.pcap: not a capture file: truncated dump file; tried to read 4 file "
                         "header bytes, only got 0");
}

// Cut off at each byte of the last record: the end of the record before is no damage.
void expect_damage(const std::string &whole, size_t last,
                   const std::function<Scan(std::string)> &scan)
{
  EXPECT_EQ(scan(whole).capture.frames, 3u);
  EXPECT_EQ(scan(whole.substr(0, last)).capture.frames, 2u);
  for (size_t size = last + 1; size < whole.size(); size++) {
    Scan result = scan(whole.substr(0, size));
    EXPECT_EQ(result.code, -EINVAL) << size;
    EXPECT_EQ(result.error.rfind("x.pcap: damaged after frame 2: truncated ", 0), 0u)
        << result.error;
  }
}

TEST_F(CaptureRefusal, CutOffInTheLastRecord)
{
  auto scan_bytes = [this](const std::string &bytes) { return scan(bytes); };
  Pcap pcap = Pcap().add(frame_of(LLDP)).add(frame_of(LLDP));
  size_t last = pcap.bytes.size();
  expect_damage(pcap.add(frame_of(LLDP)).bytes, last, scan_bytes);

  Pcapng pcapng = Pcapng().interface().add(frame_of(LLDP)).add(frame_of(LLDP));
  last = pcapng.bytes.size();
  expect_damage(pcapng.add(frame_of(LLDP, 61)).bytes, last, scan_bytes);
}

TEST_F(CaptureRefusal, CutOffInTheFirstRecord)
{
  std::string bytes = Pcap().add(frame_of(LLDP)).bytes;
  bytes.resize(bytes.size() - 47);
  EXPECT_EQ(refusal(bytes), "x.pcap: damaged before the first frame: truncated dump file; tried to "
                            "read 60 captured bytes, only got 13");
}

TEST_F(CaptureRefusal, TheOptionIsCalledAsItWasOrWouldBeTyped)
{
  terms.typed = true;
  std::string bytes = Pcap().add(frame_of(LLDP)).add(frame_of(LLDP, 9217)).bytes;
  std::string error = refusal(bytes);
  EXPECT_NE(error.find("; --skip-long leaves longer ones out"), std::string::npos) << error;
  bytes.pop_back();
  error = refusal(bytes);
  EXPECT_NE(error.find("; --sound-part takes what is before"), std::string::npos) << error;
}

// At each byte: what is whole is taken, and it is said that there was more.
TEST_F(CaptureRefusal, TheSoundPartWhereAskedFor)
{
  terms.sound_part = true;
  std::string frame = frame_of(LLDP, 61);
  for (const std::string &whole :
       {Pcap().add(frame).add(frame).add(frame).bytes,
        Pcapng(true).interface().add(frame).add(frame).add(frame).bytes}) {
    uint64_t frames = 0;
    for (size_t size = 0; size <= whole.size(); size++) {
      Scan result = scan(whole.substr(0, size));
      EXPECT_GE(result.capture.frames, frames) << size;
      frames = result.capture.frames;
      std::string said = left(result.capture);
      if (frames == 0) {
        EXPECT_NE(result.code, 0) << size;
        continue;
      }
      std::string expected = "it ends too early after frame " + std::to_string(frames) + ": ";
      EXPECT_EQ(said.substr(0, expected.size()), said == "" ? "" : expected); // behind a frame: ""
    }
    EXPECT_EQ(frames, 3u);
  }
  // Damage is not an end.
  std::string bytes = Pcap().add(frame).add(frame).add(frame).bytes;
  bytes.replace(24 + 77 + 8, 4, number(0x7fffffff, 4, false));
  EXPECT_EQ(refusal(bytes).rfind("x.pcap: damaged after frame 1: ", 0), 0u);
}

TEST_F(CaptureRefusal, ALengthThatIsALie)
{
  for (uint32_t length : {0x7fffffffu, 0x80000000u, 0xffffffffu, 262145u}) {
    std::string bytes = Pcap().add(frame_of(LLDP)).add(frame_of(LLDP)).bytes;
    bytes.replace(bytes.size() - 68, 4, number(length, 4, false));
    std::string error = refusal(bytes);
    EXPECT_EQ(error.rfind("x.pcap: damaged after frame 1: invalid packet capture length", 0), 0u)
        << error;
  }
}

// Whatever a single wrong byte makes of a file, the result must be sound; the sanitizers see to
// the rest.
TEST_F(CaptureRefusal, OneWrongByte)
{
  for (const std::string &whole :
       {Pcap().add(frame_of(LLDP)).add(frame_of(ARP)).bytes,
        Pcap(true, magic_nano, LINK_ETHERNET, 0xffffffff).add(frame_of(LLDP)).bytes,
        Pcapng().interface().add(frame_of(LLDP)).add(frame_of(ARP)).bytes}) {
    for (size_t i = 0; i < whole.size(); i++) {
      for (char value : {'\0', '\1', '\x7f', '\x80', '\xff'}) {
        std::string bytes = whole;
        bytes[i] = value;
        Scan result = scan(bytes);
        if (result.code != 0)
          EXPECT_GT(result.error.size(), sizeof("x.pcap: ")) << i;
        else
          EXPECT_LE(result.capture.bytes, bytes.size()) << i;
      }
    }
  }
}

TEST_F(CaptureRefusal, WhatIsNoFile)
{
  Scan missing = scan();
  EXPECT_EQ(missing.code, -ENOENT);
  EXPECT_EQ(missing.error, "x.pcap: No such file or directory");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(scan().error, "x.pcap: not a regular file"); // and does not wait for a writer
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(scan().code, -EISDIR);
  EXPECT_EQ(scan().error, "x.pcap: a directory");
}

TEST_F(CaptureRefusal, AFileThatMayNotBeRead)
{
  write(Pcap().add(frame_of(LLDP)).bytes);
  fs::permissions(path, fs::perms::none);
  bool root = geteuid() == 0; // root may read it all the same
  ASSERT_TRUE(!root || seteuid(65534) == 0);
  Scan result = scan();
  ASSERT_TRUE(!root || seteuid(0) == 0);
  EXPECT_EQ(result.code, -EACCES);
  EXPECT_EQ(result.error, "x.pcap: Permission denied");
}

TEST_F(CaptureRefusal, ALongErrorIsCutOff)
{
  write("nothing");
  struct capture capture;
  char error[16];
  EXPECT_EQ(capture_scan(path.c_str(), &terms, &capture, error, sizeof(error)), -EINVAL);
  EXPECT_EQ(error, path.string().substr(0, 15));
}

} // namespace
