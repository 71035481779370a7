// SPDX-License-Identifier: BSD-3-Clause
// A memif client whose server listens: control sees whether it greets, and waits for nobody.
#include "ports/peers/socket.h"

#include <chrono>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace
{
class PeerSocket : public testing::Test
{
protected:
  PeerSocket()
  {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    strcpy(address.sun_path + 1, name_.c_str());
    listener_ = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    bind(listener_, reinterpret_cast<sockaddr *>(&address),
         offsetof(sockaddr_un, sun_path) + 1 + name_.size());
  }
  ~PeerSocket() override
  {
    for (int fd : {listener_, knock_})
      if (fd >= 0)
        close(fd);
  }
  int knock()
  {
    return knock_ = peer_socket_knock("net_memif", ("id=1,socket=" + name_).c_str());
  }

  std::string name_ = "platter-peer-socket-test-" + std::to_string(getpid());
  int listener_, knock_ = -1;
};

TEST_F(PeerSocket, NobodyListens)
{
  EXPECT_EQ(knock(), -1);
  EXPECT_EQ(peer_socket_knock("net_memif", ("role=server,socket=" + name_).c_str()), -1);
  EXPECT_EQ(peer_socket_knock("net_null", ("socket=" + name_).c_str()), -1);
}

TEST_F(PeerSocket, WhoSaysNothingIsNotWaitedFor)
{
  listen(listener_, 0);
  auto start = std::chrono::steady_clock::now();
  ASSERT_GE(knock(), 0);
  EXPECT_EQ(peer_socket_answer(knock_), PEER_SAYS_NOTHING);
  EXPECT_EQ(peer_socket_knock("net_memif", ("socket=" + name_).c_str()), -1) << "its queue is full";
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200));
}

// memif's driver connects by a socket that waits: connect itself has an end.
TEST_F(PeerSocket, ADriverThatConnectsDoesNotWaitForEver)
{
  listen(listener_, 0);
  ASSERT_GE(knock(), 0);
  sockaddr_un address = {};
  socklen_t length = sizeof(address);
  ASSERT_EQ(getsockname(listener_, reinterpret_cast<sockaddr *>(&address), &length), 0);
  int driver = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(driver, reinterpret_cast<sockaddr *>(&address), length), -1);
  EXPECT_EQ(errno, EAGAIN);
  close(driver);
}

TEST_F(PeerSocket, AGreetingIsHeardAndAnEndIsSeen)
{
  listen(listener_, 1);
  ASSERT_GE(knock(), 0);
  int server = accept(listener_, nullptr, nullptr);
  EXPECT_EQ(send(server, "hello", 5, 0), 5);
  EXPECT_EQ(peer_socket_answer(knock_), PEER_ANSWERS);
  EXPECT_EQ(peer_socket_answer(knock_), PEER_SAYS_NOTHING);
  close(server);
  EXPECT_EQ(peer_socket_answer(knock_), PEER_HAS_GONE);
}
} // namespace
