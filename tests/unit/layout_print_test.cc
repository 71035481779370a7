// SPDX-License-Identifier: BSD-3-Clause
// A layout as a table and as a graph.
#include "layout_facts.h"

namespace
{

TEST(Print, Table)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker  core  receives  transmits  hands over\n"
            "0       2     left/0    left/0     right to worker 1\n"
            "1       3     right/0   right/0    left to worker 0\n");
}

TEST(Print, LongListsGoOnBelow)
{
  Facts facts = Wire(16, 1).Core(2).Core(3);
  facts.ports[0].node = 1;
  facts.cores[0].node = facts.cores[1].node = 0;
  facts.Core(4, 1);
  Layout layout = facts.Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker  core  receives                              transmits  hands over\n"
            "0       2     right/0                               right/0    left to worker 1\n"
            "1       4     left/0, left/1, left/2, left/3,       left/0     right to worker 0\n"
            "              left/4, left/5, left/6, left/7,\n"
            "              left/8, left/9, left/10, left/11,\n"
            "              left/12, left/13, left/14, left/15\n");
  ASSERT_EQ(layout->n_notes, 1u);
  EXPECT_STREQ(layout->notes[0], "core 3: nothing to do with 17 receive queues; left out");
}

TEST(Print, LongestNamesStandBelowOneAnother)
{
  std::string left(31, 'l');
  std::string right(31, 'r');
  Layout layout = Facts().Port(left.c_str(), 3, 2).Port(right.c_str(), 1, 1).Core(2).Core(3).Make();
  EXPECT_EQ(Written(layout_print, layout.get()),
            "layout: pipeline, 2 workers, 2 ports, 2 handoffs\n"
            "\n"
            "worker 0, core 2\n"
            "  receives    " +
                left +
                "/0,\n"
                "              " +
                left +
                "/2\n"
                "  transmits   " +
                left +
                "/0\n"
                "  hands over  " +
                right +
                " to worker 1\n"
                "\n"
                "worker 1, core 3\n"
                "  receives    " +
                left +
                "/1,\n"
                "              " +
                right +
                "/0\n"
                "  transmits   " +
                right +
                "/0\n"
                "  hands over  " +
                left + " to worker 0\n");
}

TEST(Dot, DrawsEveryQueueWorkerAndHandoff)
{
  Layout layout = Wire().Core(2).Core(3).Make();
  std::string dot = Written(layout_dot, layout.get());
  for (const char *part :
       {"subgraph cluster_layout {\n", "label=\"layout: pipeline\"",
        "rx_0_0 [label=\"receive left/0\"]", "rx_1_0 [label=\"receive right/0\"]",
        "label=\"worker 0\\ncore 2\"", "label=\"worker 1\\ncore 3\"",
        "label=\"transmit left/0\\nby worker 0\"", "label=\"transmit right/0\\nby worker 1\"",
        "rx_0_0 -> worker_0 ", "rx_1_0 -> worker_1 ", "worker_0 -> handoff_0 ",
        "handoff_0 -> tx_1_0 ", "worker_1 -> handoff_1 ", "handoff_1 -> tx_0_0 "})
    EXPECT_NE(dot.find(part), std::string::npos) << part << "\n" << dot;
  EXPECT_EQ(dot.find("worker_0 -> tx"), std::string::npos) << dot;
  EXPECT_EQ(dot.substr(dot.size() - 2), "}\n");
}

TEST(Dot, DrawsOwnedQueuesStraightAndEscapesNames)
{
  Layout layout = Facts().Port("a\"b\\&lt;", 1, 1).Core(2).Make();
  std::string dot = Written(layout_dot, layout.get());
  EXPECT_NE(dot.find("worker_0 -> tx_0_0 "), std::string::npos) << dot;
  EXPECT_NE(dot.find("receive a\\\"b\\\\&amp;lt;/0"), std::string::npos) << dot;
  EXPECT_EQ(dot.find("handoff"), std::string::npos) << dot;
}

} // namespace
