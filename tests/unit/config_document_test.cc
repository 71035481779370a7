// SPDX-License-Identifier: BSD-3-Clause
// The YAML that a configuration has no use for, and texts that are no YAML; how texts are shown and
// compared.
#include "config/document.h"
#include "config_parsed.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace
{

TEST(ConfigDocument, AnchorsAliasesAndTagsAreRefusedEachAtItsPlace)
{
  EXPECT_EQ(report_of("ports: &all {a: {device: net_null0}}\n"
                      "forward: [sink: [!!str a]]\n"
                      "memory: *all\n"
                      "&key overload: !policy wait\n"),
            "lab.yaml:1:8: ports: expected a plain value, found the anchor 'all'\n"
            "lab.yaml:2:18: forward[0].sink[0]: expected a plain value, found the tag "
            "'tag:yaml.org,2002:str'\n"
            "lab.yaml:3:9: memory: expected a plain value, found the alias 'all'\n"
            "lab.yaml:4:1: overload: expected a plain value, found the anchor 'key'\n"
            "lab.yaml:4:16: overload: expected a plain value, found the tag '!policy'\n");
}

TEST(ConfigDocument, ASecondDocumentIsRefused)
{
  EXPECT_EQ(report_of(pair + "---\n" + pair),
            "lab.yaml:3:1: expected one YAML document, found a second\n");
  EXPECT_NE(Parsed("---\n" + pair + "...\n").config, nullptr);
}

TEST(ConfigDocument, SixteenCollectionsMayNest)
{
  struct config_errors errors = {};
  auto count_errors = [&](int depth) {
    std::string text = std::string(depth, '[') + std::string(depth, ']');
    document_free(document_read(text.data(), text.size(), &errors));
    size_t count = errors.count;
    config_errors_free(&errors);
    return count;
  };
  EXPECT_EQ(count_errors(16), 0u);
  EXPECT_EQ(count_errors(17), 1u);
  EXPECT_EQ(count_errors(900), 1u);
  EXPECT_EQ(count_errors(CONFIG_FILE_MAX / 2), 1u); // and without reading on for minutes
  EXPECT_EQ(report_of(pair + "memory: " + std::string(16, '[') + std::string(16, ']')),
            "lab.yaml:3:9: memory: expected a map of hugepages or mbufs, found a list\n"
            "lab.yaml:3:24: memory[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]: expected at most "
            "16 lists and maps in one another\n");
}

TEST(ConfigDocument, AMapOfThousandsOfKeysIsRefusedWithoutReadingOn)
{
  std::string keys;
  for (int i = 0; i < CONFIG_KEYS_MAX; i++)
    keys += "  k" + std::to_string(i) + ": 1\n";
  std::string report = report_of("ports:\n" + keys);
  EXPECT_EQ(report.find("found more"), std::string::npos) << report;
  EXPECT_EQ(report_of("ports:\n" + keys + "  more: 1\n"),
            "lab.yaml:2:3: ports: expected at most 1024 keys, found more\n");
}

TEST(ConfigDocument, BadYamlIsToldInAReadersWordsWithItsPlace)
{
  EXPECT_EQ(
      report_of("ports: {a: {device: x}\nforward: [\n"),
      "lab.yaml:2:1: not valid YAML: expected ',' or '}' in a map in braces (it began on line "
      "1, in column 8)\n");
  EXPECT_EQ(report_of(pair + "\toverload: wait\n"),
            "lab.yaml:3:1: not valid YAML: a tab: lines are indented with spaces only\n");
  EXPECT_EQ(report_of("ports: @a\n"),
            "lab.yaml:1:8: not valid YAML: no value begins with '@' unless it stands in quotes\n");
  EXPECT_EQ(report_of("ports:\n  a: {device: x}\n b: {device: y}\n"),
            "lab.yaml:3:2: not valid YAML: wrong indentation: keys of one map begin in the same "
            "column (it began on line 1, in column 1)\n");
  EXPECT_EQ(report_of("ports: a: b\n"),
            "lab.yaml:1:9: not valid YAML: a ':' where no key can stand: the line is not indented "
            "as those it belongs to, or a value with ': ' in it lacks its quotes\n");
  EXPECT_EQ(report_of("memory: auto\nmbufs\noverload: wait\n"),
            "lab.yaml:3:1: not valid YAML: expected a ':' behind the key (it began on line 2, in "
            "column 1)\n");
  // What was refused before stays reported.
  EXPECT_EQ(report_of("a: &x 1\nb: *y\nc: }\n"),
            "lab.yaml:1:4: a: expected a plain value, found the anchor 'x'\n"
            "lab.yaml:2:4: b: expected a plain value, found the alias 'y'\n"
            "lab.yaml:3:4: not valid YAML: while parsing a block node (from line 3): did not find "
            "expected node content\n");
}

TEST(ConfigDocument, OtherEncodingsAreRefusedWhereTheyBegin)
{
  EXPECT_EQ(report_of("a: b\nc: \xc3\xa4\xff\n"),
            "lab.yaml:2:5: expected printable text in UTF-8: invalid leading UTF-8 octet\n");
  EXPECT_EQ(report_of(std::string("\xff\xfe", 2) + std::string("a\0:\0", 4)),
            "lab.yaml:1:1: expected printable text in UTF-8: invalid leading UTF-8 octet\n");
  EXPECT_EQ(report_of(std::string("a: b\0", 5)),
            "lab.yaml:1:5: expected printable text in UTF-8: control characters are not allowed\n");
}

TEST(ConfigDocument, NothingIsSaidToBeNothing)
{
  const char *found = "lab.yaml: expected a configuration, found nothing\n";
  EXPECT_EQ(report_of(""), found);
  EXPECT_EQ(report_of("\n  \n"), found);
  EXPECT_EQ(report_of("# only a comment\n"), found);
  EXPECT_EQ(report_of("platter\n"),
            "lab.yaml:1:1: expected a map of ports, workers, forward, rules, "
            "overload, memory or telemetry, found 'platter'\n");
}

// Every text that begins as a good one does is either read or refused with an error.
TEST(ConfigDocument, NoTruncatedTextIsLeftWithoutAWord)
{
  const std::string text = pair + "workers: {assign: [{core: 1, rx: [left/0, 'right/0']}]}\n"
                                  "memory: {hugepages: \"o\\x6e\", mbufs: auto}\n";
  ASSERT_NE(Parsed(text).config, nullptr);
  for (size_t length = 0; length < text.size(); length++) {
    Parsed parsed(text.substr(0, length));
    EXPECT_EQ(parsed.config == nullptr, parsed.errors.count > 0) << length;
  }
}

// Many keys, all wrong: the time must not grow with the square of their number.
TEST(ConfigDocument, OfABigBadFileAHundredErrorsAreReportedAndTheRestCounted)
{
  std::string text = "ports: {a: {device: net_null0}}\nforward:\n- sink: [a]\n";
  size_t lines = 0;
  for (; text.size() < CONFIG_FILE_MAX - 16; lines++)
    text += "- k" + std::to_string(lines % 50000) + "\n";
  Parsed parsed(text);
  EXPECT_EQ(parsed.config, nullptr);
  EXPECT_EQ(parsed.errors.count, lines);
  std::string report = parsed.report();
  EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 101);
  EXPECT_LT(report.size(), 20000u);
  EXPECT_NE(report.find("lab.yaml: " + std::to_string(lines - 100) +
                        " more like these are not "
                        "listed\n"),
            std::string::npos);
}

TEST(ConfigText, ShowsWhatATerminalWouldObey)
{
  auto show = [](const std::string &text) {
    return std::string(text_show(text.data(), text.size()).text);
  };
  EXPECT_EQ(show("plain ~"), "plain ~");
  EXPECT_EQ(show(std::string("\0\t\n\x1b\x7f", 5)), "\\x00\\x09\\x0a\\x1b\\x7f");
  EXPECT_EQ(show("gr\xc3\xbc\xc3\x9f\x65"), "gr\xc3\xbc\xc3\x9f\x65");
  EXPECT_EQ(show("\xc2\x9b\xe2\x80\xae"), "\\x9b\\u202e");
  EXPECT_EQ(show("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(show(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(show(std::string(41, 'x')), std::string(40, 'x') + "...");
  std::string longest;
  for (int i = 0; i < 41; i++)
    longest += "\xe2\x80\xae";
  EXPECT_EQ(show(longest).size(), static_cast<size_t>(TEXT_SHOWN_LENGTH));
}

TEST(ConfigText, SuggestsOnlyWhatIsClose)
{
  auto suggestion = [](const char *text, std::initializer_list<const char *> words) {
    struct text_nearest nearest = {text, strlen(text), nullptr, 0};
    for (const char *word : words)
      text_nearest_offer(&nearest, word);
    return std::string(nearest.best == nullptr ? "" : nearest.best);
  };
  EXPECT_EQ(suggestion("rx_queue", {"device", "rx_queues", "mtu"}), "rx_queues");
  EXPECT_EQ(suggestion("wrie", {"sink", "wire"}), "wire"); // two neighbours swapped: one edit
  EXPECT_EQ(suggestion("PORTS", {"ports"}), "ports");
  EXPECT_EQ(suggestion("mut", {"mtu"}), "mtu");
  EXPECT_EQ(suggestion("p1", {"p2"}), "");
  EXPECT_EQ(suggestion("", {"a"}), "");
  EXPECT_EQ(suggestion("eth0", {"left", "right"}), "");
  EXPECT_EQ(suggestion("porst", {"ports", "porst2"}), "ports");
  EXPECT_EQ(suggestion("overloads", {"overlord", "overload"}), "overload"); // the nearest of two
}

} // namespace
