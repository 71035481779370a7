// SPDX-License-Identifier: BSD-3-Clause
// headers_read and headers_describe on any bytes at all.
#include <cstdint>
#include <cstring>
#include <memory>

#include "packet/headers.h"
#include "require.h"

namespace
{

bool is_ip(const headers &headers)
{
  return headers.ether_type == 0x0800 || headers.ether_type == 0x86dd;
}

void check_offsets(const headers &headers, size_t size, size_t length)
{
  require(size <= length);
  require(size == 0 || size >= 14u + 4u * headers.n_tags);
  require((size == 0) == (length < 14));
  require(headers.n_tags <= HEADERS_TAGS_MAX);
  if (headers.network != 0) {
    require(headers.network == 14 + 4 * headers.n_tags);
    require(headers.network < size);
    require(is_ip(headers) || headers.ether_type == 0x0806);
  }
  if (headers.transport != 0) {
    require(is_ip(headers) && headers.network != 0);
    require(headers.transport >= headers.network + 20);
    require(headers.transport < size);
  }
  if (headers.network == 0 || !is_ip(headers))
    require(headers.protocol == 0 && headers.fragment == 0 && headers.transport == 0);
}

// A text of any size holds as much of the whole text as fits, and its NUL.
void check_text(const headers &headers)
{
  char whole[128];
  memset(whole, 'x', sizeof(whole));
  headers_describe(&headers, whole, sizeof(whole));
  size_t whole_length = strnlen(whole, sizeof(whole));
  require(whole_length > 0 && whole_length < sizeof(whole) - 1);
  const size_t sizes[] = {0, 1, 2, 7, whole_length, whole_length + 1};
  for (size_t size : sizes) {
    std::unique_ptr<char[]> text(new char[size]); // exactly: one byte too many is seen
    headers_describe(&headers, text.get(), size);
    if (size > 0) {
      size_t fits = size - 1 < whole_length ? size - 1 : whole_length;
      require(strnlen(text.get(), size) == fits);
      require(memcmp(text.get(), whole, fits) == 0);
    }
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  headers headers;
  memset(&headers, 0xff, sizeof(headers)); // every field has to be set
  size_t understood = headers_read(data, size, &headers);
  check_offsets(headers, understood, size);
  check_text(headers);

  // The bytes behind the headers do not matter to them.
  struct headers again;
  require(headers_read(data, understood, &again) == understood);
  return 0;
}
