// SPDX-License-Identifier: BSD-3-Clause
#include "expect.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

std::string memory_yaml(const std::string &more)
{
  const char *hugepages = getenv("PLATTER_HUGEPAGES");
  return std::string("memory: {hugepages: ") + (hugepages != nullptr ? hugepages : "off") +
         (more.empty() ? "" : ", " + more) + "}\n";
}

std::string wire_yaml(const std::string &left, const std::string &right, const std::string &prefix,
                      const std::string &rest)
{
  return "ports:\n  left: {device: \"" + left + "\"}\n  right: {device: \"" + right +
         "\"}\nforward: [{wire: [left, right]}]\ntelemetry: {prefix: " + prefix + "}\n" + rest;
}

std::string null_yaml(const std::string &prefix, const std::string &rest)
{
  return wire_yaml("net_null0,size=64", "net_null1,no-rx=1", prefix, rest);
}

Json expect_accounts(const Ended &ended)
{
  Json summary = Json::parse(ended.out);
  EXPECT_TRUE(summary) << ended.out << ended.err;
  const Json a = summary["accounting"];
  EXPECT_TRUE(a["closed"].is_true()) << a.dump();
  EXPECT_TRUE(a["pools_full"].is_true()) << a.dump();
  EXPECT_EQ(a["difference"].number(), 0) << a.dump();
  EXPECT_EQ(a["in_flight"].number(), 0) << a.dump();
  EXPECT_EQ(a["received"].number() + a["cloned"].number(),
            a["transmitted"].number() + a["dropped"].number())
      << a.dump();
  int64_t received = 0, sent = 0;
  for (const std::string &name : summary["ports"].keys()) {
    received += summary["ports"][name]["received"].number();
    sent += summary["ports"][name]["transmitted"].number();
  }
  EXPECT_EQ(received, a["received"].number());
  EXPECT_EQ(sent, a["transmitted"].number());
  return summary;
}

Json expect_closed(const Ended &ended)
{
  Json summary = expect_accounts(ended);
  EXPECT_GT(summary["copies"].size(), 0u);
  for (const std::string &site : summary["copies"].keys())
    EXPECT_EQ(
        summary["copies"][site]["packets"].number() + summary["copies"][site]["bytes"].number(), 0)
        << site;
  return summary;
}

void expect_closed_text(const Ended &ended, bool may_copy)
{
  EXPECT_NE(ended.out.find("+ in flight 0: closed\n"), std::string::npos) << ended.out << ended.err;
  EXPECT_NE(ended.out.find("pools: every mbuf came back\n"), std::string::npos) << ended.out;
  EXPECT_TRUE(may_copy ||
              ended.out.find("copied between receive and transmit: 0 bytes\n") != std::string::npos)
      << ended.out;
}

void expect_refusal(const Ended &ended, int status, const std::string &what, int sentences)
{
  EXPECT_EQ(ended.status, status) << ended.out << ended.err;
  EXPECT_NE(ended.err.find(what), std::string::npos) << ended.err;
  EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), sentences) << ended.err;
  EXPECT_EQ(ended.err.find("EAL:"), std::string::npos) << ended.err;
}
