// SPDX-License-Identifier: BSD-3-Clause
// The set of networks against a list that is gone through.
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "features/rules/addresses.h"

namespace
{

using Network = struct addresses_network;

bool within(const Network &network, const uint8_t *address)
{
  for (unsigned bit = 0; bit < network.bits; bit++)
    if (((network.address[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1) != 0)
      return false;
  return true;
}

class Addresses : public testing::Test
{
protected:
  // Few values of a byte, so that networks lie within one another and addresses in them.
  void draw(uint8_t *address, unsigned length)
  {
    for (unsigned i = 0; i < length; i++)
      address[i] = static_cast<uint8_t>(random() % 3 == 0 ? random() : random() % 2 * 255);
  }

  Network network()
  {
    Network made = {};
    made.ipv6 = random() % 2;
    unsigned length = made.ipv6 ? 16 : 4;
    draw(made.address, length);
    made.bits = static_cast<uint8_t>(random() % 4 == 0 ? length * 8 : random() % (length * 8 + 1));
    for (unsigned bit = made.bits; bit < length * 8; bit++)
      made.address[bit / 8] &= static_cast<uint8_t>(~(0x80 >> bit % 8));
    return made;
  }

  void compare(const std::vector<Network> &networks)
  {
    struct addresses *set = addresses_make(networks.data(), networks.size());
    ASSERT_NE(set, nullptr);
    for (unsigned i = 0; i < 300; i++) {
      uint8_t address[16] = {};
      bool ipv6 = random() % 2, expected = false;
      draw(address, 16);
      if (!networks.empty() && random() % 2) { // near one of them
        const Network &near = networks[random() % networks.size()];
        ipv6 = near.ipv6;
        memcpy(address, near.address, 16);
        address[random() % 16] ^= static_cast<uint8_t>(1 << random() % 8);
      }
      for (const Network &one : networks)
        expected |= one.ipv6 == ipv6 && within(one, address);
      EXPECT_EQ(addresses_have(set, address, ipv6), expected);
      found += expected;
    }
    addresses_free(set);
  }

  std::mt19937 random{20221130};
  unsigned found = 0;
};

TEST_F(Addresses, AsAListThatIsGoneThrough)
{
  for (unsigned round = 0; round < 600 && !HasFailure(); round++) {
    std::vector<Network> networks(random() % (round % 10 == 0 ? 200 : 12));
    for (Network &one : networks)
      one = network();
    compare(networks);
  }
  EXPECT_GT(found, 10000u);
}

TEST_F(Addresses, Everything)
{
  Network all = {}, all6 = {};
  all6.ipv6 = true;
  compare({all});
  compare({all6});
  compare({all, all, all6});
  compare({});
}

TEST_F(Addresses, AHundredThousandTakeLittle)
{
  std::vector<Network> networks(100000);
  for (Network &one : networks) {
    one = {};
    one.bits = 32;
    for (unsigned i = 0; i < 4; i++)
      one.address[i] = static_cast<uint8_t>(random());
  }
  struct addresses *set = addresses_make(networks.data(), networks.size());
  ASSERT_NE(set, nullptr);
  for (const Network &one : networks)
    ASSERT_TRUE(addresses_have(set, one.address, false));
  EXPECT_LT(set->n_nodes * sizeof(struct addresses_node) +
                set->n_leaves * sizeof(struct addresses_network),
            16u * 1024 * 1024);
  addresses_free(set);
}

} // namespace
