// SPDX-License-Identifier: BSD-3-Clause
// Captures that are packed: the same frames, whatever they are packed by; what ends too early.
#include "capture_scanned.h"

#include <archive.h>
#include <archive_entry.h>

#include <random>

namespace
{

// Bytes packed as the tool of this name does.
std::string packed(const std::string &bytes, const std::string &by)
{
  std::string out(bytes.size() + bytes.size() / 8 + 4096, '\0');
  size_t used = 0;
  struct archive *a = archive_write_new();
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_pathname(entry, "x");
  EXPECT_EQ(archive_write_add_filter_by_name(a, by.c_str()), ARCHIVE_OK);
  EXPECT_EQ(archive_write_set_format_raw(a), ARCHIVE_OK);
  EXPECT_EQ(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
  EXPECT_EQ(archive_write_open_memory(a, out.data(), out.size(), &used), ARCHIVE_OK);
  EXPECT_EQ(archive_write_header(a, entry), ARCHIVE_OK);
  EXPECT_EQ(archive_write_data(a, bytes.data(), bytes.size()),
            static_cast<la_ssize_t>(bytes.size()));
  EXPECT_EQ(archive_write_close(a), ARCHIVE_OK);
  archive_entry_free(entry);
  archive_write_free(a);
  out.resize(used);
  return out;
}

class CapturePacked : public CaptureFile, public testing::WithParamInterface<const char *>
{
protected:
  // Frames that packing makes little shorter: `count` of them.
  static std::string noise(unsigned count)
  {
    std::mt19937 random(7);
    Pcap file;
    for (unsigned i = 0; i < count; i++) {
      std::string frame = frame_of(LLDP, 1000);
      for (size_t at = 16; at < frame.size(); at += 4)
        frame.replace(at, 4, number(static_cast<uint32_t>(random()), 4, false));
      file.add(frame);
    }
    return file.bytes;
  }
};

INSTANTIATE_TEST_SUITE_P(Filters, CapturePacked, testing::Values("gzip", "zstd", "xz", "lz4"),
                         [](const auto &row) { return std::string(row.param); });

TEST_P(CapturePacked, HoldsTheSameFrames)
{
  for (const std::string &bytes :
       {Pcap().add(frame_of(ARP)).bytes, Pcap(true, magic_nano).add(frame_of(LLDP, 9216)).bytes,
        Pcapng().interface().add(frame_of(LLDP)).add(frame_of(ARP)).bytes, noise(200)}) {
    Found plain = read(bytes), found = read(packed(bytes, GetParam()));
    EXPECT_EQ(found.summary(), plain.summary());
    EXPECT_EQ(found.names(), plain.names());
    EXPECT_TRUE(found.packed);
    EXPECT_FALSE(found.plain);
    EXPECT_EQ(count(packed(bytes, GetParam())), std::to_string(plain.frames));
  }
}

// As `cat a.gz b.gz`, or a tool that packs piece by piece.
TEST_P(CapturePacked, InSeveralPieces)
{
  std::string bytes = noise(100);
  size_t half = bytes.size() / 2;
  Found found =
      read(packed(bytes.substr(0, half), GetParam()) + packed(bytes.substr(half), GetParam()));
  EXPECT_EQ(found.frames, 100u);
}

TEST_P(CapturePacked, RefusedAsIfItWereNot)
{
  EXPECT_EQ(refusal(packed("GIF89a, or something else that is long enough", GetParam())),
            "x.pcap: not a capture file: unknown file format");
  EXPECT_EQ(refusal(packed(Pcap().add(frame_of(LLDP)).add("").bytes, GetParam())),
            "x.pcap: frame 2: no bytes");
  EXPECT_EQ(refusal(packed(Pcap().bytes, GetParam())), "x.pcap: no frames in it");
}

// A packer that was killed: refused with the option's name, and with the option taken as far as it
// can be unpacked, which goes in pieces: of 64 KiB and more, of lz4 of 4 MiB.
TEST_P(CapturePacked, CutOff)
{
  const unsigned frames = GetParam() == std::string("lz4") ? 6000 : 300;
  std::string whole = packed(noise(frames), GetParam());
  for (size_t size : {whole.size() - 1, whole.size() * 3 / 4}) {
    SCOPED_TRACE(size);
    terms.sound_part = false;
    std::string error = refusal(whole.substr(0, size));
    EXPECT_NE(error.find("; the option sound-part=yes takes what is before"), std::string::npos)
        << error;
    terms.sound_part = true;
    Found found = read(whole.substr(0, size));
    EXPECT_GT(found.frames, 0u);
    EXPECT_LE(found.frames, frames);
    EXPECT_NE(left(found).find("it ends too early after frame "), std::string::npos) << left(found);
  }
  for (size_t size : {1, 5, 20})
    EXPECT_NE(refusal(whole.substr(0, size)), "accepted") << size;
}

// The capture inside was cut before it was packed.
TEST_P(CapturePacked, ACutCaptureInside)
{
  std::string bytes = noise(50);
  bytes.pop_back();
  terms.sound_part = true;
  EXPECT_EQ(read(packed(bytes, GetParam())).frames, 49u);
}

// A wrong byte anywhere: refused or read, in a bounded time, with numbers that agree.
TEST_P(CapturePacked, OneWrongByte)
{
  std::string whole = packed(Pcap().add(frame_of(LLDP)).add(frame_of(ARP)).bytes, GetParam());
  for (size_t i = 0; i < whole.size(); i++)
    for (int change : {1, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ change);
      Scan result = scan(bytes);
      if (result.code != 0)
        EXPECT_GT(result.error.size(), sizeof("x.pcap: ")) << i;
      else
        EXPECT_LE(result.capture.frames, 2u) << i;
    }
}

// A file of a few kilobytes that unpacks to much more is read in little memory.
TEST_P(CapturePacked, ABombTakesNoMemory)
{
  std::string bytes = Pcap().bytes;
  const std::string frame = Pcap().add(std::string(9000, '\0')).bytes.substr(24);
  for (unsigned i = 0; i < 3000; i++)
    bytes += frame;
  std::string bomb = packed(bytes, GetParam());
  const uint64_t unpacked = bytes.size();
  bytes = std::string();
  auto resident = [] {
    long pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    return pages * 4096;
  };
  long before = resident();
  EXPECT_GT(unpacked, 50 * bomb.size());
  EXPECT_EQ(read(bomb).frames, 3000u);
  EXPECT_LT(resident() - before, 16l << 20);
}

} // namespace
