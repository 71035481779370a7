// SPDX-License-Identifier: BSD-3-Clause
// The model as a configuration.
#include <cstdio>

#include "forwarding_model.h"

namespace model
{

namespace
{

template <typename All, typename Name> std::string flow_list(const All &all, Name name)
{
  std::string text;
  for (const auto &one : all)
    text += (text.empty() ? "" : ", ") + name(one);
  return "[" + text + "]";
}

std::string port_name(unsigned port)
{
  return "p" + std::to_string(port);
}

std::string port_list(Ports ports)
{
  return flow_list(list(ports), port_name);
}

std::string member_text(const Member &m)
{
  std::vector<std::string> parts;
  auto number = [](unsigned n) { return std::to_string(n); };
  if (m.access != 0)
    parts.push_back("access: " + number(m.access));
  if (!m.trunk.empty())
    parts.push_back("trunk: " + flow_list(m.trunk, number));
  if (m.native != 0)
    parts.push_back("native: " + number(m.native));
  if (m.learn != UINT_MAX)
    parts.push_back("learn: " + number(m.learn));
  std::string text = flow_list(parts, [](const std::string &part) { return part; });
  return "{" + text.substr(1, text.size() - 2) + "}";
}

std::string static_text(unsigned vlan, const Bytes &address, unsigned port)
{
  char text[64];
  snprintf(text, sizeof(text), "{address: \"%02x:%02x:%02x:%02x:%02x:%02x\", port: p%u", address[0],
           address[1], address[2], address[3], address[4], address[5], port);
  return text + (vlan == 0 ? std::string() : ", vlan: " + std::to_string(vlan)) + "}";
}

std::string bridge_text(const Entry &entry)
{
  std::string ports, statics;
  for (unsigned port : entry.ports)
    ports +=
        (ports.empty() ? "" : ", ") + port_name(port) + ": " + member_text(entry.member.at(port));
  for (const auto &[key, station] : entry.table)
    if (station.fixed)
      statics += (statics.empty() ? "" : ", ") + static_text(key.first, key.second, station.port);
  return "{ports: {" + ports + "}" + (statics.empty() ? "" : ", static: [" + statics + "]") + "}";
}

std::string rule_text(const Rule &rule, Ports probes)
{
  std::string text = "- {match: \"" + rule.filter->text + "\"";
  auto key = [&text](bool there, const std::string &words) {
    if (there)
      text += ", " + words;
  };
  key(rule.ports_named, (rule.egress ? "to: " : "from: ") + port_list(rule.ports));
  key(rule.sample > 0, "sample: " + std::to_string(rule.sample));
  key(rule.drop, "drop: true");
  key(rule.mirror != 0, "mirror: " + port_list(rule.mirror));
  key(rule.balance, "balance: " + port_list(probes));
  key(rule.truncate > 0, "truncate: " + std::to_string(rule.truncate));
  key(rule.vlan == Vlan::push, "vlan: {push: " + std::to_string(rule.vlan_id) +
                                   (rule.vlan_tpid == SERVICE ? ", tpid: 0x88a8}" : "}"));
  key(rule.vlan == Vlan::pop, "vlan: {pop: true}");
  key(rule.vlan == Vlan::set, "vlan: {set: " + std::to_string(rule.vlan_id) + "}");
  key(rule.redirect != 0, "redirect: " + port_list(rule.redirect));
  key(rule.stop, "stop: true");
  return text + ", count: true}\n";
}

} // namespace

std::string Model::text() const
{
  std::string all = "forward:\n";
  for (const Entry &entry : forward)
    all += "- " + entry.kind + ": " +
           (entry.kind == "bridge" ? bridge_text(entry) : flow_list(entry.ports, port_name)) + "\n";
  if (!rules.empty())
    all += "rules:\n";
  for (const Rule &rule : rules)
    all += rule_text(rule, probes);
  return all;
}

} // namespace model
