// SPDX-License-Identifier: BSD-3-Clause
// Levels in front of lines, for the journal, and when it is the journal.
#include <cstdlib>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/journal.h"

namespace
{
std::string levels(journal_stream *stream, const std::string &text)
{
  size_t length = 0;
  char *with = journal_levels(stream, text.data(), text.size(), &length);
  std::string result(with, length);
  free(with);
  return result;
}
} // namespace

TEST(Journal, EachLineGetsItsLevel)
{
  journal_stream out = {}, err = {.error = true, .inside = false};
  EXPECT_EQ(levels(&out, "one\n\nwarning: of no weight here\n"),
            "<6>one\n<6>\n<6>warning: of no weight here\n");
  EXPECT_EQ(levels(&err, "platter: it fails\nplatter: warning: it may\n<5>DPDK: said\n<9>no\n"),
            "<3>platter: it fails\n<4>platter: warning: it may\n<5>DPDK: said\n<3><9>no\n");
  EXPECT_EQ(levels(&out, ""), "");
}

TEST(Journal, ALineThatComesInPartsGetsOne)
{
  journal_stream err = {.error = true, .inside = false};
  EXPECT_EQ(levels(&err, "first par"), "<3>first par");
  EXPECT_EQ(levels(&err, "t, last\nnext\nand"), "t, last\n<3>next\n<3>and");
  EXPECT_EQ(levels(&err, "\nend\n"), "\n<3>end\n");
}

TEST(Journal, IsWhatJournalStreamNames)
{
  int ends[2];
  struct stat file;
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(fstat(ends[1], &file), 0);
  std::string inode = std::to_string(file.st_ino);
  unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(journal_reads(ends[1]));
  setenv("JOURNAL_STREAM", (std::to_string(file.st_dev) + ":" + inode).c_str(), 1);
  EXPECT_TRUE(journal_reads(ends[1]));
  EXPECT_FALSE(journal_reads(STDIN_FILENO));
  setenv("JOURNAL_STREAM", ("0:" + inode).c_str(), 1);
  EXPECT_FALSE(journal_reads(ends[1]));
  setenv("JOURNAL_STREAM", "nonsense", 1);
  EXPECT_FALSE(journal_reads(ends[1]));
}
