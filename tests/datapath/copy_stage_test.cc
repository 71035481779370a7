// SPDX-License-Identifier: BSD-3-Clause
// Stages that run behind those of `forward`, and the one of them that platter-bench has: whole
// copies of every packet, of which nobody outside may notice anything but the cost.
#include <cerrno>

#include "testbed.h"
#include "zero_copy/copy_stage.h"

namespace
{

enum { IN, OUT };

class CopyStage : public Testbed
{
protected:
  void SetUp() override
  {
    start_with("wire: [in, out]");
  }

  void start_with(const std::string &forward)
  {
    start(text({"in", "out"}, "forward: [" + forward + "]\nworkers: { cores: [0] }\n"));
    append(&forwarding);
    renew();
  }

  int append(struct forwarding *to)
  {
    const trailing_stage trailing = {&copy_stage, &data};
    return forwarding_append(to, &trailing, 1);
  }

  // Feeds packets and returns what leaves.
  Packets forward(const Packets &packets, unsigned copies)
  {
    copy_stage_set(&data, copies);
    feed(IN, packets);
    settle();
    return read(OUT);
  }

  static void share(const Packets &packets)
  {
    for (rte_mbuf *m : packets)
      rte_pktmbuf_refcnt_update(m, 1);
  }

  // All mbufs of the pool that copies are made in, but for `leave`.
  Packets take_frames(unsigned leave)
  {
    Packets taken;
    while (rte_mbuf *m = rte_pktmbuf_alloc(memory.pool[0].frames))
      taken.push_back(m);
    for (; leave > 0; leave--) {
      rte_pktmbuf_free(taken.back());
      taken.pop_back();
    }
    return taken;
  }

  void expect_copied(uint64_t packets, uint64_t bytes)
  {
    EXPECT_EQ(copied_packets("hand_over"), packets);
    EXPECT_EQ(copied_bytes("hand_over"), bytes);
  }

  struct copy_stage data = {0};
};

TEST_F(CopyStage, WithoutCopiesTheReferenceGoesThrough)
{
  Packets packets = make_many(65, 200);
  Packets out = forward(packets, 0);
  EXPECT_EQ(out, packets);
  expect_no_copies();
  release(out);
}

TEST_F(CopyStage, CopiesAreTheSameBytesInOtherBuffers)
{
  uint64_t n_copies = 0, n_bytes = 0;
  for (unsigned copies : {1, 2, 4})
    for (size_t length : {1, 60, 1514, 2048, 9000})
      for (unsigned n : burst_sizes) {
        SCOPED_TRACE(std::to_string(n) + " frames of " + std::to_string(length));
        Packets packets = make_many(n, length, length > 2048 ? 6 : 1);
        std::vector<Bytes> bytes = bytes_of(packets);
        share(packets); // so that none of them can be given out again
        Packets out = forward(packets, copies);
        EXPECT_EQ(bytes_of(out), bytes);
        for (size_t i = 0; i < out.size(); i++) {
          EXPECT_NE(out[i], packets[i]);
          EXPECT_EQ(rte_mbuf_refcnt_read(out[i]), 1);
          EXPECT_EQ(out[i]->nb_segs, (length + 2047) / 2048);
          EXPECT_EQ(rte_mbuf_refcnt_read(packets[i]), 1) << "its reference was given back";
        }
        release(out);
        release(packets);
        n_copies += copies * n;
        n_bytes += copies * n * length;
        expect_copied(n_copies, n_bytes);
      }
  EXPECT_EQ(sum_dropped(count_all()), 0u);
}

TEST_F(CopyStage, OfSeveralSegments)
{
  Packets packets = make_many(33, 1000, 5);
  std::vector<Bytes> bytes = bytes_of(packets);
  Packets out = forward(packets, 2);
  EXPECT_EQ(bytes_of(out), bytes);
  for (const rte_mbuf *m : out)
    EXPECT_EQ(m->nb_segs, 1);
  expect_copied(66, 66 * 1000);
  release(out);
}

TEST_F(CopyStage, OtherReadersKeepTheirPackets)
{
  Packets packets = make_many(64, 300);
  std::vector<Look> before = look(packets);
  share(packets);
  Packets out = forward(packets, 4);
  EXPECT_EQ(look(packets), before);
  for (rte_mbuf *m : out)
    memset(rte_pktmbuf_mtod(m, void *), 0xee, m->data_len);
  EXPECT_EQ(look(packets), before) << "nothing of a copy is shared";
  release(out);
  EXPECT_EQ(look(packets), before);
  release(packets);
}

TEST_F(CopyStage, SwitchedWhileItRuns)
{
  uint64_t sum = 0;
  for (unsigned copies : {0, 4, 1, 0, 2}) {
    release(forward(make_many(31, 100), copies));
    sum += copies * 31;
    expect_copied(sum, sum * 100);
  }
}

TEST_F(CopyStage, AnEmptyPoolDrops)
{
  Packets packets = make_many(40, 300), kept = packets;
  std::vector<Look> before = look(packets);
  share(packets);
  Packets taken = take_frames(0);
  Packets out = forward(packets, 1);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(dropped(IN, "no_copy_mbuf"), 40u) << "the last word, behind what wire said";
  EXPECT_EQ(sum_dropped(count_all()), 40u);
  EXPECT_EQ(look(kept), before) << "the other reader keeps them";
  expect_no_copies();
  expect_accounts();
  release(kept);
  release(taken);
}

// Two copies of a packet need two mbufs for a moment, and keep one: the third one's second copy
// finds none.
TEST_F(CopyStage, AnEmptyPoolBetweenTwoCopies)
{
  Packets packets = make_many(10, 300);
  share(packets);
  Packets taken = take_frames(3);
  Packets out = forward(packets, 2);
  EXPECT_EQ(out.size(), 2u);
  EXPECT_EQ(dropped(IN, "no_copy_mbuf"), 8u);
  expect_copied(5, 5 * 300);
  release(out);
  release(packets);
  release(taken);
}

class CopyBehindSink : public CopyStage
{
  void SetUp() override
  {
    start_with("sink: [in, out]");
  }
};

TEST_F(CopyBehindSink, WhatIsDroppedIsNotCopied)
{
  EXPECT_TRUE(forward(make_many(33, 100), 4).empty());
  EXPECT_EQ(dropped(IN, "sink"), 33u);
  expect_no_copies();
}

TEST_F(CopyStage, AsManyStagesAsAPortCanHave)
{
  struct forwarding many = forwarding;
  for (unsigned n = many.program.port[IN].count; n < STAGES_MAX; n++)
    EXPECT_EQ(append(&many), 0);
  EXPECT_EQ(append(&many), -E2BIG);
  EXPECT_EQ(many.program.port[IN].count, unsigned{STAGES_MAX});
  EXPECT_EQ(many.program.port[IN].stage[0].type, forwarding.program.port[IN].stage[0].type)
      << "those of forward stay first";
  EXPECT_EQ(many.program.port[IN].stage[1].type, &copy_stage);
  EXPECT_EQ(many.program.port[IN].stage[1].data, &data);
}

} // namespace
