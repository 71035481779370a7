// SPDX-License-Identifier: BSD-3-Clause
// What is measured in a process of its own, and how such a process can fail. Without EAL.
#include "zero_copy/child.h"

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace
{

struct Heard {
  std::vector<json_int_t> numbers;
  int refuse = 0;
};

int hear(void *arg, const json_t *line, char *error, size_t size)
{
  auto *heard = static_cast<Heard *>(arg);
  heard->numbers.push_back(json_integer_value(json_object_get(line, "number")));
  if (heard->refuse != 0)
    snprintf(error, size, "not this");
  return heard->refuse;
}

int run_child(child_body *body, Heard *heard, std::string *error)
{
  char text[256] = "";
  int status = child_run(body, nullptr, hear, heard, text, sizeof(text));
  *error = text;
  return status;
}

TEST(Child, ItsLinesComeInOrder)
{
  Heard heard;
  std::string error;
  EXPECT_EQ(run_child(
                [](const void *, FILE *out) {
                  for (int i = 0; i < 5000; i++)
                    child_say(out, json_pack("{s:i}", "number", i));
                  return 0;
                },
                &heard, &error),
            0)
      << error;
  ASSERT_EQ(heard.numbers.size(), 5000u);
  for (int i = 0; i < 5000; i++)
    EXPECT_EQ(heard.numbers[i], i);
}

TEST(Child, ItsReasonIsPassedOn)
{
  Heard heard;
  std::string error;
  EXPECT_EQ(run_child([](const void *,
                         FILE *out) { return child_error(out, CHILD_ACCOUNTING, "%d lost", 3); },
                      &heard, &error),
            CHILD_ACCOUNTING);
  EXPECT_EQ(error, "3 lost");
}

TEST(Child, ThatDies)
{
  Heard heard;
  std::string error;
  EXPECT_EQ(run_child(
                [](const void *, FILE *out) {
                  child_say(out, json_pack("{s:i}", "number", 1));
                  raise(SIGKILL);
                  return 0;
                },
                &heard, &error),
            -ECHILD);
  EXPECT_EQ(error, "a measuring process died: Killed");
  EXPECT_EQ(heard.numbers.size(), 1u) << "what it had said before counts";
}

TEST(Child, ThatSaysNothing)
{
  Heard heard;
  std::string error;
  EXPECT_EQ(run_child([](const void *, FILE *) { return -EIO; }, &heard, &error), -ECHILD);
  EXPECT_NE(error.find("gave no reason"), std::string::npos);
}

TEST(Child, WhoseLineIsRefusedIsStopped)
{
  Heard heard;
  std::string error;
  heard.refuse = CHILD_ACCOUNTING;
  EXPECT_EQ(run_child(
                [](const void *, FILE *out) {
                  for (int i = 0;; i++) { // ends by a signal
                    child_say(out, json_pack("{s:i}", "number", i));
                    usleep(1000);
                  }
                  return 0;
                },
                &heard, &error),
            CHILD_ACCOUNTING);
  EXPECT_EQ(error, "not this");
  EXPECT_EQ(heard.numbers.size(), 1u);
}

} // namespace
