// SPDX-License-Identifier: BSD-3-Clause
// Rules with lists of addresses, and filters that look behind tags, over frames with no, one and
// two tags, in one and in several segments.
#include <unistd.h>

#include "rules_bed.h"

namespace
{

Bytes ipv4(uint8_t source, uint8_t destination, size_t length = 64)
{
  Bytes bytes = frame(length, 0x0800);
  bytes[14] = 0x45;
  bytes[20] = bytes[21] = 0;
  bytes[23] = 17;
  const uint8_t addresses[] = {10, 0, 0, source, 10, 0, 0, destination, 0, 53, 0, 53};
  std::copy(std::begin(addresses), std::end(addresses), bytes.begin() + 26);
  return bytes;
}

Bytes ipv6(uint8_t source, uint8_t destination)
{
  Bytes bytes = frame(80, 0x86dd);
  bytes[14] = 0x60;
  bytes[20] = 17;
  for (unsigned i = 0; i < 32; i++)
    bytes[22 + i] = 0;
  bytes[22] = bytes[38] = 0x20;
  bytes[37] = source;
  bytes[53] = destination;
  return bytes;
}

// Without a tag, with one, with two of each kind.
List nestings(const Bytes &bytes)
{
  return {bytes, tagged(bytes, 10), tagged(bytes, 10, 0x88a8), tagged(tagged(bytes, 10), 20),
          tagged(tagged(bytes, 10), 20, 0x88a8)};
}

class Addresses : public Rules
{
protected:
  // Which of the frames, fed one by one, the rule takes.
  void expect(const List &frames, bool matches)
  {
    for (const Bytes &bytes : frames)
      for (unsigned n_segments : {1u, 3u, 5u}) {
        pass(A, {bytes}, n_segments);
        EXPECT_EQ(take(B), matches ? List{} : List{bytes}) << bytes.size() << " bytes";
      }
  }
};

TEST_F(Addresses, OfTheSource)
{
  start_rules("  - { from: [a], match_any: { field: src, list: [10.0.0.1, 10.0.0.64/26, "
              "\"2000::7\"] }, drop: true }\n");
  expect(nestings(ipv4(1, 2)), true);
  expect(nestings(ipv4(70, 2)), true);
  expect(nestings(ipv6(7, 1)), true);
  expect(nestings(ipv4(2, 1)), false);
  expect(nestings(ipv4(128, 1)), false);
  expect(nestings(ipv6(1, 7)), false);
  expect({frame(60, 0x0806), frame(60, 0x05dc)}, false);
}

TEST_F(Addresses, OfTheDestinationOrEither)
{
  start_rules("  - { from: [a], match_any: { field: dst, list: 10.0.0.1 }, drop: true }\n"
              "  - { from: [a], match_any: { field: either, list: [10.0.0.9] }, drop: true }\n");
  expect(nestings(ipv4(2, 1)), true);
  expect(nestings(ipv4(1, 2)), false);
  expect({ipv4(9, 2), ipv4(2, 9)}, true);
}

TEST_F(Addresses, BothTheFilterAndTheListHaveToMatch)
{
  start_rules("  - { from: [a], match: \"greater 100\", match_any: { field: src, list: [10.0.0.1] "
              "}, drop: true }\n");
  expect({ipv4(1, 2, 128)}, true);
  expect({ipv4(1, 2, 64), ipv4(2, 2, 128)}, false);
}

TEST_F(Addresses, FramesThatEndEarly)
{
  start_rules("  - { from: [a], match_any: { field: either, list: [0.0.0.0/0, \"::/0\"] }, drop: "
              "true }\n");
  Bytes bytes = ipv4(1, 2), six = ipv6(1, 2);
  for (size_t length : {14, 15, 33, 34, 50}) {
    Bytes cut(bytes.begin(), bytes.begin() + static_cast<long>(length));
    pass(A, {cut});
    EXPECT_EQ(take(B).empty(), length >= 34) << length;
  }
  for (size_t length : {34, 53, 54}) {
    Bytes cut(six.begin(), six.begin() + static_cast<long>(length));
    pass(A, {cut});
    EXPECT_EQ(take(B).empty(), length >= 54) << length;
  }
}

TEST_F(Addresses, AFullBurstAndAFileOfManyThousands)
{
  std::string path = testing::TempDir() + "addresses-" + std::to_string(getpid());
  FILE *out = fopen(path.c_str(), "w");
  ASSERT_NE(out, nullptr);
  for (unsigned i = 0; i < 20000; i++)
    fprintf(out, "10.%u.%u.0/24\n", 1 + i / 256, i % 256);
  fprintf(out, "10.0.0.7 # one of them\n");
  fclose(out);
  start_rules("  - { from: [a], match_any: { field: src, file: " + path + " }, redirect: [c] }\n");
  unlink(path.c_str());
  Packets in;
  for (unsigned i = 0; i < 64; i++)
    in.push_back(make(ipv4(static_cast<uint8_t>(i), 1), {}));
  feed(A, in);
  settle();
  EXPECT_EQ(take(C), List{ipv4(7, 1)});
  EXPECT_EQ(take(B).size(), 63u);
}

TEST_F(Addresses, AFilterBehindAnyTags)
{
  start_rules("  - { from: [a], match: \"udp port 53\", any_vlan: true, drop: true }\n");
  expect(nestings(ipv4(1, 2)), true);
  expect(nestings(ipv6(1, 2)), false);
  expect(nestings(frame(60, 0x0806)), false);
}

// A tag is no reason to be taken for something else.
TEST_F(Addresses, ANegationBehindAnyTags)
{
  start_rules("  - { from: [a], match: \"not ip\", any_vlan: true, drop: true }\n");
  expect(nestings(ipv4(1, 2)), false);
  expect(nestings(frame(60, 0x0806)), true);
}

} // namespace
