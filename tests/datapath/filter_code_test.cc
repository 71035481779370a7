// SPDX-License-Identifier: BSD-3-Clause
// Filters as workers run them, native and interpreted, against libpcap's own interpreter and its
// own program: the same frames match, whatever is in them and however they are cut into segments.
#include <random>
#include <string>
#include <vector>

#include <pcap/pcap.h>

#include <gtest/gtest.h>
#include <rte_bpf.h>

#include "config/filter.h"
#include "features/rules/filter_code.h"
#include "packets.h"

namespace
{

// N stands for a random number below 2^M, written NM;.
const std::vector<std::string> shapes = {
    "multicast or ether[N8;] = N8;",
    "ether[N6;] & N8; != 0",
    "ether[N6;:2] & N16; = N8;",
    "ether[N6;:4] >= N32; or ether[0] & N7; != 0",
    "ether[N6;:4] & N32; != 0",
    "ether[ether[N4;] & N6;] > N8;",
    "ether[ether[N4;:2]:2] < N16;",
    "ether[ether[N4;:4]:4] != N32;",
    "ether[N6;] * N8; % 7 = 2 and ether[1] / 3 < N8;",
    "ether[N6;:2] + ether[N6;:2] > N16; or ether[len - N5;] = N3;",
    "(ether[N6;] << 3) ^ N8; = ether[N6;:2] >> 2",
    "ip and ip[N5;] & N7; != 0 or tcp[13] & N6; != 0",
    "tcp port N16; or udp[N4;:4] > N32;",
    "udp and (udp[N4;] | N8; = N8; or ip[8] - N8; < 0)",
    "vlan and ip and ip[N5;] < N8;",
    "src net 10.N8;.0.0/16 or dst host 200.1.2.N8; or less N7;",
    "ip6 and (ip6[N6;] & N7; != 0 or greater N9;)",
    "ether[N6;] / ether[N6;] = 1 or ether[N6;] % (ether[N6;] & 1) = 0",
};

class FilterCode : public PacketTest
{
protected:
  uint32_t random_number(unsigned bits)
  {
    return static_cast<uint32_t>(random() & ((uint64_t{1} << bits) - 1));
  }

  std::string expression(const std::string &shape)
  {
    std::string text;
    for (size_t i = 0; i < shape.size(); i++) {
      if (shape[i] != 'N') {
        text += shape[i];
        continue;
      }
      size_t end = shape.find(';', i);
      text += std::to_string(random_number(std::stoul(shape.substr(i + 1, end - i - 1))));
      i = end;
    }
    return text;
  }

  // Noise that often begins as a frame of something.
  Bytes frame()
  {
    static const uint16_t types[] = {0x0800, 0x86dd, 0x8100, 0x0806};
    static const uint8_t protocols[] = {6, 17, 1};
    Bytes bytes(14 + random_number(8));
    for (uint8_t &byte : bytes)
      byte = random_number(2) == 0 ? 0 : random_number(8);
    uint16_t type = types[random_number(2)];
    bytes[12] = static_cast<uint8_t>(type >> 8);
    bytes[13] = static_cast<uint8_t>(type & 0xff);
    if (bytes.size() > 24 && random_number(1)) {
      bytes[14] = 0x45 + random_number(2);
      bytes[20] = bytes[21] = 0;
      bytes[23] = bytes[20 + 0] == 0 ? protocols[random_number(4) % 3] : 0;
    }
    return bytes;
  }

  void compare(const std::string &text)
  {
    SCOPED_TRACE(text);
    char error[512] = "";
    bpf_program theirs;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    bool compiles = pcap_compile(pcap, &theirs, text.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    bpf_program *ours = filter_compile(text.c_str(), error, sizeof(error));
    if (!compiles) { // "expression rejects all packets"
      EXPECT_EQ(ours, nullptr);
      EXPECT_STREQ(error, pcap_geterr(pcap));
      pcap_close(pcap);
      return;
    }
    ASSERT_NE(ours, nullptr) << error;
    filter_code code;
    ASSERT_EQ(filter_code_make(&code, ours, error, sizeof(error)), 0) << error;
    ASSERT_NE(code.native, nullptr);
    for (unsigned i = 0; i < 40; i++) {
      Bytes bytes = frame();
      pcap_pkthdr header = {};
      header.len = header.caplen = static_cast<unsigned>(bytes.size());
      bool expected = pcap_offline_filter(&theirs, &header, bytes.data()) != 0;
      for (const std::vector<size_t> &cuts : {std::vector<size_t>{}, {1, 13, 0, 9}}) {
        rte_mbuf *m = segments(bytes, cuts);
        EXPECT_EQ(code.native(m) != 0, expected) << "native, frame " << i;
        EXPECT_EQ(rte_bpf_exec(code.bpf, m) != 0, expected) << "interpreted, frame " << i;
        rte_pktmbuf_free(m);
      }
      matched += expected;
    }
    filter_code_free(&code);
    filter_free(ours);
    pcap_freecode(&theirs);
    pcap_close(pcap);
  }

  std::mt19937_64 random{20221130};
  unsigned matched = 0;
};

TEST_F(FilterCode, MatchesWhatLibpcapMatches)
{
  for (unsigned round = 0; round < 200 && !HasFailure(); round++)
    for (const std::string &shape : shapes)
      compare(expression(shape));
  EXPECT_GT(matched, 5000u);
}

} // namespace
