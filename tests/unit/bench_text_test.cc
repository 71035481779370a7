// SPDX-License-Identifier: BSD-3-Clause
// A report on the terminal: figures rounded, everything within 100 columns, nothing lost.
#include <cstdlib>
#include <sstream>

#include <gtest/gtest.h>

#include "bench_made_up.h"
#include "cli/wrap.h"
#include "report/cell.h"

namespace
{

std::string cell(json_t *value, const char *unit = "")
{
  char text[512];
  cell_text(value, unit, text, sizeof(text));
  json_decref(value);
  std::string plain = text;
  for (size_t at; (at = plain.find("\u00a0")) != std::string::npos;)
    plain.replace(at, 2, " ");
  return plain;
}

std::string cell_of(const struct spread &spread, const char *unit = "")
{
  return cell(report_spread(&spread), unit);
}

std::string bytes(double n)
{
  char text[64];
  cell_bytes(n, text, sizeof(text));
  return text;
}

TEST(Cell, ThreeDigitsOfWhatWasMeasured)
{
  EXPECT_EQ(cell(json_real(12.3456)), "12.3");
  EXPECT_EQ(cell(json_real(0)), "0");
  EXPECT_EQ(cell(json_real(9.996)), "10.0");
  EXPECT_EQ(cell(json_real(999.6)), "1000");
  EXPECT_EQ(cell(json_real(1234.5)), "1230");
  EXPECT_EQ(cell(json_real(123456)), "123,000");
  EXPECT_EQ(cell(json_real(-1234567)), "-1,230,000");
  EXPECT_EQ(cell(json_real(0.012345)), "0.0123");
  EXPECT_EQ(cell(json_real(0.0000123)), "0.0000123");
  EXPECT_EQ(cell(json_real(0.000000123)), "1.23e-07");
}

TEST(Cell, AllDigitsOfWhatWasCounted)
{
  EXPECT_EQ(cell(json_integer(1518)), "1518");
  EXPECT_EQ(cell(json_integer(65536)), "65,536");
  EXPECT_EQ(cell(json_integer(-1234567890123)), "-1,234,567,890,123");
}

TEST(Cell, PrefixesWhereTheUnitIsBare)
{
  EXPECT_EQ(cell(json_real(0.0000123), "s"), "12.3 µs");
  EXPECT_EQ(cell(json_real(12345), "s"), "12,300 s");
  EXPECT_EQ(cell(json_real(2.5e9), "bit/s"), "2.50 Gbit/s");
  EXPECT_EQ(cell(json_real(2.5e9), "Mpps"), "2,500,000,000");
  EXPECT_EQ(cell(json_integer(0), "s"), "0 s");
}

TEST(Cell, Spreads)
{
  EXPECT_EQ(cell_of(spread_of({10, 10.5, 11})), "10.5 (10.2 to 10.8)");
  EXPECT_EQ(cell_of(spread_of({1e-5, 1.05e-5, 1.1e-5}), "s"), "10.5 µs (10.2 to 10.8)");
  EXPECT_EQ(cell_of(spread_of({10, 10.5, 10.501, 10.502, 11})), "10.5") << "no range to show";
  EXPECT_EQ(cell_of(unsure(5)), "too wide to tell");
  EXPECT_EQ(cell_of(spread_of({5, 5})), "too few to tell");
  EXPECT_EQ(cell_of(spread_of({})), "–");
}

TEST(Cell, Bytes)
{
  EXPECT_EQ(bytes(512), "512\u00a0bytes");
  EXPECT_EQ(bytes(32768), "32\u00a0KiB");
  EXPECT_EQ(bytes(15.6 * (1 << 30)), "15.6\u00a0GiB");
}

TEST(Wrap, ByWordsAndNoWiderThanAsked)
{
  const char *text = "one two µµµµ sixteen-letters!";
  std::vector<std::string> lines;
  for (size_t n; *text != '\0';) {
    const char *line = text;
    n = wrap_line(&text, 8);
    lines.emplace_back(line, n);
  }
  EXPECT_EQ(lines, (std::vector<std::string>{"one two", "µµµµ", "sixteen-", "letters!"}));
  EXPECT_EQ(wrap_longest_word("a bbb\u00a0bb cc"), 6u);
}

std::string printed(const json_t *report)
{
  char *text = nullptr;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  report_print(report, out);
  fclose(out);
  std::string copy = text;
  free(text);
  return copy;
}

void expect_narrow(const std::string &text)
{
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(wrap_width(line.c_str(), line.size()), 100u) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << "'" << line << "'";
  }
}

TEST(Text, FitsAndEndsWithTheConclusions)
{
  json_t *report = made_up_report();
  report_end(report);
  std::string text = printed(report);
  expect_narrow(text);
  for (const char *part :
       {"What zero copy is worth", "The same forwarder with", "platter " PLATTER_VERSION,
        "repetitions: 5", "layout: pipeline", "! One core is shared", "seen again, Mpps",
        "too wide", "6,172,835", "(71.9 to 75.6)", "12.3 µs"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  EXPECT_GT(text.find("- By reference starts to win at 128 bytes."), text.find("seen again"));
  EXPECT_EQ(text.find("\u00a0"), std::string::npos);
  json_decref(report);
}

// Rows that begin alike stand together.
TEST(Text, GroupsOfRows)
{
  json_t *report = report_new("made-up", "Groups");
  json_t *table = report_table(report, "t", "");
  report_column(table, "size", "");
  report_column(table, "way", "");
  for (const char *size : {"4 KiB", "4 KiB", "1 GiB", "1 GiB"}) {
    json_t *row = report_row(table);
    json_array_append_new(row, report_text(size));
    json_array_append_new(row, report_text("splice"));
  }
  std::string text = printed(report);
  EXPECT_NE(text.find("4 KiB  splice\n4 KiB  splice\n\n1 GiB  splice\n1 GiB  splice\n"),
            std::string::npos)
      << text;
  json_decref(report);
}

// Columns behind the width follow below, behind all that say what a row is: texts and counts.
TEST(Text, KeysAreRepeatedBeforeColumnsThatFollow)
{
  json_t *report = report_new("made-up", "Keys");
  json_t *table = report_table(report, "t", "");
  for (const char *name : {"frame", "copies"})
    report_column(table, name, "");
  for (unsigned c = 0; c < 8; c++)
    report_column(table, "rate", "Mpps");
  for (unsigned copies : {0, 4}) {
    json_t *row = report_row(table);
    json_array_append_new(row, json_integer(1518));
    json_array_append_new(row, json_integer(copies));
    struct spread spread = sure(12.3456);
    for (unsigned c = 0; c < 8; c++)
      json_array_append_new(row, report_spread(&spread));
  }
  std::string text = printed(report);
  expect_narrow(text);
  size_t blocks = 0;
  for (size_t at = 0; (at = text.find("\nframe  copies", at)) != std::string::npos; at++)
    blocks++;
  EXPECT_EQ(blocks, 2u) << text;
  json_decref(report);
}

TEST(Text, WithoutAnythingInIt)
{
  json_t *report = report_new("made-up", "Empty");
  std::string text = printed(report);
  expect_narrow(text);
  EXPECT_EQ(text.find("Conclusions"), std::string::npos);
  EXPECT_EQ(text.find("Warnings"), std::string::npos);
  json_decref(report);
}

TEST(Text, TablesOfAnyShapeFit)
{
  for (size_t columns : {1, 2, 3, 9, 40}) {
    json_t *report = report_new("made-up", "Shapes");
    json_t *table = report_table(report, "t", "");
    for (size_t c = 0; c < columns; c++)
      report_column(table, "a heading of some words", "Mpps");
    json_t *row = report_row(table);
    for (size_t c = 0; c < columns; c++)
      json_array_append_new(row, report_text(std::string(10 + 40 * (c % 3), 'x').c_str()));
    ASSERT_TRUE(report_whole(report));
    std::string text = printed(report);
    expect_narrow(text);
    EXPECT_NE(text.find("xxxxxxxxxx"), std::string::npos);
    json_decref(report);
  }
}

TEST(Text, ColumnsWithoutRows)
{
  json_t *report = report_new("made-up", "None");
  report_column(report_table(report, "t", ""), "way", "");
  report_table(report, "without columns", "");
  EXPECT_NE(printed(report).find("way"), std::string::npos);
  json_decref(report);
}

} // namespace
